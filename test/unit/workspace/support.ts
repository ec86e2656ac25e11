import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Limits } from '../../../src/workspace/types';

const repository = path.join(__dirname, '../../..');
export const fixtures = path.join(__dirname, 'fixtures');

/** Limits that let a test of them end soon, on a busy machine too. */
export const limits: Limits = { milliseconds: 30_000, memoryMb: 700, processes: 40, diskMb: 24, outputMb: 8 };

function newest(dir: string): number {
  return Math.max(
    ...readdirSync(dir, { recursive: true, withFileTypes: true }).map(
      (entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs,
    ),
  );
}

/** Bundles the scripts that run inside test processes, unless they are newer than their sources. */
export function buildRuntime(): void {
  const names = ['test-worker', 'mocha-reporter', 'node-test-reporter'];
  const built = names.map((name) => path.join(repository, 'dist', `${name}.js`));
  const sources = newest(path.join(repository, 'src/workspace'));
  if (built.every((file) => existsSync(file) && statSync(file).mtimeMs > sources)) return;
  execFileSync(process.execPath, ['scripts/build.mjs', ...names], { cwd: repository });
}

const made: string[] = [];

/** A folder of the test's own, removed by `cleanUp`. */
export function temporary(): string {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'unmask-test-')));
  made.push(dir);
  return dir;
}

/** A project made of the given files; mocha is found in a node_modules beside it. */
export function project(files: Readonly<Record<string, string>>): string {
  const dir = temporary();
  symlinkSync(path.join(repository, 'node_modules'), path.join(dir, 'node_modules'), 'dir');
  const root = path.join(dir, 'project');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

/** A copy of a fixture that a test may be hostile to. */
export function fixtureCopy(name: string): string {
  const root = project({});
  cpSync(path.join(fixtures, name), root, { recursive: true });
  return root;
}

export function cleanUp(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** Every file of a folder with its text: equal before and after means untouched. */
export function contents(root: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      out[path.relative(root, path.join(entry.parentPath, entry.name))] = readFileSync(
        path.join(entry.parentPath, entry.name),
        'utf8',
      );
  }
  return out;
}

/** Sandbox folders of a process that are still there. */
export function foldersLeft(pid = process.pid): string[] {
  return readdirSync(os.tmpdir()).filter((name) => name.startsWith(`unmask-sandbox-${pid}-`));
}

/** Command lines of processes that work in a sandbox of the given process. */
export function processesLeft(pid = process.pid): string[] {
  const mark = `unmask-sandbox-${pid}-`;
  const out: string[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || name === String(process.pid)) continue;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const place = readlinkSync(`/proc/${name}/cwd`);
      if (command.includes(mark) || place.includes(mark) || readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark))
        out.push(command.slice(-160));
    } catch {
      // Ended, or another user's.
    }
  }
  return out;
}

/** Waits until nothing of this process's sandboxes runs any more; what is left after two seconds. */
export async function settled(pid = process.pid): Promise<string[]> {
  for (let attempt = 0; attempt < 40 && processesLeft(pid).length > 0; attempt++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return processesLeft(pid);
}
