/** Keeping benchmarks and our own tasks out of the corpus: by name, and by runs of words that they share. */
import { benchmarkFunctions, benchmarkNames } from './benchmark-names';
import { windowHashes, words } from './shingles';

export interface Reference {
  readonly path: string;
  readonly text: string;
}

export interface Contamination {
  readonly path: string;
  readonly why: 'names a benchmark' | "a benchmark's function" | 'shared words';
  /** The name that was found, or the reference that shares words, and which. */
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

/** Each kind of window over a text: its words, and the hash of the window that begins at each. */
function windowsOf(
  text: string,
): readonly { readonly list: readonly string[]; readonly size: number; readonly hashes: Uint32Array }[] {
  const list = words(text);
  const renamed = list.map((w) => (/^[A-Za-z_$]/.test(w) && !keywords.has(w) ? '_' : w));
  return [
    { list, size: windowSizes.plain },
    { list: renamed, size: windowSizes.renamed },
  ].map(({ list: of, size }) => ({ list: of, size, hashes: of.length < size ? new Uint32Array(0) : windowHashes(of, size) }));
}

export interface Checked {
  readonly package: string;
  readonly path: string;
  readonly text: string;
}

/** Documents that are to be left out, by their index. */
export function contaminated(documents: readonly Checked[], references: readonly Reference[]): Map<number, Contamination> {
  /** By hash: the words themselves, since among so many windows some hash alike, and where they are from. */
  const known = new Map<number, Map<string, string>>();
  for (const { path, text } of references) {
    for (const { list, size, hashes } of windowsOf(text)) {
      hashes.forEach((hash, i) => {
        const entry = known.get(hash) ?? new Map<string, string>();
        known.set(hash, entry.set(list.slice(i, i + size).join(' '), path));
      });
    }
  }
  const found = new Map<number, Contamination>();
  const shared: { index: number; window: string; reference: string }[] = [];
  const packages = new Map<string, Set<string>>();
  documents.forEach(({ package: owner, path, text }, index) => {
    const named = byName(path, text);
    if (named) found.set(index, { path: `${owner}/${path}`, ...named });
    if (known.size === 0) return;
    for (const { list, size, hashes } of windowsOf(text)) {
      hashes.forEach((hash, i) => {
        const entry = known.get(hash);
        if (!entry) return;
        const window = list.slice(i, i + size).join(' ');
        const reference = entry.get(window);
        if (reference === undefined) return;
        shared.push({ index, window, reference });
        packages.set(window, (packages.get(window) ?? new Set()).add(owner));
      });
    }
  });
  for (const { index, window, reference } of shared) {
    if (found.has(index) || packages.get(window)!.size >= commonFrom) continue;
    const { package: owner, path } = documents[index]!;
    found.set(index, { path: `${owner}/${path}`, why: 'shared words', what: `${reference}: ${window.slice(0, 120)}` });
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
