import { constants, realpathSync } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readlink, realpath, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { WorkspaceError } from '../errors';

/** Folders that no test reads and that can be large. */
const skipped = new Set([
  '.git',
  '.hg',
  '.svn',
  'coverage',
  '.nyc_output',
  '.cache',
  '.vscode-test',
  '.next',
  '.turbo',
  '.venv',
  '__pycache__',
]);

/** Bounds on what is copied; a larger project is refused with a message rather than filling the disk. */
export interface CopyGuard {
  readonly files: number;
  readonly megabytes: number;
}

export const defaultGuard: CopyGuard = { files: 20_000, megabytes: 512 };

const linkKind = process.platform === 'win32' ? 'junction' : 'dir';

interface Count {
  files: number;
  bytes: number;
}

function tooLarge(root: string, guard: CopyGuard): WorkspaceError {
  return new WorkspaceError(
    'too-large',
    `${root} is too large to be copied into a sandbox (over ${guard.files} files or ${guard.megabytes} MB besides node_modules). ` +
      'Move data and build output out of the package, or run Unmask on a smaller package of it.',
  );
}

/**
 * Makes the copy's node_modules: one link to the real folder, or, where some packages are links back into the project (workspaces),
 * a folder of links in which those lead into the copy.
 */
export async function linkModules(real: string, link: string, root: string, copy: string): Promise<void> {
  const inner: [string, string][] = [];
  const outer: [string, string][] = [];
  const visit = async (sub: string): Promise<void> => {
    for (const entry of await readdir(path.join(real, sub), { withFileTypes: true })) {
      const name = path.join(sub, entry.name);
      if (sub === '' && entry.isDirectory() && entry.name.startsWith('@')) await visit(name);
      else {
        const target = entry.isSymbolicLink() ? await realpath(path.join(real, name)).catch(() => null) : null;
        const back =
          target !== null &&
          (target === root || target.startsWith(root + path.sep)) &&
          !target.includes(`${path.sep}node_modules${path.sep}`);
        if (back) inner.push([name, path.join(copy, path.relative(root, target))]);
        else outer.push([name, path.join(real, name)]);
      }
    }
  };
  await visit('');
  if (inner.length === 0) {
    await symlink(real, link, linkKind);
    return;
  }
  for (const [name, target] of [...inner, ...outer]) {
    const place = path.join(link, name);
    await mkdir(path.dirname(place), { recursive: true });
    // Relative where it leads into the copy: the copy is copied again.
    await symlink(target.startsWith(copy) ? path.relative(path.dirname(place), target) : target, place, linkKind);
  }
}

/** Copies a project's files; node_modules folders become links. */
export async function copyProject(root: string, copy: string, guard: CopyGuard): Promise<void> {
  const count: Count = { files: 0, bytes: 0 };
  const real = realpathSync(root);
  const visit = async (from: string, to: string): Promise<void> => {
    await mkdir(to, { recursive: true });
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue;
      const source = path.join(from, entry.name);
      const target = path.join(to, entry.name);
      if (entry.name === 'node_modules') await linkModules(await realpath(source), target, real, copy);
      else if (entry.isDirectory()) await visit(source, target);
      else if (entry.isSymbolicLink()) await copyLink(source, target, real, copy);
      else if (entry.isFile()) {
        count.files++;
        count.bytes += (await lstat(source)).size;
        if (count.files > guard.files || count.bytes > guard.megabytes * 1024 * 1024) throw tooLarge(root, guard);
        await copyFile(source, target, constants.COPYFILE_FICLONE);
      }
    }
  };
  await visit(real, copy);
}

async function copyLink(source: string, target: string, root: string, copy: string): Promise<void> {
  const aim = path.resolve(path.dirname(source), await readlink(source));
  const inside = aim === root || aim.startsWith(root + path.sep);
  const directory = await stat(source).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  const lead = inside ? path.relative(path.dirname(target), path.join(copy, path.relative(root, aim))) : aim;
  await symlink(lead, target, directory ? linkKind : 'file');
}

/** Folders above a project that its modules may be resolved from, nearest first: those with a node_modules, and a repository's own folders. */
export async function ancestorsOf(root: string): Promise<{ readonly dir: string; readonly modules: boolean }[]> {
  const out: { dir: string; modules: boolean }[] = [];
  for (let dir = path.dirname(root); path.dirname(dir) !== dir; dir = path.dirname(dir)) {
    const modules = await stat(path.join(dir, 'node_modules')).then(
      (entry) => entry.isDirectory(),
      () => false,
    );
    out.push({ dir, modules });
  }
  while (out.length > 0 && !out.at(-1)!.modules) out.pop();
  return out;
}
