import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildCorpus } from '../../../../src/training/corpus/build';
import type { Reference } from '../../../../src/training/corpus/decontaminate';
import { tarballName } from '../../../../src/training/corpus/fetch';
import { CorpusError } from '../../../../src/training/corpus/manifest';
import type { CorpusReport } from '../../../../src/training/corpus/report';
import { readDocuments, type DocumentKind, type Split } from '../../../../src/training/corpus/shards';
import { madeFile } from './code';
import { madePackage, registry, type MadePackage } from './tarballs';

const licence = '/**\n * Copyright (c) 2020 Somebody <some@body.org>\n * Licensed under the MIT licence.\n */\n';
const own = `export function splitEvenly(total, people) {
  const share = Math.floor(total / people.length);
  const rest = total - share * people.length;
  return people.map((person, i) => ({ person, amount: i < rest ? share + 1 : share }));
}\n`;
const renamed = own
  .replaceAll('people', 'guests')
  .replaceAll('share', 'part')
  .replaceAll('person', 'guest')
  .replace('splitEvenly', 'divide')
  .replaceAll('rest', 'more');

const packages: readonly MadePackage[] = [
  madePackage('alpha', {
    'src/one.js': licence + madeFile(1),
    'src/two.ts': `export interface Pair { a: string; b: number }\n${'export const add = (x: number, y: number): number => {\n  // Sums.\n  return x + y;\n};\n'.repeat(1)}`,
    'dist/one.js': madeFile(2),
    'src/one.min.js': madeFile(3),
    'src/locales/de.js': madeFile(4),
    'types/index.d.ts': `export declare function f(a: string): number;\n`.repeat(4),
    'test/one.test.js': madeFile(5),
    'src/copy.js': madeFile(1),
    'src/nearly.js': madeFile(1).replace('length;', 'size;'),
    'src/broken.js': `function broken( {\n${madeFile(6)}`,
    'src/table.js': `module.exports = [${Array.from({ length: 200 }, (_, i) => i * 37).join(',\n')}];\n`,
    'src/key.js': `const key = 'AKIAABCDEFGHIJKLMNOP';\n${madeFile(7)}`,
    'src/of-kata.js': `// Solves a task of HumanEval.\n${madeFile(8)}`,
    'src/shared.js': `${own}${madeFile(9)}`,
    'src/renamed.js': `${renamed}${renamed.replace('divide', 'again')}${madeFile(10)}`,
    'src/like-held-out.js': madeFile(20),
    'README.md': 'not code',
  }),
  madePackage('beta', { 'lib/a.js': madeFile(20), 'lib/b.js': madeFile(21) }, { split: 'held-out' }),
  madePackage(
    '@scope/gamma',
    { 'dist/index.js': madeFile(30), 'lib/c.js': madeFile(31) },
    { only: ['dist'], license: 'Apache-2.0' },
  ),
];

const references: readonly Reference[] = [{ path: 'samples/src/share.js', text: `${own}${own.replace('splitEvenly', 'again')}` }];

describe('training corpus', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-corpus-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const build = (made: readonly MadePackage[] = packages, to = 'corpus', from = registry(made)): Promise<CorpusReport> =>
    buildCorpus({
      manifest: { version: 1, packages: made.map((p) => p.entry) },
      cache: path.join(folder, 'cache'),
      folder: path.join(folder, to),
      references,
      pack: from.pack,
    });
  const paths = async (kind: DocumentKind, split: Split): Promise<string[]> => {
    const found = [];
    for await (const d of readDocuments(path.join(folder, 'corpus'), kind, split)) found.push(`${d.package}/${d.path}`);
    return found;
  };

  it('keeps what people wrote, once, and says why it left the rest', async () => {
    const report = await build();
    assert.deepEqual(await paths('code', 'train'), ['alpha/src/copy.js', 'alpha/src/two.ts', '@scope/gamma/dist/index.js']);
    assert.deepEqual(await paths('test', 'train'), ['alpha/test/one.test.js']);
    assert.deepEqual(await paths('code', 'held-out'), ['beta/lib/a.js', 'beta/lib/b.js']);
    assert.deepEqual(report.packages.find((p) => p.name === 'alpha')!.left, {
      'minified or bundled': 1,
      built: 1,
      locale: 1,
      declarations: 1,
      syntax: 1,
      data: 1,
      secret: 1,
      // The second is like a file that is held out, and left for it.
      'exact duplicate': 2,
      'near duplicate': 1,
      benchmark: 3,
    });
    assert.deepEqual(
      report.benchmarks.map((b) => [b.path, b.why, b.what.split(':')[0]]),
      [
        ['alpha/src/of-kata.js', 'names a benchmark', 'HumanEval'],
        ['alpha/src/renamed.js', 'shared words', 'samples/src/share.js'],
        ['alpha/src/shared.js', 'shared words', 'samples/src/share.js'],
      ],
    );
    assert.deepEqual(report.packages.find((p) => p.name === 'alpha')!.secrets, [{ path: 'src/key.js', what: 'cloud key' }]);
    const all = readdirSync(path.join(folder, 'corpus')).map((n) => readFileSync(path.join(folder, 'corpus', n), 'utf8'));
    assert.ok(!all.some((text) => /Copyright|some@body|AKIA/.test(text)));
    assert.ok((await paths('function', 'train')).length > 10);
  });

  it('the same packages give the same files, whatever was there before', async () => {
    await build();
    await build(packages, 'again');
    await build(packages, 'again', registry([]));
    const hashes = (of: string): Record<string, string> =>
      Object.fromEntries(
        readdirSync(path.join(folder, of)).map((n) => [
          n,
          createHash('sha256')
            .update(readFileSync(path.join(folder, of, n)))
            .digest('hex'),
        ]),
      );
    assert.ok(Object.keys(hashes('corpus')).length >= 6);
    assert.deepEqual(hashes('corpus'), hashes('again'));
  });

  it('fetches what is missing or damaged, and nothing else', async () => {
    const first = registry(packages);
    await build(packages, 'corpus', first);
    assert.deepEqual(first.asked, ['alpha@1.0.0', 'beta@1.0.0', '@scope/gamma@1.0.0']);
    writeFileSync(path.join(folder, 'cache', tarballName(packages[1]!.entry)), 'cut sho');
    const second = registry(packages);
    await build(packages, 'corpus', second);
    assert.deepEqual(second.asked, ['beta@1.0.0']);
    assert.ok(readdirSync(path.join(folder, 'cache')).every((n) => n.endsWith('.tgz')));
  });

  it('refuses another tarball than the manifest names, and licences that are not permissive', async () => {
    const [alpha] = packages;
    const changed = { ...alpha!, tarball: packages[1]!.tarball };
    await assert.rejects(build([changed]), /alpha@1.0.0 is not the manifest's/);
    const viral = madePackage('delta', { 'a.js': madeFile(1) }, { ownLicense: 'GPL-3.0' });
    await assert.rejects(build([viral]), /licence of delta@1.0.0 is not permissive: GPL-3.0/);
    await assert.rejects(build([{ ...alpha!, entry: { ...alpha!.entry, name: 'epsilon' } }]), CorpusError);
  });

  it('a shard that was changed afterwards is noticed', async () => {
    await build();
    writeFileSync(path.join(folder, 'corpus', 'code.train.000.jsonl'), '{"package":"x","path":"y","text":"z"}\n');
    await assert.rejects(paths('code', 'train'), /code.train.000.jsonl was changed/);
  });
});
