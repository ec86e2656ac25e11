/**
 * npm run changes: collects small changes that authors made in functions of the packages that models here are trained on, from the packages' own histories. They are
 * for `npm run accelerate`, which teaches the model to proofread and to rank by them, too.
 *   --folder FOLDER     where they go (default .cache/tasks)
 *   --versions N        newest versions of each package (default 60)
 *   --only NAME,...     these packages only
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CorpusError, readManifest } from '../src/training/corpus/manifest';
import { authorChanges, writeAuthorChanges, type AuthorChange } from '../src/training/tasks/histories/author-changes';

const root = path.join(__dirname, '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: path.join(root, '.cache/tasks') },
      versions: { type: 'string', default: '60' },
      only: { type: 'string' },
    },
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort(new Error('stopped')); }); // prettier-ignore
  const { packages } = await readManifest(path.join(root, 'src/training/corpus/packages.json'));
  const only = values.only?.split(',');
  const all: AuthorChange[] = [];
  for (const p of packages.filter(({ split, name }) => split === 'train' && (only?.includes(name) ?? true))) {
    const changes = await authorChanges(p, {
      cache: path.join(root, '.cache/tarballs'),
      versions: Number(values.versions),
      signal: stop.signal,
      onProgress: (line) => {
        console.error(line);
      },
    });
    all.push(...changes);
    // Written as it grows: what is there is of use when the rest is broken off.
    await writeAuthorChanges(path.resolve(values.folder), all);
  }
  console.log(`${all.length} small changes of functions from ${new Set(all.map((c) => c.package)).size} packages`);
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError || (error instanceof Error && error.message === 'stopped') ? error.message : error);
  process.exit(1);
});
