import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cp, mkdir, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ancestorsOf, copyProject, defaultGuard, linkModules } from './copy-tree';
import type { CopyGuard } from './copy-tree';
import { releaseFolder, temporaryFolder } from './registry';

/** A writable copy of a project. Paths of candidate files are relative to it with forward slashes. */
export interface Sandbox {
  /** Everything below this folder is the sandbox's. */
  readonly base: string;
  /** The copy of the project. */
  readonly root: string;
  readonly tmp: string;
  /** An empty folder for the isolation. */
  readonly scratch: string;
  /** Writes a candidate's files, after undoing the previous candidate's. */
  apply(files: ReadonlyMap<string, string>): void;
  /** The present text of a file of the copy, or null. */
  text(file: string): string | null;
  /** True if no file of the project changed but by `apply`. */
  untouched(): boolean;
  dispose(): Promise<void>;
}

/** The project as it was when the work began, with unsaved texts in place; sandboxes are copied from it, so that later edits don't mix in. */
export interface Snapshot {
  readonly root: string;
  sandbox(): Promise<Sandbox>;
  /** The text of a file of the project, or null. */
  text(file: string): string | null;
  dispose(): Promise<void>;
}

interface Tree {
  readonly base: string;
  readonly root: string;
}

/** Where the copy stands below a sandbox: as deep as it stands below the outermost folder that lends it packages. */
async function prepareTree(realRoot: string): Promise<Tree> {
  const base = await temporaryFolder();
  const ancestors = await ancestorsOf(realRoot);
  const top = ancestors.at(-1)?.dir ?? path.dirname(realRoot);
  const tree = path.join(base, 'tree');
  const root = path.join(tree, path.relative(top, realRoot));
  await mkdir(path.dirname(root), { recursive: true });
  await mkdir(path.join(base, 'dev'));
  for (const { dir, modules } of ancestors) {
    if (!modules) continue;
    const link = path.join(tree, path.relative(top, dir), 'node_modules');
    await linkModules(await realpath(path.join(dir, 'node_modules')), link, realRoot, root);
  }
  return { base, root };
}

function readText(absolute: string): string | null {
  try {
    return readFileSync(absolute, 'utf8');
  } catch {
    return null;
  }
}

/** Overwrites without emptying the file first: several times faster where emptying makes the file system flush (ext4). */
function writeInPlace(absolute: string, text: string): void {
  const bytes = Buffer.from(text);
  let descriptor: number;
  try {
    descriptor = openSync(absolute, 'r+');
  } catch {
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, bytes);
    return;
  }
  try {
    writeSync(descriptor, bytes, 0, bytes.length, 0);
    ftruncateSync(descriptor, bytes.length);
  } finally {
    closeSync(descriptor);
  }
}

function signature(file: string): string {
  const entry = statSync(file, { throwIfNoEntry: false, bigint: true });
  return entry === undefined ? 'gone' : `${entry.ino}:${entry.size}:${entry.ctimeNs}`;
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

function sandboxOf(tree: Tree, files: readonly string[]): Sandbox {
  const signatures = new Map(files.map((file) => [file, signature(file)]));
  const applied = new Map<string, string | null>();
  const put = (absolute: string, text: string | null): void => {
    if (text === null) rmSync(absolute, { force: true });
    else {
      writeInPlace(absolute, text);
    }
    signatures.set(absolute, signature(absolute));
  };
  return {
    base: tree.base,
    root: tree.root,
    tmp: path.join(tree.base, 'tmp'),
    scratch: path.join(tree.base, 'dev'),
    apply(candidate) {
      for (const [absolute, original] of applied) {
        if (candidate.has(path.relative(tree.root, absolute).split(path.sep).join('/'))) continue;
        put(absolute, original);
        applied.delete(absolute);
      }
      for (const [file, text] of candidate) {
        const absolute = path.join(tree.root, file);
        if (!applied.has(absolute)) applied.set(absolute, existsSync(absolute) ? readFileSync(absolute, 'utf8') : null);
        put(absolute, text);
      }
    },
    text: (file) => readText(path.join(tree.root, file)),
    untouched: () => [...signatures].every(([file, before]) => signature(file) === before),
    dispose: () => releaseFolder(tree.base),
  };
}

function entriesOf(texts: ReadonlyMap<string, string> | Readonly<Record<string, string>>): [string, string][] {
  return texts instanceof Map
    ? [...(texts as ReadonlyMap<string, string>)]
    : Object.entries(texts as Readonly<Record<string, string>>);
}

/** Copies a project, applies unsaved texts (by absolute path), and hands out sandboxes of that state. */
export async function createSnapshot(
  root: string,
  overlays: ReadonlyMap<string, string> | Readonly<Record<string, string>> = {},
  guard: CopyGuard = defaultGuard,
): Promise<Snapshot> {
  const realRoot = await realpath(root);
  const base = await temporaryFolder();
  const template = path.join(base, 'template');
  try {
    await copyProject(realRoot, template, guard);
    for (const [file, text] of entriesOf(overlays)) {
      const inside = [root, realRoot]
        .map((dir) => path.relative(dir, file))
        .find((rel) => rel !== '' && !rel.startsWith('..') && !path.isAbsolute(rel));
      if (inside === undefined) continue; // Another project's unsaved file.
      mkdirSync(path.dirname(path.join(template, inside)), { recursive: true });
      writeFileSync(path.join(template, inside), text);
    }
  } catch (error) {
    await releaseFolder(base);
    throw error;
  }
  return {
    root: realRoot,
    text: (file) => readText(path.join(template, file)),
    async sandbox() {
      const tree = await prepareTree(realRoot);
      try {
        await cp(template, tree.root, {
          recursive: true,
          verbatimSymlinks: true,
          preserveTimestamps: true,
          mode: constants.COPYFILE_FICLONE,
        });
        return sandboxOf(tree, await filesBelow(tree.root));
      } catch (error) {
        await releaseFolder(tree.base);
        throw error;
      }
    },
    dispose: () => releaseFolder(base),
  };
}
