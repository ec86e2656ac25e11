/** `unmask bench editor`: what a user of the editor waits for, measured in a real VS Code that is driven by a browser. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { killTree } from '../../protocol/process-tree';
import { startTraining } from '../../training/process/start';
import { hostSchema, reportOf, type EditorReport, type HostFigures } from './figures';
import { decodingSchema, type Decoding, type Job } from './job';

export interface EditorBenchOptions {
  /** The checkout: the VS Code and its driver are no part of the product. */
  readonly root: string;
  readonly quick: boolean;
  readonly threads: number;
  /** The bundled worker. */
  readonly worker: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** The editor can't be measured here; the message says what mends it. */
export class EditorBenchError extends Error {
  override readonly name = 'EditorBenchError';
}

/** Throws EditorBenchError where there is no VS Code to measure in, and the signal's reason when aborted; no process is left either way. */
export async function benchEditor(o: EditorBenchOptions): Promise<EditorReport> {
  const host = await inHost(o);
  return reportOf(host, await apart(o));
}

async function inHost(o: EditorBenchOptions): Promise<HostFigures> {
  const driver = path.join(o.root, 'test', 'bench', 'editor', 'run.ts');
  if (!existsSync(driver) || !existsSync(path.join(o.root, '.vscode-test', 'node_modules', 'code-server')))
    throw new EditorBenchError(
      'There is no VS Code to measure in: run this in a source checkout on Linux x64, after "node scripts/setup-host.mjs".',
    );
  const child = spawn(process.execPath, ['--import', 'tsx', driver, ...(o.quick ? ['--quick'] : [])], {
    cwd: o.root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  // The driver ends the editor, the browser and their folder; what it has not ended a little later is ended with it.
  const stop = (): void => {
    child.kill('SIGTERM');
    setTimeout(() => {
      if (child.exitCode === null && child.pid !== undefined) killTree(child.pid);
    }, 5_000).unref();
  };
  o.signal.addEventListener('abort', stop, { once: true });
  let [last, said] = ['', ''];
  createInterface({ input: child.stdout }).on('line', (line) => (last = line));
  createInterface({ input: child.stderr }).on('line', (line) => {
    said = line;
    o.onProgress(line);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    o.signal.throwIfAborted();
    if (code !== 0) throw new EditorBenchError(`The editor could not be measured: ${said}`);
    return hostSchema.parse(JSON.parse(last));
  } finally {
    o.signal.removeEventListener('abort', stop);
  }
}

async function apart(o: EditorBenchOptions): Promise<Decoding> {
  const job: Job = { root: o.root, cursors: o.quick ? 8 : 40, threads: o.threads };
  const running = startTraining(o.worker, job, {
    onRecord: (record) => {
      if (record.kind === 'note') o.onProgress(`decoding: ${record.text}`);
    },
  });
  const cancel = (): void => void running.cancel(0);
  o.signal.addEventListener('abort', cancel, { once: true });
  try {
    const end = await running.ended;
    o.signal.throwIfAborted();
    if (end.kind === 'failed') throw new Error(`decoding: ${end.message}`);
    return decodingSchema.parse(end.result);
  } finally {
    o.signal.removeEventListener('abort', cancel);
  }
}
