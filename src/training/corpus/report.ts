/** What became of every file: written beside the shards, and summed up for the terminal. */
import type { CommentFault } from './clean';
import type { Contamination } from './decontaminate';
import type { Manifest } from './manifest';
import type { Fault } from './package-texts';
import { splits, documentKinds, type Shard } from './shards';

export interface PackageCounts {
  /** Source files in the tarball, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  readonly left: Partial<Record<Fault | 'exact duplicate' | 'near duplicate' | 'benchmark', number>>;
  readonly commentsRemoved: Readonly<Record<CommentFault, number>>;
  readonly secrets: readonly { readonly path: string; readonly what: string }[];
  kept: number;
  /** Of the texts that were kept. */
  characters: number;
}

export interface CorpusReport {
  readonly version: 1;
  readonly packages: readonly (Pick<Manifest['packages'][number], 'name' | 'version' | 'license' | 'split'> & PackageCounts)[];
  readonly totals: Pick<PackageCounts, 'files' | 'bytes' | 'left' | 'kept' | 'characters'>;
  /** Files that were left out for what they share with a benchmark or with our own tasks. */
  readonly benchmarks: readonly Contamination[];
  readonly shards: readonly Shard[];
}

export function reportOf(
  manifest: Manifest,
  counts: ReadonlyMap<string, PackageCounts>,
  benchmarks: readonly Contamination[],
  shards: readonly Shard[],
): CorpusReport {
  const packages = manifest.packages.map(({ name, version, license, split }) => ({
    name,
    version,
    license,
    split,
    ...counts.get(name)!,
  }));
  const sum = (field: 'files' | 'bytes' | 'kept' | 'characters'): number => packages.reduce((n, p) => n + p[field], 0);
  const left: PackageCounts['left'] = {};
  for (const p of packages) {
    for (const [fault, count] of Object.entries(p.left) as [keyof typeof left, number][])
      left[fault] = (left[fault] ?? 0) + count;
  }
  const totals = { files: sum('files'), bytes: sum('bytes'), left, kept: sum('kept'), characters: sum('characters') };
  return { version: 1, packages, totals, benchmarks, shards };
}

const megabytes = (n: number): string => `${(n / 1e6).toFixed(1)} MB`;

/** Lines for the terminal. */
export function summaryOf(report: CorpusReport): string[] {
  const { totals } = report;
  const left = Object.entries(totals.left).sort((a, b) => b[1] - a[1]);
  const width = Math.max(...report.packages.map((p) => p.name.length));
  return [
    ...report.packages.map(
      (p) =>
        `${p.name.padEnd(width)}  ${p.license.padEnd(12)}  ${p.split.padEnd(8)}  ${String(p.kept).padStart(5)} of ${String(p.files).padStart(5)} files  ${megabytes(p.characters).padStart(8)}`,
    ),
    '',
    `${totals.kept} of ${totals.files} source files kept: ${megabytes(totals.characters)} of ${megabytes(totals.bytes)}`,
    `left out: ${left.map(([fault, count]) => `${fault} ${count}`).join(', ')}`,
    ...splits.flatMap((split) =>
      documentKinds.map((kind) => {
        const mine = report.shards.filter((s) => s.split === split && s.kind === kind);
        const of = (field: 'documents' | 'characters'): number => mine.reduce((n, s) => n + s[field], 0);
        return `${split}, ${kind}: ${of('documents')} documents, ${megabytes(of('characters'))}`;
      }),
    ),
    `benchmarks and own tasks: ${report.benchmarks.length} files left out`,
    ...report.benchmarks.map((b) => `  ${b.path}: ${b.why} (${b.what})`),
    `secrets: ${report.packages.reduce((n, p) => n + p.secrets.length, 0)} files left out`,
  ];
}
