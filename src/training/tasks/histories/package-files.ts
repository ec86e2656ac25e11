/** A version of a package as node loads it. */
import * as z from 'zod';
import { kindOf } from '../../corpus/select';
import { unpack } from '../../corpus/unpack';
import type { Sources } from './changes';

export interface PackageFiles {
  /** JavaScript files, without tests. */
  readonly sources: Sources;
  /** JSON files but the manifest. */
  readonly data: Sources;
  /** `README.md`, or nothing. */
  readonly readme: string;
  readonly entry: Entry;
}

/** The file that an import of the package loads. */
export interface Entry {
  readonly main: string;
  /** True for a module, false for CommonJS. */
  readonly esm: boolean;
}

const manifest = z.object({
  type: z.string().optional(),
  main: z.string().optional(),
  exports: z.unknown().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
});

/** Longest package: larger ones take longer to copy than they are worth. */
const mostFiles = 400;

/** What of a tarball is needed to run it. Null for packages that need others, or whose entry is not found. Throws CorpusError if it is damaged. */
export async function packageFiles(tarball: Uint8Array): Promise<PackageFiles | null> {
  const { files } = await unpack(tarball, (path) => /\.([cm]?js|json)$/.test(path) || /^readme\.md$/i.test(path));
  const texts = new Map(files.map(({ path, bytes }) => [path, bytes.toString('utf8')]));
  const own = parsedManifest(texts.get('package.json'));
  if (!own || texts.size > mostFiles) return null;
  if (Object.keys({ ...own.dependencies, ...own.peerDependencies }).length > 0) return null;
  const entry = entryOf(own, texts);
  if (!entry) return null;
  const having = (pattern: RegExp): Map<string, string> => new Map([...texts].filter(([path]) => pattern.test(path)));
  const sources = having(/\.[cm]?js$/);
  for (const path of sources.keys()) if (kindOf(path) === 'test') sources.delete(path);
  const data = having(/\.json$/);
  data.delete('package.json');
  return { sources, data, readme: [...having(/^readme\.md$/i).values()][0] ?? '', entry };
}

function parsedManifest(text: string | undefined): z.infer<typeof manifest> | null {
  try {
    return manifest.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

function entryOf({ type, main, exports }: z.infer<typeof manifest>, texts: Sources): Entry | null {
  const asked = exported(exports) ?? main ?? 'index.js';
  const base = asked.replace(/^\.\//, '').replace(/\/$/, '');
  const file = [base, `${base}.js`, `${base}/index.js`].find((name) => texts.has(name) && /\.[cm]?js$/.test(name));
  if (file === undefined) return null;
  return { main: file, esm: file.endsWith('.mjs') || (type === 'module' && !file.endsWith('.cjs')) };
}

/** What Node would take of `exports` for the package itself. */
function exported(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null || Array.isArray(exports)) return undefined;
  const found = exports as Record<string, unknown>;
  if ('.' in found) return exported(found['.']);
  for (const condition of ['node', 'require', 'default', 'import']) if (condition in found) return exported(found[condition]);
  return undefined;
}
