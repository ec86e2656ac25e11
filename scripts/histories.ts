/**
 * npm run histories: makes repair tasks out of the histories of packages that no model here was trained on: functions that an author mended between two
 * versions, with calls that the older one gets wrong. `unmask bench fix --tasks .cache/histories` measures on them.
 *   --folder FOLDER     where the tasks go (default .cache/histories)
 *   --versions N        newest versions of each package (default 40)
 *   --only NAME,...     these packages only
 *   --seed N            (default 1)
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CorpusError, readManifest } from '../src/training/corpus/manifest';
import { historyTasks } from '../src/training/tasks/histories/tasks';
import packages from '../src/training/tasks/histories/packages.json';
import { writeRepairTasks } from '../src/training/tasks/repair/task-files';
import type { RepairTask } from '../src/training/tasks/repair/tasks';

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
  const all: RepairTask[] = [];
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
    await writeRepairTasks(path.resolve(values.folder), 'held-out', all);
  }
  console.log(`${all.length} real fixes from ${new Set(all.map((t) => t.package)).size} packages`);
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError || (error instanceof Error && error.message === 'stopped') ? error.message : error);
  process.exit(1);
});
