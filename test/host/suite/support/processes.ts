import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { descendants } from '../../../../src/protocol/process-tree';

/** Process ids of the engines that this extension host started. */
export function engines(): number[] {
  return descendants(process.pid).filter((pid) => /\bdist\/engine\.js/.test(commandLine(pid)));
}

/** Command lines of everything that runs below the engines: test workers and test runs. */
export function engineWorkers(): string[] {
  return engines().flatMap((pid) => descendants(pid).map((child) => `${child}: ${commandLine(child)}`));
}

/** Folders in the system's temporary folder that belong to sandboxes of the given engines (their names carry the engine's process id). */
export function sandboxes(pids: readonly number[]): string[] {
  return readdirSync(os.tmpdir()).filter((name) => pids.some((pid) => name.startsWith(`unmask-sandbox-${pid}-`)));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // gone since we looked
  }
}
