import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const prefix = 'unmask-sandbox-';
const live = new Set<string>();

process.on('exit', () => {
  for (const dir of live) {
    try {
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // The next start sweeps it.
    }
  }
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes what processes that are gone left behind. */
export async function sweepLeftovers(): Promise<void> {
  const tmp = os.tmpdir();
  for (const name of await readdir(tmp).catch((): string[] => [])) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || alive(Number(pid))) continue;
    await rm(path.join(tmp, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

let swept: Promise<void> | undefined;

/** A fresh folder of this process's own; gone when released, or with the process. */
export async function temporaryFolder(): Promise<string> {
  await (swept ??= sweepLeftovers());
  const dir = await mkdtemp(path.join(await realpath(os.tmpdir()), `${prefix}${process.pid}-`));
  live.add(dir);
  await mkdir(path.join(dir, 'tmp'));
  return dir;
}

/** Removes a folder given by `temporaryFolder`. Processes being killed may still write into it for a moment. */
export async function releaseFolder(dir: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
      live.delete(dir);
      return;
    } catch (error) {
      if (attempt >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
