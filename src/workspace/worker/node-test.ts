import assert from 'node:assert';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describeError } from '../hooks/describe-error';
import { identifier, toFailure } from '../runners/collect';
import type { Place } from '../runners/collect';
import type { TestCase } from '../types';
import type { ProjectModules } from './modules';
import { createEntry, invoke, isSet, lineage, parseArguments } from './node-test-tree';
import type { Callback, Entry } from './node-test-tree';
import { reportLoading, touches } from './session';
import type { InProcessRunner, Job } from './session';
import { isExpiry } from './watchdog';

interface Mock {
  readonly constructor: new () => Mock;
  restoreAll(): void;
  reset(): void;
}

class SkipSignal extends Error {}

/** One file of one candidate: declares its tests, and runs the selected ones in the order node:test would. */
interface FileRun {
  /** What the file gets for `require('node:test')`. */
  readonly api: object;
  /** Resolves when all that was declared has run. */
  settle(): Promise<void>;
}

function createFileRun(file: string, place: Place, job: Job, realMock: Mock, stop: { now: boolean }): FileRun {
  const identify = identifier(place);
  const root = createEntry('suite', '', {}, undefined, null);
  let current = root;
  let queue: Promise<void> = Promise.resolve();
  let fatal: { readonly error: unknown } | undefined;
  const guarded = <T>(run: () => T): T => job.watchdog.guard(run);
  const relative = path.relative(place.ran, file).split(path.sep).join('/');
  const idOf = (entry: Entry): string => `${relative}::${entry.path.join(' > ')}`;
  const selected = (entry: Entry): boolean => !job.exclude.has(idOf(entry)) && touches(job.only, idOf(entry));

  const report = (entry: Entry, state: TestCase['state'], started: number, error?: unknown): void => {
    if (isExpiry(error)) throw error;
    const named = identify({ file, path: entry.path });
    const failure = state === 'failed' ? { failure: toFailure(describeError(error), place) } : {};
    if (state === 'failed' && job.bail) stop.now = true;
    job.onTest({ ...named, state, milliseconds: performance.now() - started, ...failure });
  };
  const settleAll = (entry: Entry, state: 'skipped' | 'failed', error?: unknown): void => {
    if (entry.kind === 'test') report(entry, state, performance.now(), error);
    for (const child of entry.children) settleAll(child, state, error);
  };

  const runSuite = async (entry: Entry): Promise<void> => {
    await entry.collected;
    if (isSet(entry.options.skip)) {
      settleAll(entry, 'skipped');
      return;
    }
    try {
      for (const hook of entry.hooks.before) await invoke(hook, [{}], guarded);
    } catch (error) {
      settleAll(entry, 'failed', error);
      return;
    }
    for (const child of entry.children) await runEntry(child);
    for (const hook of entry.hooks.after) await invoke(hook, [{}], guarded);
  };

  /** Runs a test with the hooks around it; what it threw, or undefined. */
  const attempt = async (entry: Entry, body: Callback, mock: Mock): Promise<{ readonly error: unknown } | undefined> => {
    const above = lineage(entry).slice(0, -1);
    const context = createContext(entry, mock);
    let thrown: { readonly error: unknown } | undefined;
    const note = (error: unknown): void => {
      thrown ??= { error };
    };
    try {
      for (const each of above) for (const hook of each.hooks.beforeEach) await invoke(hook, [context], guarded);
      await withTimeout(invoke(body, [context], guarded), entry.options.timeout);
      for (const child of entry.children) await child.running;
    } catch (error) {
      note(error);
    }
    for (const hook of entry.hooks.after) await invoke(hook, [context], guarded).catch(note);
    for (const each of above.reverse())
      for (const hook of each.hooks.afterEach) await invoke(hook, [context], guarded).catch(note);
    return thrown;
  };

  const runTest = async (entry: Entry): Promise<void> => {
    const started = performance.now();
    const { skip, todo } = entry.options;
    if (isSet(skip) || isSet(todo)) {
      report(entry, 'skipped', started);
      return;
    }
    job.onStart({ id: idOf(entry), title: entry.path.join(' > '), file: relative });
    const mock = new realMock.constructor();
    const thrown = entry.body ? await attempt(entry, entry.body, mock) : undefined;
    mock.restoreAll();
    if (thrown?.error instanceof SkipSignal) report(entry, 'skipped', started);
    else if (thrown) report(entry, 'failed', started, thrown.error);
    else if (entry.children.some(({ failed }) => failed)) report(entry, 'failed', started, new Error('a subtest failed'));
    else {
      report(entry, 'passed', started);
      return;
    }
    entry.failed = !(thrown?.error instanceof SkipSignal);
  };

  const runEntry = async (entry: Entry): Promise<void> => {
    try {
      if (fatal !== undefined || stop.now || !selected(entry)) return;
      await (entry.kind === 'suite' ? runSuite(entry) : runTest(entry));
    } catch (error) {
      fatal ??= { error };
    } finally {
      entry.finish();
    }
  };

  const createContext = (entry: Entry, mock: Mock): object => {
    const add = (list: Callback[]) => (hook: Callback) => void list.push(hook);
    const skip = (): never => {
      throw new SkipSignal();
    };
    const nothing = (): void => undefined;
    return {
      name: entry.name,
      fullName: entry.path.join(' > '),
      filePath: file,
      signal: new AbortController().signal,
      mock,
      assert: { ...assert },
      diagnostic: nothing,
      plan: nothing,
      runOnly: nothing,
      skip,
      todo: skip,
      before: (hook: Callback) => hook({}),
      after: add(entry.hooks.after),
      beforeEach: add(entry.hooks.beforeEach),
      afterEach: add(entry.hooks.afterEach),
      test: (...args: unknown[]) => {
        const { name, options, body } = parseArguments(args);
        const child = createEntry('test', name, options, body, entry);
        const before = entry.children.at(-1)?.running ?? Promise.resolve();
        entry.children.push(child);
        child.running = before.then(() => runEntry(child));
        return child.running;
      },
    };
  };

  const declare = (kind: Entry['kind'], args: readonly unknown[], extra: object): Promise<void> => {
    const { name, options, body } = parseArguments(args);
    const entry = createEntry(kind, name, { ...options, ...extra }, body, current);
    const finished = new Promise<void>((resolve) => {
      entry.finish = resolve;
    });
    current.children.push(entry);
    if (kind === 'suite' && body) {
      const outer = current;
      current = entry;
      try {
        entry.collected = Promise.resolve(body({ name }));
      } finally {
        current = outer;
      }
    }
    // Top-level entries start by themselves, in order, as soon as the file gives way.
    if (current === root) queue = queue.then(() => runEntry(entry));
    return finished;
  };

  const variants = (kind: Entry['kind']): object => {
    const make =
      (extra: object) =>
      (...args: unknown[]) =>
        declare(kind, args, extra);
    return Object.assign(make({}), { skip: make({ skip: true }), todo: make({ todo: true }), only: make({}) });
  };
  const hook = (name: keyof Entry['hooks']) => (body: Callback) => void current.hooks[name].push(body);
  const test = variants('test');
  const suite = variants('suite');
  const hooks = { before: hook('before'), after: hook('after'), beforeEach: hook('beforeEach'), afterEach: hook('afterEach') };
  // The root's hooks are known once the file has run, and nothing starts before that.
  queue = queue.then(async () => {
    for (const each of root.hooks.before) await invoke(each, [{}], guarded);
  });

  return {
    api: Object.assign(test, { test, it: variants('test'), describe: suite, suite, ...hooks, mock: realMock, default: test }),
    async settle() {
      for (let seen: Promise<void> | undefined; seen !== queue;) await (seen = queue);
      for (const each of root.hooks.after) await invoke(each, [{}], guarded);
      if (fatal) throw fatal.error;
    },
  };
}

async function withTimeout(work: Promise<unknown>, limit: number | undefined): Promise<void> {
  if (limit === undefined || !Number.isFinite(limit)) {
    await work;
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`test timed out after ${limit}ms`));
    }, limit);
  });
  await Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** A small stand-in for node:test that runs inside this process: a fast screen; the proof is always by `node --test` itself. */
export function createNodeTestRunner(place: Place, modules: ProjectModules): InProcessRunner {
  const realMock = (createRequire(__filename)('node:test') as { mock: Mock }).mock;
  let api: object = {};
  modules.replace('node:test', () => api);
  return {
    async run(job) {
      const stop = { now: false };
      for (const file of job.files) {
        const run = createFileRun(file, place, job, realMock, stop);
        ({ api } = run);
        try {
          await modules.load(file, job.watchdog);
        } catch (error) {
          reportLoading(error, job, place, path.relative(place.ran, file).split(path.sep).join('/'));
          continue;
        }
        job.onLoaded();
        await run.settle();
        modules.purge(); // Each file has a process of its own under node --test.
      }
      realMock.reset();
    },
    abandon() {
      realMock.reset();
    },
  };
}
