import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { WorkspaceError } from '../errors';

const manifestShape = z.looseObject({
  type: z.string().optional(),
  scripts: z.record(z.string(), z.string()).optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  mocha: z.record(z.string(), z.unknown()).optional(),
});
export type Manifest = z.infer<typeof manifestShape>;

/** The folder of the nearest package.json at or above a file, or null. */
export async function findRoot(file: string): Promise<string | null> {
  for (let dir = path.dirname(path.resolve(file)); ; dir = path.dirname(dir)) {
    const found = await stat(path.join(dir, 'package.json')).then(
      (entry) => entry.isFile(),
      () => false,
    );
    if (found) return dir;
    if (path.dirname(dir) === dir) return null;
  }
}

/** Reads and checks a package.json. */
export async function readManifest(root: string): Promise<Manifest> {
  const file = path.join(root, 'package.json');
  try {
    return manifestShape.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WorkspaceError(
      'bad-project',
      `${file} can't be read as a package manifest (${why}). Mend that file and try again.`,
      { cause: error },
    );
  }
}
