import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { MochaConfig } from './mocha-config';

const never = ['**/node_modules/**', '**/.git/**'];

async function expand(root: string, patterns: readonly string[], ignore: readonly string[]): Promise<string[]> {
  if (patterns.length === 0) return [];
  const found = await glob([...patterns], { cwd: root, ignore: [...never, ...ignore], dot: false, followSymbolicLinks: false });
  return [...new Set(found.map((file) => file.split(path.sep).join('/')))].sort();
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

/** Turns mocha specs (files, folders, patterns) into patterns. */
async function mochaPatterns(root: string, config: MochaConfig): Promise<string[]> {
  const specs = config.spec.length > 0 ? config.spec : ['./test'];
  const ext = config.extension.length === 1 ? config.extension[0]! : `{${config.extension.join(',')}}`;
  const out: string[] = [];
  for (const spec of specs) {
    const clean = spec.replace(/^\.\//, '').replace(/\/$/, '');
    if (!isDynamicPattern(clean) && (await isFolder(path.join(root, clean)))) {
      out.push(config.recursive ? `${clean}/**/*.${ext}` : `${clean}/*.${ext}`);
    } else out.push(clean);
  }
  return out;
}

/** The files mocha would load as tests, relative to `root`. */
export async function mochaTestFiles(root: string, config: MochaConfig): Promise<string[]> {
  return expand(root, await mochaPatterns(root, config), config.ignore);
}

const nodeTestPatterns = [
  '**/*.{test,spec}.{js,cjs,mjs,ts,cts,mts}',
  '**/*{-,_}test.{js,cjs,mjs}',
  '**/test-*.{js,cjs,mjs}',
  '**/test.{js,cjs,mjs}',
  '**/test/**/*.{js,cjs,mjs}',
];

/** The files `node --test` would run, relative to `root`. */
export async function nodeTestFiles(root: string, args: readonly string[]): Promise<string[]> {
  const specs = args.filter((arg) => !arg.startsWith('-')).map((arg) => arg.replace(/^\.\//, '').replace(/\/$/, ''));
  const patterns: string[] = [];
  for (const spec of specs) {
    if (await isFolder(path.join(root, spec))) patterns.push(`${spec}/**/*.{js,cjs,mjs}`);
    else patterns.push(spec);
  }
  return expand(root, patterns.length > 0 ? patterns : nodeTestPatterns, []);
}

/** Keeps the files that import the given module (`node:test`). */
export async function importing(root: string, files: readonly string[], module: string): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(path.join(root, file), 'utf8').catch(() => '')));
  return files.filter((_, i) => texts[i]!.includes(`'${module}'`) || texts[i]!.includes(`"${module}"`));
}
