import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** How node would take a file: by extension, else by the nearest package.json. */
export function createFormats(root: string): (file: string) => 'esm' | 'cjs' {
  const byFolder = new Map<string, 'esm' | 'cjs'>();
  const ofFolder = (dir: string): 'esm' | 'cjs' => {
    const known = byFolder.get(dir);
    if (known) return known;
    const manifest = path.join(dir, 'package.json');
    let format: 'esm' | 'cjs' = 'cjs';
    if (existsSync(manifest))
      format = (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module' ? 'esm' : 'cjs';
    else if (dir.length > root.length) format = ofFolder(path.dirname(dir));
    byFolder.set(dir, format);
    return format;
  };
  return (file) => {
    if (/\.m[jt]s$/.test(file)) return 'esm';
    if (/\.(c[jt]s|json|node)$/.test(file)) return 'cjs';
    return ofFolder(path.dirname(file));
  };
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** What a relative import may mean in TypeScript: no extension, a folder, or `.js` for `.ts`. Null if there is no such file. */
export function resolveLoosely(base: string): string | null {
  const stem = base.replace(/\.([cm]?)jsx?$/, '');
  const dotted = /\.([cm]?)jsx?$/.exec(base);
  const guesses = [
    base,
    ...(dotted ? [`${stem}.${dotted[1]!}ts`, `${stem}.tsx`] : []),
    ...['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx', '.json'].map((ext) => base + ext),
    ...['index.ts', 'index.tsx', 'index.js'].map((name) => path.join(base, name)),
  ];
  return guesses.find(isFile) ?? null;
}
