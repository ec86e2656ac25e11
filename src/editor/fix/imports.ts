import path from 'node:path';

const extensions = ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '.cts', '.jsx', '.tsx', '/index.js', '/index.ts'];

/** True for files that hold tests by their name or folder: those are never what is repaired. */
export function looksLikeTest(file: string): boolean {
  return /(^|[\\/])(tests?|__tests__|spec)[\\/]|[.\-_](test|spec)\.[cm]?[jt]sx?$/.test(file);
}

/** The project files that a test file names by a relative import, nearest first as they stand there: the code under test. */
export function testedFiles(testFile: string, text: string, exists: (file: string) => boolean): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(/(?:\bfrom\s*|\brequire\s*\(\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"\n]+)\1/g)) {
    const base = path.resolve(path.dirname(testFile), match[2]!);
    // TypeScript sources import "./x.js" for x.ts.
    const bases = [base, base.replace(/\.([cm]?)js$/, '.$1ts')];
    const file = bases
      .flatMap((name) => extensions.map((extension) => name + extension))
      .find((name) => path.extname(name) !== '' && exists(name));
    if (file !== undefined && !looksLikeTest(file) && path.extname(file) !== '.json') found.add(file);
  }
  return [...found];
}

/** The title in a test's symbol name, as TypeScript's outline writes it: `it("adds") callback`. */
export function testTitle(symbolName: string): string | undefined {
  const match = /^(?:it|test|specify)(?:\.\w+)*\((["'`])(.*)\1\)\s*callback$/s.exec(symbolName);
  return match?.[2]?.replace(/\\(["'`\\])/g, '$1');
}
