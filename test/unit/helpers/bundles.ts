import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.join(__dirname, '..', '..', '..');
export const enginePath = path.join(root, 'dist', 'engine.js');
export const cliPath = path.join(root, 'dist', 'cli.js');

let built = false;

/** Builds dist/ if it is missing or older than the sources: tests of processes run what users run. */
export function ensureBundles(): void {
  if (built) return;
  const newest = readdirSync(path.join(root, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((time, entry) => Math.max(time, statSync(path.join(entry.parentPath, entry.name)).mtimeMs), 0);
  const record = path.join(root, 'dist', 'bundled.json');
  const fresh = [enginePath, cliPath, record].every((file) => existsSync(file) && statSync(file).mtimeMs > newest);
  if (!fresh) {
    const run = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`scripts/build.mjs failed: ${run.stderr}`);
  }
  built = true;
}
