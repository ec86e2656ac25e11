/**
 * npm run tokenizer: trains a byte-level BPE on the corpus of `npm run data`, and prints its characters per token on held-out code.
 *   --vocabulary N     rows of the vocabulary (default 6144)
 *   --balance N        0: packages count by their size; 1: all alike (default 0.5)
 *   --length N         longest sequence, as noted in tokenizer_config.json (default 256)
 *   --corpus FOLDER    (default .cache/corpus)
 *   --folder FOLDER    where tokenizer.json goes (default .cache/tokenizer)
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CorpusError } from '../src/training/corpus/manifest';
import { makeTokenizer } from '../src/training/tokenizer/make';

const root = path.join(__dirname, '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      vocabulary: { type: 'string', default: '6144' },
      balance: { type: 'string', default: '0.5' },
      length: { type: 'string', default: '256' },
      corpus: { type: 'string', default: path.join(root, '.cache/corpus') },
      folder: { type: 'string', default: path.join(root, '.cache/tokenizer') },
    },
  });
  const { merges, charactersPerToken } = await makeTokenizer({
    corpus: path.resolve(values.corpus),
    folder: path.resolve(values.folder),
    vocabulary: Number(values.vocabulary),
    balance: Number(values.balance),
    length: Number(values.length),
  });
  console.log(`${merges.length} merges; ${charactersPerToken.toFixed(3)} characters per token on held-out code`);
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError ? error.message : error);
  process.exitCode = 1;
});
