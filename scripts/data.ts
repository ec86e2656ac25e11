/**
 * npm run data: makes the training corpus from the packages of src/training/corpus/packages.json, in .cache/corpus.
 *   --folder FOLDER          where the corpus goes
 *   --cache FOLDER           where tarballs are kept (default: .cache/tarballs)
 *   --against FOLDER         also leave out what shares runs of words with the source files there (may be given several times)
 *   --pin NAME@VERSION       adds a package to the manifest, or moves it to that version, instead of making the corpus (may be given several times)
 *   --held-out               with --pin: new packages are held out of training
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { glob } from 'tinyglobby';
import { buildCorpus } from '../src/training/corpus/build';
import type { Reference } from '../src/training/corpus/decontaminate';
import { CorpusError, readManifest } from '../src/training/corpus/manifest';
import { pinned, withPackages } from '../src/training/corpus/pin';
import { summaryOf } from '../src/training/corpus/report';

const root = path.join(__dirname, '..');
const manifestFile = path.join(root, 'src/training/corpus/packages.json');

/** Tasks of this repository's own: they measure the model, so it must not have read them. */
const ownTasks = ['samples', 'test/**/fixtures'];

async function references(against: readonly string[]): Promise<Reference[]> {
  const patterns = [...ownTasks.map((f) => path.join(root, f)), ...against.map((f) => path.resolve(f))].map(
    (f) => `${f.replaceAll('\\', '/')}/**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}`,
  );
  const files = (await glob(patterns, { absolute: true, ignore: ['**/node_modules/**'] })).sort();
  return files.map((file) => ({ path: path.relative(root, file), text: readFileSync(file, 'utf8') }));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: path.join(root, '.cache/corpus') },
      cache: { type: 'string', default: path.join(root, '.cache/tarballs') },
      against: { type: 'string', multiple: true, default: [] },
      pin: { type: 'string', multiple: true, default: [] },
      'held-out': { type: 'boolean', default: false },
    },
  });
  const manifest = await readManifest(manifestFile);
  if (values.pin.length > 0) {
    const split = values['held-out'] ? 'held-out' : 'train';
    const added = [];
    for (const spec of values.pin) added.push(await pinned(spec, split));
    writeFileSync(manifestFile, withPackages(manifest, added));
    return;
  }
  const report = await buildCorpus({
    manifest,
    cache: path.resolve(values.cache),
    folder: path.resolve(values.folder),
    references: await references(values.against),
    onProgress: (line) => {
      console.error(line);
    },
  });
  console.log(summaryOf(report).join('\n'));
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError ? error.message : error);
  process.exitCode = 1;
});
