/** Keeping benchmarks and our own tasks out of the corpus: by name, and by runs of words that they share. */
import { benchmarkFunctions, benchmarkNames } from './benchmark-names';
import { distinct, windowHashes, words } from './shingles';

export interface Reference {
  readonly path: string;
  readonly text: string;
}

export interface Contamination {
  readonly path: string;
  readonly why: 'names a benchmark' | "a benchmark's function" | 'shared words';
  /** The name that was found, or the reference that shares words. */
  readonly what: string;
}

/** Words in a window that must not be shared, as they stand and with every name replaced: the latter finds ports under other names. */
export const windowSizes = { plain: 20, renamed: 48 } as const;

/** Windows that so many packages have are everybody's: loops, exports, assertions. */
const commonFrom = 4;

const keywords = new Set(
  'if else for while do return function const let var new this switch case break continue throw try catch finally class extends typeof instanceof in of await async yield null undefined true false'.split(
    ' ',
  ),
);

interface Windows {
  readonly plain: Uint32Array;
  readonly renamed: Uint32Array;
}

function windowsOf(text: string): Windows {
  const list = words(text);
  const renamed = list.map((w) => (/^[A-Za-z_$]/.test(w) && !keywords.has(w) ? '_' : w));
  const of = (of: readonly string[], size: number): Uint32Array =>
    of.length < size ? new Uint32Array(0) : distinct(windowHashes(of, size));
  return { plain: of(list, windowSizes.plain), renamed: of(renamed, windowSizes.renamed) };
}

export interface Checked {
  readonly package: string;
  readonly path: string;
  readonly text: string;
}

/** Documents that are to be left out, by their index. */
export function contaminated(documents: readonly Checked[], references: readonly Reference[]): Map<number, Contamination> {
  const known = { plain: new Map<number, string>(), renamed: new Map<number, string>() };
  for (const { path, text } of references) {
    const windows = windowsOf(text);
    for (const kind of ['plain', 'renamed'] as const) for (const h of windows[kind]) known[kind].set(h, path);
  }
  const found = new Map<number, Contamination>();
  const shared: { index: number; hash: number; reference: string }[] = [];
  const packages = new Map<number, Set<string>>();
  documents.forEach(({ package: owner, path, text }, index) => {
    const named = byName(path, text);
    if (named) found.set(index, { path: `${owner}/${path}`, ...named });
    const windows = references.length > 0 ? windowsOf(text) : null;
    for (const kind of windows ? (['plain', 'renamed'] as const) : []) {
      for (const hash of windows![kind]) {
        const reference = known[kind].get(hash);
        if (reference === undefined) continue;
        shared.push({ index, hash, reference });
        const owners = packages.get(hash) ?? new Set();
        packages.set(hash, owners.add(owner));
      }
    }
  });
  for (const { index, hash, reference } of shared) {
    if (found.has(index) || packages.get(hash)!.size >= commonFrom) continue;
    const { package: owner, path } = documents[index]!;
    found.set(index, { path: `${owner}/${path}`, why: 'shared words', what: reference });
  }
  return found;
}

function byName(path: string, text: string): Pick<Contamination, 'why' | 'what'> | null {
  const name = benchmarkNames.exec(path) ?? benchmarkNames.exec(text);
  if (name) return { why: 'names a benchmark', what: name[0] };
  for (const [, defined] of text.matchAll(
    /\b(?:function\s+|(?:const|let|var)\s+|\.)(\w+)\s*(?:=\s*(?:async\s*)?(?:function\b|\()|\()/g,
  )) {
    if (benchmarkFunctions.has(defined!)) return { why: "a benchmark's function", what: defined! };
  }
  return null;
}
