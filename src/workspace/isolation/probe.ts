import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { wrapLinux } from './linux';
import { wrapMacos } from './macos';
import type { Isolation, IsolationRequest, Wrapped } from './types';

const run = promisify(execFile);

const watched = 'limits watched from outside: time, memory, processes, disk, output';

function none(why: string): Isolation {
  return {
    kind: 'none',
    readOnly: false,
    report: [`no confinement: ${why}. Tests run with your own rights, in a copy of the project`, 'scrubbed environment', watched],
    wrap: ({ command, args }) => ({ command, args }),
  };
}

/** Tries a wrapper: it must let a write inside pass and stop one outside. */
async function works(wrap: (request: IsolationRequest) => Wrapped): Promise<string | null> {
  const base = await realpath(await mkdtemp(path.join(os.tmpdir(), 'unmask-probe-')));
  try {
    const inside = path.join(base, 'in');
    const scratch = path.join(base, 'scratch');
    await mkdir(inside);
    await mkdir(scratch);
    const test = `touch "${inside}/x" && ! touch "${base}/y" 2>/dev/null && echo confined`;
    const wrapped = wrap({ command: 'sh', args: ['-c', test], cwd: inside, writable: [inside], scratch, fileMb: 1 });
    const { stdout } = await run(wrapped.command, wrapped.args, { timeout: 10_000, killSignal: 'SIGKILL' });
    return stdout.includes('confined') ? null : 'the trial run could write outside its folder';
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.split('\n').filter(Boolean).at(-1) ?? 'the trial run failed';
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

async function detect(): Promise<Isolation> {
  if (process.platform === 'linux') {
    const why = await works(wrapLinux);
    if (why !== null) return none(`Linux namespaces can't be used here (${why})`);
    const report = [
      'no network',
      'file system read-only outside the sandbox',
      'own process namespace, ended as a whole',
      'no capabilities',
      'scrubbed environment',
      watched,
    ];
    return { kind: 'namespaces', readOnly: true, report, wrap: wrapLinux };
  }
  if (process.platform === 'darwin') {
    const why = await works(wrapMacos);
    if (why !== null) return none(`sandbox-exec can't be used here (${why})`);
    const report = ['no network but localhost', 'no writes outside the sandbox', 'scrubbed environment', watched];
    return { kind: 'sandbox-exec', readOnly: true, report, wrap: wrapMacos };
  }
  return none(`nothing is built in for ${process.platform}`);
}

let detected: Promise<Isolation> | undefined;

/** How runs are confined here; found out by one trial run for the life of this process. */
export function isolation(): Promise<Isolation> {
  detected ??= detect();
  return detected;
}
