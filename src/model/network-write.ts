import { access, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from './atomic-file';
import type { TransformerConfig } from './config';
import { ModelError } from './errors';
import { lladaConfigJson, lladaTensors, type WeightsDtype } from './llada/write';
import { writeSafetensors } from './safetensors-write';
import type { TransformerWeights } from './weights';

export interface WriteNetworkOptions {
  /** `F16` halves the file; weights are rounded to the nearest. Default F32. */
  readonly dtype?: WeightsDtype;
  /** Model folder whose tokenizer is copied, so that the result can be used as it is. */
  readonly tokenizerFrom?: string;
}

/** Files that belong to the tokenizer, of which the second is optional. */
const tokenizerFiles = ['tokenizer.json', 'tokenizer_config.json'] as const;

/**
 * Writes a model folder that `readNetwork` reads back: the very same weights in F32, rounded ones in F16. Each file is replaced in one step, the weights first:
 * what fails fails there.
 * Throws ModelError if a weight is beyond half precision, or the folder holds a model in shards (its index would outrank the new file).
 */
export async function writeNetwork(
  folder: string,
  c: TransformerConfig,
  w: TransformerWeights,
  options: WriteNetworkOptions = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const index = path.join(folder, 'model.safetensors.index.json');
  if (await exists(index)) throw new ModelError(`${folder} holds a model in shards; write to another folder`);
  const config = Buffer.from(`${JSON.stringify(lladaConfigJson(c), null, 1)}\n`);
  await writeSafetensors(path.join(folder, 'model.safetensors'), lladaTensors(c, w, options.dtype ?? 'F32'), { format: 'pt' });
  for (const name of options.tokenizerFrom === undefined ? [] : tokenizerFiles) {
    const source = path.join(options.tokenizerFrom!, name);
    if (name === 'tokenizer.json' || (await exists(source)))
      await writeFileAtomically(path.join(folder, name), [await readFile(source)]);
  }
  await writeFileAtomically(path.join(folder, 'config.json'), [config]);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
