/** What a JavaScript or TypeScript file takes from files of its own project. Pure. */

export interface Import {
  /** The specifier, beginning with `./` or `../`. */
  readonly from: string;
  /** Names that are taken from it, as they are called there. */
  readonly names: readonly string[];
}

/** Only the beginning of a file is looked at, and so many imports. */
const head = 20_000;
const most = 32;

const statements = [
  /\bimport\s+(?:type\s+)?([^'";]*?)\s*from\s*(['"])(\.{1,2}\/[^'"\n]+)\2/g,
  /\bexport\s+(?:type\s+)?([^'";]*?)\s*from\s*(['"])(\.{1,2}\/[^'"\n]+)\2/g,
  /\b(?:const|let|var)\s+([^=;]*?)=\s*(?:await\s+import|require)\s*\(\s*(['"])(\.{1,2}\/[^'"\n]+)\2/g,
];

/** The relative imports of a file in the order of its text. */
export function importsOf(text: string): Import[] {
  const found: { at: number; from: string; names: string[] }[] = [];
  for (const statement of statements)
    for (const match of text.slice(0, head).matchAll(statement))
      found.push({ at: match.index, from: match[3]!, names: namesIn(match[1]!) });
  return found
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ from, names }) => ({ from, names }));
}

/** `a, { b as c, type d, e: f }`: a, b, d, e. */
function namesIn(clause: string): string[] {
  return [...clause.matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)(?:\s*(?:\bas\b|:)\s*[\p{L}_$][\p{L}\p{N}_$]*)?/gu)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'type' && name !== 'as');
}

const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.cts', '.cjs', '/index.ts', '/index.js'];

/** The paths that a specifier may mean, most likely first. TypeScript sources import `./x.js` for x.ts. */
export function candidatesFor(specifier: string): string[] {
  const written = /\.[cm]?[jt]sx?$/.test(specifier);
  const asTypescript = specifier.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  if (written) return asTypescript === specifier ? [specifier] : [asTypescript, specifier];
  return endings.slice(1).map((ending) => specifier + ending);
}
