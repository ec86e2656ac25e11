/**
 * npm run tasks: makes tasks of the functions in the corpus of `npm run data`: repairs (functions that stand alone, calls with what they give, and mistakes that change
 * it), and instructed edits of many kinds.
 *   --corpus FOLDER    (default .cache/corpus)
 *   --folder FOLDER    where the tasks go (default .cache/tasks)
 *   --mistakes N       most mistakes of a function (default 6)
 *   --seed N           (default 1)
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CorpusError } from '../src/training/corpus/manifest';
import { readDocuments, splits, type CorpusDocument } from '../src/training/corpus/shards';
import { makeEditTasks, writeEditTasks } from '../src/training/tasks/edits/edit-tasks';
import { writeRepairTasks } from '../src/training/tasks/repair/task-files';
import { makeRepairTasks } from '../src/training/tasks/repair/tasks';

const root = path.join(__dirname, '..');

/** Functions that are looked through, edits kept of each kind, and characters of the longest function. */
const editAmounts = {
  train: { functions: 60_000, each: 6000, longest: 420 },
  'held-out': { functions: 1000, each: 12, longest: 420 },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string', default: path.join(root, '.cache/corpus') },
      folder: { type: 'string', default: path.join(root, '.cache/tasks') },
      mistakes: { type: 'string', default: '6' },
      seed: { type: 'string', default: '1' },
    },
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort(new Error('stopped')); }); // prettier-ignore
  for (const split of splits) {
    const documents: CorpusDocument[] = [];
    for await (const document of readDocuments(path.resolve(values.corpus), 'function', split)) documents.push(document);
    const tasks = await makeRepairTasks(documents, {
      seed: Number(values.seed),
      mistakes: Number(values.mistakes),
      signal: stop.signal,
      onProgress: (done, of) => {
        process.stderr.write(`${split}: ${done} of ${of} functions called\n`);
      },
    });
    await writeRepairTasks(path.resolve(values.folder), split, tasks);
    const edits = await makeEditTasks(documents, {
      ...editAmounts[split],
      seed: Number(values.seed),
      signal: stop.signal,
      onProgress: (done, of) => {
        process.stderr.write(`${split}: ${done} of ${of} functions looked through for edits\n`);
      },
    });
    await writeEditTasks(path.resolve(values.folder), split, edits);
    console.log(`${split}: ${edits.length} instructed edits of ${new Set(edits.map((e) => e.kind)).size} kinds`);
    const mistakes = tasks.reduce((n, t) => n + t.mistakes.length, 0);
    console.log(
      `${split}: ${tasks.length} of ${documents.length} functions can be called, ${mistakes} mistakes that their calls notice`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError ? error.message : error);
  process.exitCode = 1;
});
