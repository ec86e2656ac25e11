/**
 * The warm test worker: a process that lives as long as its sandbox copy and runs the tests of one candidate after another, forgetting the
 * project's modules in between. Speaks JSON lines over descriptor 3. It is a fast screen; what it says is proved in a fresh process.
 */
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startCoverage } from '../hooks/coverage-session';
import { projectCoverage } from '../runners/coverage';
import type { Place } from '../runners/collect';
import type { FileCoverage, TestCase } from '../types';
import { describeError } from '../hooks/describe-error';
import { snapshotGlobals } from './globals';
import { createMochaRunner } from './mocha';
import { createModules, prepareModules } from './modules';
import { createNodeTestRunner } from './node-test';
import { outputLimit } from './protocol';
import type { WorkReply, WorkRequest, WorkerMessage, WorkerSetup } from './protocol';
import { Expired, createWatchdog, isExpiry } from './watchdog';

const setup = JSON.parse(process.argv[2]!) as WorkerSetup;
const channel = new Socket({ fd: 3, readable: true, writable: true });
/** Ends at once, without `exit` listeners; not in node's type declarations. */
const ending = process as unknown as { reallyExit: (code: number) => never };
const exit = ending.reallyExit.bind(process);
const now = performance.now.bind(performance);
const later = setTimeout;
const soon = setImmediate;
const clear = clearTimeout;

function send(message: WorkerMessage): void {
  channel.write(`${JSON.stringify(message)}\n`);
}

/** Output of tests is counted and thrown away; the parent counts what goes around this. */
let printed = 0;
function muteOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      printed += chunk.length;
      const callback = rest.find((arg): arg is () => void => typeof arg === 'function');
      if (callback) queueMicrotask(callback);
      if (printed > outputLimit) throw new Error('the test printed too much');
      return true;
    };
  }
}

/** A candidate must not end the worker, nor signal anybody. */
function forbidExit(): void {
  const refuse = (what: string) => (): never => {
    throw new Error(`${what} was called during a test`);
  };
  process.exit = refuse('process.exit');
  ending.reallyExit = refuse('process.reallyExit');
  process.abort = refuse('process.abort');
  process.kill = refuse('process.kill');
}

async function start(): Promise<void> {
  const place: Place = {
    ran: setup.root,
    real: setup.real,
    text: (file) => {
      try {
        return readFileSync(path.join(setup.root, file), 'utf8');
      } catch {
        return null;
      }
    },
  };
  const coverage = setup.coverage ? startCoverage(setup.root) : null;
  await prepareModules();
  const modules = createModules(setup.root);
  process.argv.splice(1, 2, path.join(setup.root, 'test'));
  const runner =
    setup.runner === 'mocha'
      ? await createMochaRunner(place, setup.mocha!, setup.args, modules)
      : createNodeTestRunner(place, modules);
  let stray: unknown;
  process.on('uncaughtException', (error) => {
    stray = error;
  });
  process.on('unhandledRejection', (error) => {
    stray = error;
  });
  muteOutput();
  forbidExit();
  const globals = snapshotGlobals();

  const work = async (request: WorkRequest): Promise<WorkReply> => {
    const started = now();
    const watchdog = createWatchdog(request.milliseconds);
    const tests: TestCase[] = [];
    const covered: [string, FileCoverage[]][] = [];
    const take = (id: string): void => {
      if (coverage) covered.push([id, projectCoverage(coverage.take(), [setup.root], place.text)]);
    };
    let ended: WorkReply['ended'];
    let retire: string | undefined;
    let current: Pick<TestCase, 'id' | 'title' | 'file'> | undefined;
    stray = undefined;
    printed = 0;
    modules.purge();
    let clock: NodeJS.Timeout | undefined;
    try {
      const run = runner.run({
        files: request.files.map((file) => path.join(setup.root, file)),
        only: request.only === null ? null : new Set(request.only),
        exclude: new Set(request.exclude),
        bail: request.bail,
        watchdog,
        onStart: (test) => {
          current = test;
        },
        onTest: (test) => {
          current = undefined;
          tests.push(test);
          take(test.id);
        },
        onLoaded: () => {
          take('*');
        },
      });
      const timeUp = new Promise<never>((_, reject) => {
        clock = later(() => {
          retire = 'a test was still waiting';
          reject(new Expired(`the tests did not end within ${request.milliseconds} ms`));
        }, request.milliseconds);
      });
      await Promise.race([run, timeUp]);
    } catch (error) {
      const said = describeError(error);
      if (isExpiry(error) || watchdog.expired) ended = { outcome: 'timeout', reason: said.message };
      else ended = { outcome: 'crashed', reason: said.message };
    }
    clear(clock);
    if (ended?.outcome === 'timeout' && current) {
      const failure = { message: `the test did not end within ${request.milliseconds} ms`, frames: [] };
      tests.push({ ...current, state: 'failed', milliseconds: Math.round(now() - started), failure });
      take(current.id);
    }
    if (ended) runner.abandon();
    if (stray !== undefined && ended === undefined && tests.every(({ state }) => state !== 'failed')) {
      ended = { outcome: 'crashed', reason: `outside any test: ${describeError(stray).message}` };
    }
    if (printed > outputLimit) ended = { outcome: 'limit', reason: 'the tests printed too much' };
    globals.restore();
    return {
      id: request.id,
      tests,
      coverage: covered,
      milliseconds: now() - started,
      ...(ended ? { ended } : {}),
      ...(ended && current ? { current: current.id } : {}),
      ...(retire === undefined ? {} : { retire }),
    };
  };

  createInterface({ input: channel }).on('line', (line) => {
    void work(JSON.parse(line) as WorkRequest).then((reply) => {
      // From a turn of its own: a candidate that left an endless chain of microtasks behind never gets here, and is ended for it.
      soon(() => {
        send({ reply });
      });
    });
  });
  send({ ready: true });
}

channel.on('close', () => exit(0));
channel.on('error', () => exit(0));
start().catch((error: unknown) => {
  send({ failed: describeError(error).stack ?? String(error) });
});
