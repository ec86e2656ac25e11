/**
 * npm run histories: makes repair tasks out of the histories of packages that no model here was trained on: small changes that an author made between two
 * versions, taken back, with expressions that tell the difference. `unmask bench fix --tasks .cache/histories` measures on them.
 *   --folder FOLDER     where the tasks go (default .cache/histories)
 *   --versions N        newest versions of each package (default 40)
 *   --only NAME,...     these packages only
 *   --seed N            (default 1)
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CorpusError, readManifest } from '../src/training/corpus/manifest';
import packages from '../src/training/tasks/histories/packages.json';
import { historyTasks, writeHistoryTasks, type HistoryTask } from '../src/training/tasks/histories/tasks';

const root = path.join(__dirname, '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: path.join(root, '.cache/histories') },
      versions: { type: 'string', default: '40' },
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort(new Error('stopped')); }); // prettier-ignore
  const { packages: trained } = await readManifest(path.join(root, 'src/training/corpus/packages.json'));
  const known = new Set(trained.filter((p) => p.split === 'train').map((p) => p.name));
  const names = (values.only?.split(',') ?? packages).filter((name) => {
    if (known.has(name)) console.error(`${name} is left out: models here were trained on it`);
    return !known.has(name);
  });
  const all: HistoryTask[] = [];
  for (const name of names) {
    const tasks = await historyTasks(name, {
      cache: path.join(root, '.cache/tarballs'),
      seed: Number(values.seed),
      versions: Number(values.versions),
      signal: stop.signal,
      onProgress: (line) => {
        console.error(line);
      },
    });
    all.push(...tasks);
    // Written as it grows: what is there is of use when the rest is broken off.
    await writeHistoryTasks(path.resolve(values.folder), all);
  }
  console.log(`${all.length} real fixes from ${new Set(all.map((t) => t.package.name)).size} packages`);
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError || (error instanceof Error && error.message === 'stopped') ? error.message : error);
  process.exit(1);
});
