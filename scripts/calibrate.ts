/**
 * npm run calibrate: measures how often a model's ghost text is right, by how sure it says it is, on the corpus's training part, and writes what its confidence is
 * worth into its manifest. Needs `npm run data`. `unmask bench quality` measures on held-out code how good that is.
 *   --model FOLDER   (default model-assets/unmask-tiny)
 *   --cursors N      (default 1200)
 *   --corpus FOLDER --threads N --seed N
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fitConfidence } from '../src/bench/quality/confidence-fit';
import { offersAt } from '../src/bench/quality/ghost';
import { cursorTasks } from '../src/bench/quality/tasks';
import { trainingTexts } from '../src/bench/quality/texts';
import { loadCodeModel } from '../src/diffusion/load';
import { openGate } from '../src/diffusion/run-gate';
import { writeFileAtomically } from '../src/model/atomic-file';
import { ModelError } from '../src/model/errors';
import { CorpusError } from '../src/training/corpus/manifest';

const root = path.join(__dirname, '..');
const string = { type: 'string' } as const;
/** Characters of the training part that cursors are put into. */
const characters = 4e6;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { ...string, default: path.join(root, 'model-assets/unmask-tiny') },
      corpus: { ...string, default: path.join(root, '.cache/corpus') },
      cursors: { ...string, default: '1200' },
      threads: { ...string, default: '0' },
      seed: { ...string, default: '1' },
    },
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort(); }); // prettier-ignore
  const folder = path.resolve(values.model);
  const job = { corpus: path.resolve(values.corpus), samples: path.join(root, 'samples') };
  const { documents } = await trainingTexts(job, characters, []);
  const cursors = cursorTasks(documents, Number(values.cursors), Number(values.seed));
  const loaded = await loadCodeModel({
    dir: folder,
    device: 'cpu',
    threads: Number(values.threads),
    gate: openGate,
    signal: stop.signal,
  });
  try {
    const offers = await offersAt(loaded.model, cursors, stop.signal);
    const confidence = fitConfidence(offers);
    const file = path.join(folder, 'manifest.json');
    const known = await readFile(file, 'utf8').then((text) => JSON.parse(text) as object, () => ({})); // prettier-ignore
    await writeFileAtomically(file, [Buffer.from(`${JSON.stringify({ ...known, confidence })}\n`)]);
    const right = offers.filter((o) => o.right).length;
    console.log(JSON.stringify({ cursors: cursors.length, offered: offers.length, right, confidence }));
  } finally {
    await loaded.dispose();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError || error instanceof ModelError ? error.message : error);
  process.exitCode = 1;
});
