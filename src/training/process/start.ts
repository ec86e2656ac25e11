/** Starts a training in a process of its own, and ends it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { killGroup, killTree } from '../../protocol/process-tree';
import type { LogRecord } from '../log/records';
import { reports, type Json, type Order } from './messages';

export interface TrainingOptions {
  readonly onRecord?: (record: LogRecord) => void;
  /** Lines that the training prints. */
  readonly onOutput?: (line: string) => void;
  /** Node's own arguments, before the entry. */
  readonly nodeArguments?: readonly string[];
}

export type TrainingEnd =
  | { readonly kind: 'finished' | 'cancelled'; readonly result: Json }
  /** It threw, or its process died: by itself, or killed because it did not end in time. */
  | { readonly kind: 'failed'; readonly message: string };

export interface RunningTraining {
  readonly pid: number;
  /** Resolves when the process and everything below it is gone; never rejects. */
  readonly ended: Promise<TrainingEnd>;
  /** Asks for a checkpoint and an orderly end; kills what is still there after `graceMs` (default 60 000). Resolves as `ended` does. */
  cancel(graceMs?: number): Promise<TrainingEnd>;
}

/** Posix: the leader of its own group, so that Ctrl-C in a terminal reaches only us and a group kill finds its workers. */
const ownGroup = process.platform !== 'win32';
const outputTail = 4_000;

/**
 * Runs a script that calls `serveTraining`, in a fresh process of the Node that runs this code (under Electron that is Electron itself, told to be a Node).
 * It ends itself, after a last checkpoint, when this process dies.
 */
export function startTraining(entry: string, job: Json, options: TrainingOptions = {}): RunningTraining {
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), entry], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: ownGroup,
    windowsHide: true,
    env: environment(),
  });
  const output = collectOutput(child, options.onOutput);
  let last: TrainingEnd | undefined;
  child.on('message', (message) => {
    const parsed = reports.safeParse(message);
    const report = parsed.data;
    if (last?.kind === 'failed') return;
    if (!report) last = { kind: 'failed', message: `The training sent something unknown: ${parsed.error.message}` };
    else if (report.kind === 'record') options.onRecord?.(report.record);
    else if (report.kind === 'failed') last = report;
    else last = { kind: report.cancelled ? 'cancelled' : 'finished', result: report.result };
  });
  const ended = whenGone(child).then((how): TrainingEnd => {
    if (child.pid !== undefined && ownGroup) killGroup(child.pid);
    return last ?? { kind: 'failed', message: `The training's process ended (${how}). ${output.tail()}`.trim() };
  });
  const send = (order: Order): void => {
    // A message to a process that has just died fails; its end tells the story.
    if (child.connected) child.send(order, () => undefined);
  };
  send({ kind: 'job', parentPid: process.pid, job });
  return {
    pid: child.pid ?? -1,
    ended,
    async cancel(graceMs = 60_000) {
      send({ kind: 'cancel' });
      const timer = setTimeout(() => {
        if (child.pid !== undefined) killTree(child.pid);
      }, graceMs);
      try {
        return await ended;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...('electron' in process.versions ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
  // Preloads of the host (debuggers, loaders) are not the training's.
  delete env['NODE_OPTIONS'];
  delete env['VSCODE_INSPECTOR_OPTIONS'];
  return env;
}

function collectOutput(child: ChildProcess, onLine: ((line: string) => void) | undefined): { tail(): string } {
  let tail = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    let partial = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      tail = (tail + text).slice(-outputTail);
      const lines = (partial + text).split('\n');
      partial = lines.pop()!;
      for (const line of lines) onLine?.(line);
    });
    stream.on('end', () => {
      if (partial !== '') onLine?.(partial);
    });
  }
  return { tail: () => tail };
}

/** How the process ended, in words. A grandchild that holds the pipes must not keep it looking alive, so not `close`. */
function whenGone(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      // What it sent last may still be in the channel.
      const finish = (): void => {
        resolve(signal ?? `exit code ${String(code)}`);
      };
      if (child.connected) child.once('disconnect', () => setImmediate(finish));
      else setImmediate(finish);
    });
  });
}
