/** From a manifest to a corpus: fetch, clean, compare, write. The same manifest and references give the same files, byte for byte. */
import path from 'node:path';
import { writeFileAtomically } from '../../model/atomic-file';
import { dedented } from '../../edits/text';
import { contaminated, type Contamination, type Reference } from './decontaminate';
import { fetchPackage, npmPack, type Pack } from './fetch';
import type { CorpusPackage, Manifest } from './manifest';
import { NearDuplicates } from './near-duplicates';
import { textsOf, type SourceText } from './package-texts';
import { reportOf, type CorpusReport, type PackageCounts } from './report';
import { clearShards, reportName, writeShards, type CorpusDocument, type Shard, type Split } from './shards';
import { syntaxOf } from './syntax';

export interface BuildOptions {
  readonly manifest: Manifest;
  /** Tarballs. */
  readonly cache: string;
  /** Shards and report. */
  readonly folder: string;
  /** Texts that must not be learnt. */
  readonly references: readonly Reference[];
  /** Default: the npm client. */
  readonly pack?: Pack;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/** Builds the corpus and returns its report, which is also in the folder. Throws CorpusError (see the parts). */
export async function buildCorpus(o: BuildOptions): Promise<CorpusReport> {
  const tell = o.onProgress ?? ((): void => undefined);
  await clearShards(o.folder);
  const counts = new Map<string, PackageCounts>();
  const all: SourceText[] = [];
  for (const p of o.manifest.packages) {
    o.signal?.throwIfAborted();
    const tarball = await fetchPackage(p, o.cache, o.pack ?? npmPack, o.signal);
    const { texts, ...rest } = await textsOf(p, tarball);
    counts.set(p.name, { ...rest, left: { ...rest.left }, kept: 0, characters: 0 });
    all.push(...texts);
    tell(`${p.name}@${p.version}: ${texts.length} of ${rest.files} files`);
  }
  tell('comparing');
  const splitOf = splits(o.manifest.packages);
  // Held-out texts come first: what is like them is not learnt, rather than the other way round.
  const ordered = [...all.filter((t) => splitOf(t) === 'held-out'), ...all.filter((t) => splitOf(t) === 'train')];
  const { kept, found } = withoutBenchmarks(distinctTexts(ordered, counts), o.references, counts);
  const functions = functionsOf(kept, splitOf);
  tell('writing');
  const shards: Shard[] = [];
  for (const split of ['train', 'held-out'] as const) {
    const mine = kept.filter((t) => splitOf(t) === split);
    for (const kind of ['code', 'test'] as const)
      shards.push(...(await writeShards(o.folder, kind, split, mine.filter((t) => t.kind === kind)))); // prettier-ignore
    shards.push(...(await writeShards(o.folder, 'function', split, functions[split])));
  }
  for (const t of kept) {
    const count = counts.get(t.package)!;
    count.kept++;
    count.characters += t.text.length;
  }
  const report = reportOf(o.manifest, counts, found, shards);
  await writeFileAtomically(path.join(o.folder, reportName), [Buffer.from(`${JSON.stringify(report, null, 1)}\n`)]);
  return report;
}

function splits(packages: readonly CorpusPackage[]): (t: { readonly package: string }) => Split {
  const byName = new Map(packages.map((p) => [p.name, p.split]));
  return (t) => byName.get(t.package)!;
}

/** Texts whose like has not come before, in the order given. */
function distinctTexts(texts: readonly SourceText[], counts: ReadonlyMap<string, PackageCounts>): SourceText[] {
  const exact = new Set<string>();
  const near = new NearDuplicates();
  return texts.filter((t) => {
    const key = t.text.replace(/\s+/g, ' ');
    const fault = exact.has(key) ? 'exact duplicate' : near.add(t.text) ? null : 'near duplicate';
    exact.add(key);
    if (fault) leave(counts, t, fault);
    return fault === null;
  });
}

function withoutBenchmarks(
  texts: readonly SourceText[],
  references: readonly Reference[],
  counts: ReadonlyMap<string, PackageCounts>,
): { kept: SourceText[]; found: Contamination[] } {
  const found = contaminated(texts, references);
  for (const index of found.keys()) leave(counts, texts[index]!, 'benchmark');
  return { kept: texts.filter((_, i) => !found.has(i)), found: [...found.values()] };
}

/** Functions of the code that was kept, each as a document of its own, those of 4 to 30 lines. */
function functionsOf(texts: readonly SourceText[], splitOf: (t: SourceText) => Split): Readonly<Record<Split, CorpusDocument[]>> {
  const functions: Record<Split, CorpusDocument[]> = { train: [], 'held-out': [] };
  const near = new NearDuplicates({ shingle: 5, similarity: 0.8 });
  for (const t of texts) {
    if (t.kind !== 'code') continue;
    for (const { start, end } of syntaxOf(t.path, t.text).functions) {
      const text = `${dedented(t.text.slice(start, end))}\n`;
      if (text.length < 80 || !near.add(text)) continue;
      functions[splitOf(t)].push({ package: t.package, path: `${t.path}#${start}`, text });
    }
  }
  return functions;
}

function leave(counts: ReadonlyMap<string, PackageCounts>, t: SourceText, fault: keyof PackageCounts['left']): void {
  const { left } = counts.get(t.package)!;
  left[fault] = (left[fault] ?? 0) + 1;
}
