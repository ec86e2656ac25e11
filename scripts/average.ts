/**
 * npm run average -- --folder FOLDER MODEL MODEL...: writes a model whose weights are the mean of the given ones', which are to be of one beginning. Calibrate it
 * afterwards (`npm run calibrate -- --model FOLDER`): what its confidence is worth is another.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ModelError } from '../src/model/errors';
import { averageModels } from '../src/training/average';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { folder: { type: 'string' } }, allowPositionals: true });
  if (values.folder === undefined) throw new ModelError('--folder says where the average goes');
  await averageModels(positionals.map((model) => path.resolve(model)), path.resolve(values.folder)); // prettier-ignore
}

main().catch((error: unknown) => {
  console.error(error instanceof ModelError ? error.message : error);
  process.exitCode = 1;
});
