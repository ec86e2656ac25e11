/** A corpus of made code, of a few hundred kilobytes at most, built as the real one is. */
import path from 'node:path';
import { buildCorpus } from '../../../../src/training/corpus/build';
import { defaultSettings, type Settings } from '../../../../src/training/pretrain/settings';
import { madeFile } from '../corpus/code';
import { madePackage, registry } from '../corpus/tarballs';

const files = (from: number, count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`lib/file${i}.js`, madeFile(from + i)]));

export async function smallCorpus(folder: string): Promise<string> {
  const made = [
    madePackage('one', { ...files(100, 16), 'test/one.test.js': madeFile(1) }),
    madePackage('two', files(200, 10)),
    madePackage('held', files(300, 6), { split: 'held-out' }),
  ];
  const corpus = path.join(folder, 'corpus');
  await buildCorpus({
    manifest: { version: 1, packages: made.map((p) => p.entry) },
    cache: path.join(folder, 'cache'),
    folder: corpus,
    references: [],
    pack: registry(made).pack,
  });
  return corpus;
}

export const smallSettings: Settings = {
  ...defaultSettings,
  size: 'tiny',
  length: 64,
  sequences: 8,
  atOnce: 4,
  tokens: 8 * 64 * 60,
  stages: { autoregressive: 0.4, adaptation: 0.1 },
  learningRate: 1e-2,
  warmUp: 5,
};
