import { createInterface } from 'node:readline';
import type { Limits, Project } from '../types';
import { nodeBinary, scrubbedEnvironment } from '../isolation/environment';
import { launch } from '../isolation/launch';
import type { Launched } from '../isolation/launch';
import { parseTestCommand } from '../project/test-command';
import { mochaFolder } from '../runners/command-line';
import { runtimeFile } from '../runtime-files';
import type { Sandbox } from '../sandbox/sandbox';
import type { WorkReply, WorkRequest, WorkerMessage, WorkerSetup } from '../worker/protocol';

/** A warm worker process as its owner sees it. */
export interface WorkerClient {
  /** Runs one candidate; ends the process if it does not answer in time. */
  run(request: Omit<WorkRequest, 'id'>): Promise<WorkReply>;
  /** False once the process is gone or asked to be replaced. */
  readonly usable: boolean;
  kill(): Promise<void>;
}

export interface WorkerOptions {
  readonly limits: Limits;
  readonly coverage: boolean;
  /** The copy may be written to by tests; else only the temporary folder. */
  readonly writableCopy: boolean;
  /** Ends the worker. */
  readonly signal?: AbortSignal | undefined;
}

/** Time a worker gets to come up, and beyond the deadline to answer by itself (which is cheaper than a new one), before it is killed. */
const startMilliseconds = 20_000;
const graceMilliseconds = { screening: 250, counting: 3000 } as const;

/** Starts a warm worker on a sandbox copy; null if it can't serve this project. */
export async function startWorker(project: Project, sandbox: Sandbox, options: WorkerOptions): Promise<WorkerClient | null> {
  const command = parseTestCommand(project.command);
  const setup: WorkerSetup = {
    root: sandbox.root,
    real: project.root,
    runner: project.runner,
    ...(project.runner === 'mocha' ? { mocha: mochaFolder(project.root) } : {}),
    args: command.args,
    coverage: options.coverage,
  };
  const node = nodeBinary();
  const heap = Math.max(64, Math.floor(options.limits.memoryMb * 0.75));
  const launched = await launch({
    command: node.path,
    args: [
      `--max-old-space-size=${heap}`,
      '--no-warnings',
      '--experimental-vm-modules',
      '--experimental-import-meta-resolve',
      runtimeFile('test-worker'),
      JSON.stringify(setup),
    ],
    cwd: sandbox.root,
    env: scrubbedEnvironment(sandbox.tmp, { ...command.env, ...node.env }),
    writable: options.writableCopy ? [sandbox.root, sandbox.tmp] : [sandbox.tmp],
    scratch: sandbox.scratch,
    limits: options.limits,
    channel: true,
    timed: false,
    signal: options.signal,
  });
  const client = createClient(launched, options.coverage ? graceMilliseconds.counting : graceMilliseconds.screening);
  return (await client.ready) ? client : null;
}

function createClient(launched: Launched, grace: number): WorkerClient & { readonly ready: Promise<boolean> } {
  const channel = launched.channel!;
  let next = 0;
  let usable = true;
  let awaiting: { readonly id: number; readonly settle: (reply: WorkReply) => void } | undefined;
  let setReady: (ready: boolean) => void = () => undefined;
  const ready = new Promise<boolean>((resolve) => {
    const late = setTimeout(() => {
      launched.kill('timeout', 'the worker did not come up');
    }, startMilliseconds);
    setReady = (value) => {
      clearTimeout(late);
      if (!value) launched.kill('cancelled', 'the worker could not start');
      resolve(value);
    };
  });
  createInterface({ input: channel })
    .on('line', (line) => {
      const message = JSON.parse(line) as WorkerMessage;
      if ('ready' in message) setReady(true);
      else if ('failed' in message) setReady(false);
      else if (message.reply.id === awaiting?.id) awaiting.settle(message.reply);
    })
    .on('error', () => undefined);
  void launched.done.then(({ ended, exitCode }) => {
    usable = false;
    setReady(false);
    const outcome = ended === undefined || ended.outcome === 'cancelled' ? 'crashed' : ended.outcome;
    const reason = ended?.reason ?? `the worker ended with code ${String(exitCode)}`;
    awaiting?.settle({ id: awaiting.id, tests: [], coverage: [], milliseconds: 0, ended: { outcome, reason } });
  });
  return {
    ready,
    get usable() {
      return usable;
    },
    run(request) {
      const id = next++;
      return new Promise((resolve) => {
        const clock = setTimeout(() => {
          usable = false;
          launched.kill('timeout', `the tests did not end within ${request.milliseconds} ms`);
        }, request.milliseconds + grace);
        awaiting = {
          id,
          settle: (reply) => {
            clearTimeout(clock);
            awaiting = undefined;
            if (reply.retire !== undefined) usable = false;
            resolve(reply);
          },
        };
        channel.write(`${JSON.stringify({ ...request, id })}\n`);
      });
    },
    async kill() {
      usable = false;
      launched.kill('cancelled', 'the worker is no longer needed');
      await launched.done;
    },
  };
}
