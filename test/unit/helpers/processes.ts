import { readdirSync, readFileSync } from 'node:fs';
import { isAlive } from '../../../src/protocol/process-tree';

/** Waits until a condition holds; fails after `milliseconds` with what it waited for. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${milliseconds} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function untilGone(pid: number, milliseconds = 20_000): Promise<void> {
  return until(`process ${pid} is gone`, () => !isAlive(pid), milliseconds);
}

/** Ids of live processes whose command line or environment holds a marker (Linux). */
export function processesWith(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        const told = readFileSync(`/proc/${name}/cmdline`, 'utf8') + readFileSync(`/proc/${name}/environ`, 'utf8');
        return told.includes(marker) && isAlive(Number(name));
      } catch {
        return false;
      }
    })
    .map(Number);
}
