import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { ensureBundles, root } from './bundles';

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process and all that it said on standard error so far, whenever it says more. */
  readonly onStderr?: (child: ChildProcess, said: string) => void;
}

/** Runs the installed command as a user does, and waits for its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  ensureBundles();
  const child = spawn(process.execPath, [path.join(root, 'bin', 'unmask.js'), ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(child, stderr);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** The one JSON object that standard output holds; fails if there is more, or something else. */
export function onlyObject(run: CliRun): Record<string, unknown> {
  return JSON.parse(run.stdout) as Record<string, unknown>;
}
