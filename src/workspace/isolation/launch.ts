import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { lstatSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { Limits } from '../types';
import { isolation } from './probe';
import { bytesBelow, treeUse } from './process-tree';

export interface LaunchRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly writable: readonly string[];
  readonly scratch: string;
  readonly limits: Limits;
  /** Opens descriptor 3 of the child as a two-way channel. */
  readonly channel?: boolean;
  /** False for a process that lives on: only the other limits hold. */
  readonly timed?: boolean;
  /** A file that grows as the run gets on: if it doesn't for so much processor time, the run hangs in a loop. */
  readonly stall?: { readonly file: string; readonly firstMs: number; readonly nextMs: number };
  readonly signal?: AbortSignal | undefined;
}

export interface Ended {
  readonly exitCode: number | null;
  /** Set if the run was ended from outside. */
  readonly ended?: { readonly outcome: 'timeout' | 'limit' | 'cancelled'; readonly reason: string };
  /** Tail of the combined output. */
  readonly output: string;
  readonly seconds: number;
}

export interface Launched {
  readonly pid: number;
  readonly channel: Duplex | null;
  /** Resolves when the process and everything below it is gone; never rejects. */
  readonly done: Promise<Ended>;
  kill(outcome: 'timeout' | 'limit' | 'cancelled', reason: string): void;
}

const tailBytes = 64 * 1024;
const live = new Set<ChildProcess>();

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

process.on('exit', () => {
  for (const child of live) killTree(child);
});

/** Keeps the end of what was printed and counts all of it. */
function collector(onTooMuch: () => void, atMost: number): { add(chunk: Buffer): void; text(): string } {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let total = 0;
  return {
    add(chunk) {
      total += chunk.length;
      kept.push(chunk);
      keptBytes += chunk.length;
      if (keptBytes > 4 * tailBytes) {
        const tail = Buffer.concat(kept).subarray(-tailBytes);
        kept = [Buffer.from(tail)];
        keptBytes = tail.length;
      }
      if (total > atMost) onTooMuch();
    },
    text: () => Buffer.concat(kept).subarray(-tailBytes).toString('utf8'),
  };
}

/** Counts processor time, not the clock: a busy machine makes tests slow but not endless. */
function stallWatch(stall: NonNullable<LaunchRequest['stall']>, size: (file: string) => number): (cpuMs: number) => boolean {
  let bytes = 0;
  let since = 0;
  return (cpuMs) => {
    const now = size(stall.file);
    if (now !== bytes) {
      bytes = now;
      since = cpuMs;
    }
    return cpuMs - since > (bytes === 0 ? stall.firstMs : stall.nextMs);
  };
}

/** Looks at processes, memory and disk now and then, and ends the run when a limit is passed. */
function watch(child: ChildProcess, request: LaunchRequest, end: (reason: string, outcome?: 'timeout') => void): () => void {
  const { limits } = request;
  const megabyte = 1024 * 1024;
  const size = (file: string): number => {
    try {
      return lstatSync(file).size;
    } catch {
      return 0;
    }
  };
  const before = bytesBelow(request.writable, Infinity, size);
  const stalled = request.stall ? stallWatch(request.stall, size) : null;
  let ticks = 0;
  let busy = false;
  const timer = setInterval(
    () => {
      if (busy || child.pid === undefined) return;
      busy = true;
      ticks++;
      if (
        ticks % 2 === 0 &&
        bytesBelow(request.writable, before + limits.diskMb * megabyte, size) > before + limits.diskMb * megabyte
      ) {
        end(`the run wrote more than ${limits.diskMb} MB (limit diskMb)`);
      }
      void treeUse(child.pid, limits.processes + 8)
        .then((use) => {
          if (use === null) return;
          if (use.processes > limits.processes) end(`the run started more than ${limits.processes} processes (limit processes)`);
          else if (stalled?.(use.cpuMs) === true)
            end('no test ended for seconds of computing: one seems to loop for ever', 'timeout');
          else if (use.rssMb > limits.memoryMb) end(`the run used more than ${limits.memoryMb} MB of memory (limit memoryMb)`);
        })
        .finally(() => {
          busy = false;
        });
    },
    request.timed === false ? 250 : 60,
  );
  return () => {
    clearInterval(timer);
  };
}

/** Starts a command confined as far as this system can, watched for its limits, and ended as a whole. */
export async function launch(request: LaunchRequest): Promise<Launched> {
  const confinement = await isolation();
  const wrapped = confinement.wrap({ ...request, fileMb: request.limits.diskMb + 1 });
  request.signal?.throwIfAborted();
  const started = performance.now();
  const child = spawn(wrapped.command, wrapped.args, {
    cwd: request.cwd,
    env: request.env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(request.channel === true ? (['pipe'] as const) : [])],
  });
  live.add(child);
  let ended: Ended['ended'];
  const kill: Launched['kill'] = (outcome, reason) => {
    ended ??= { outcome, reason };
    killTree(child);
  };
  const output = collector(
    () => {
      kill('limit', `the run printed more than ${request.limits.outputMb} MB (limit outputMb)`);
    },
    request.limits.outputMb * 1024 * 1024,
  );
  child.stdout!.on('data', (chunk: Buffer) => {
    output.add(chunk);
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    output.add(chunk);
  });
  const unwatch = watch(child, request, (reason, outcome) => {
    kill(outcome ?? 'limit', reason);
  });
  const clock =
    request.timed === false
      ? undefined
      : setTimeout(() => {
          kill('timeout', `the run took longer than ${request.limits.milliseconds} ms`);
        }, request.limits.milliseconds);
  const cancel = (): void => {
    kill('cancelled', 'cancelled');
  };
  request.signal?.addEventListener('abort', cancel, { once: true });
  const channel = request.channel === true ? (child.stdio[3] as Duplex) : null;
  channel?.on('error', () => undefined); // The other end was killed: `done` tells.
  const done = new Promise<Ended>((resolve) => {
    let late: NodeJS.Timeout | undefined;
    const finish = (exitCode: number | null, why?: string): void => {
      clearTimeout(late);
      clearTimeout(clock);
      unwatch();
      live.delete(child);
      request.signal?.removeEventListener('abort', cancel);
      const seconds = (performance.now() - started) / 1000;
      resolve({ exitCode, output: why ?? output.text(), seconds, ...(ended ? { ended } : {}) });
    };
    child.on('error', (error) => {
      finish(null, `${wrapped.command} could not be started: ${error.message}`);
    });
    child.on('exit', (code) => {
      // A grandchild that left the group may hold the pipes open; it must not keep us waiting.
      killTree(child);
      late = setTimeout(() => {
        child.stdout!.destroy();
        child.stderr!.destroy();
        finish(code);
      }, 1000);
    });
    child.on('close', (code) => {
      finish(code);
    });
  });
  return { pid: child.pid ?? -1, channel, done, kill };
}
