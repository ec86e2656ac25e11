import assert from 'node:assert';
import { createRequire } from 'node:module';
import { describeError } from '../hooks/describe-error';
import { identifier, toFailure } from '../runners/collect';
import type { Place } from '../runners/collect';
import type { ProjectModules } from './modules';
import { createEntry, invoke, lineage, parseArguments } from './node-test-tree';
import type { Callback, Entry } from './node-test-tree';
import { touches } from './session';
import type { InProcessRunner, Job } from './session';
import { Expired } from './watchdog';

type Api = Callback & Record<string, unknown>;
type Mock = { readonly constructor: new () => Mock; restoreAll(): void; reset(): void };

class SkipSignal extends Error {}

/** One run of one candidate: declares, selects and runs in the order node:test would. */
function createRun(place: Place, job: Job, realMock: Mock): { api: Api; begin(file: string): void; settle(): Promise<void> } {
  const identify = identifier(place);
  let file = '';
  let root = createEntry('suite', '', {}, undefined, null);
  let current = root;
  let queue: Promise<void> = Promise.resolve();
  let stopped = false;

  const guarded = <T>(run: () => T): T => job.watchdog.guard(run);

  const selected = (entry: Entry): boolean => touches(job.only, `${identityOf(entry)}`);
  const prefixes = new Map<Entry, string>();
  const identityOf = (entry: Entry): string => {
    const known = prefixes.get(entry);
    if (known !== undefined) return known;
    const made = identifier(place)({ file: fileOf.get(lineage(entry)[0]!), path: entry.path }).id;
    prefixes.set(entry, made);
    return made;
  };
  const fileOf = new Map<Entry, string>();

  const report = (entry: Entry, state: 'passed' | 'failed' | 'skipped', started: number, error?: unknown): void => {
    const named = identify({ file: fileOf.get(lineage(entry)[0]!), path: entry.path });
    const failure = state === 'failed' ? { failure: toFailure(describeError(error), place) } : {};
    if (state === 'failed' && job.bail) stopped = true;
    if (job.only === null || touches(job.only, named.id)) job.onTest({ ...named, state, milliseconds: performance.now() - started, ...failure });
  };

  const skipAll = (entry: Entry): void => {
    if (entry.kind === 'test') report(entry, 'skipped', performance.now());
    entry.children.forEach(skipAll);
  };
  const failAll = (entry: Entry, error: unknown): void => {
    if (entry.kind === 'test') report(entry, 'failed', performance.now(), error);
    entry.children.forEach((child) => { failAll(child, error); }); // prettier-ignore
  };

  const runSuite = async (entry: Entry): Promise<void> => {
    await entry.collected;
    if (entry.options.skip !== undefined && entry.options.skip !== false) {
      skipAll(entry);
      return;
    }
    try {
      for (const hook of entry.hooks.before) await invoke(hook, [{}], guarded);
    } catch (error) {
      failAll(entry, error);
      return;
    }
    for (const child of entry.children) await runEntry(child);
    for (const hook of entry.hooks.after) await invoke(hook, [{}], guarded).catch((error: unknown) => { failAll(entry, error); }); // prettier-ignore
  };

  const runTest = async (entry: Entry): Promise<void> => {
    const started = performance.now();
    const { skip, todo, timeout } = entry.options;
    if ((skip !== undefined && skip !== false) || (todo !== undefined && todo !== false) || !entry.body) {
      report(entry, entry.body || skip !== undefined ? 'skipped' : 'passed', started);
      return;
    }
    const mock = new realMock.constructor();
    const above = lineage(entry).slice(0, -1);
    const context = createContext(entry, mock);
    let timer: NodeJS.Timeout | undefined;
    let outcome: { readonly error: unknown } | undefined;
    try {
      for (const each of above) for (const hook of each.hooks.beforeEach) await invoke(hook, [context], guarded);
      const work = invoke(entry.body, [context], guarded);
      const limit = timeout === undefined || !Number.isFinite(timeout) ? null : timeout;
      await (limit === null ? work : Promise.race([work, new Promise((_, reject) => (timer = setTimeout(() => { reject(new Error(`test timed out after ${limit}ms`)); }, limit)))])); // prettier-ignore
      for (const child of entry.children) await (child as { running?: Promise<void> }).running;
      for (const hook of entry.hooks.after) await invoke(hook, [context], guarded);
    } catch (error) {
      outcome = { error };
    }
    clearTimeout(timer);
    for (const each of [...above].reverse()) {
      for (const hook of each.hooks.afterEach) await invoke(hook, [context], guarded).catch((error: unknown) => { outcome ??= { error }; }); // prettier-ignore
    }
    mock.restoreAll();
    if (outcome?.error instanceof Expired) throw outcome.error;
    if (outcome?.error instanceof SkipSignal) report(entry, 'skipped', started);
    else if (outcome) report(entry, 'failed', started, outcome.error);
    else if (failedBelow.has(entry)) report(entry, 'failed', started, new Error('a subtest failed'));
    else report(entry, 'passed', started);
    if (outcome || failedBelow.has(entry)) for (const each of above) if (each.kind === 'test') failedBelow.add(each);
  };
  const failedBelow = new Set<Entry>();

  const runEntry = async (entry: Entry): Promise<void> => {
    try {
      if (stopped || !selected(entry)) return;
      await (entry.kind === 'suite' ? runSuite(entry) : runTest(entry));
    } finally {
      entry.finish();
    }
  };

  const createContext = (entry: Entry, mock: Mock): Record<string, unknown> => ({
    name: entry.name,
    fullName: entry.path.join(' > '),
    filePath: file,
    signal: new AbortController().signal,
    mock,
    assert: { ...assert },
    diagnostic: () => undefined,
    plan: () => undefined,
    runOnly: () => undefined,
    skip: () => {
      throw new SkipSignal();
    },
    todo: () => {
      throw new SkipSignal();
    },
    before: (hook: Callback) => hook({}),
    after: (hook: Callback) => entry.hooks.after.push(hook),
    beforeEach: (hook: Callback) => entry.hooks.beforeEach.push(hook),
    afterEach: (hook: Callback) => entry.hooks.afterEach.push(hook),
    test: (...args: unknown[]) => {
      const { name, options, body } = parseArguments(args);
      const child = createEntry('test', name, options, body, entry);
      const before = entry.children.at(-1) as { running?: Promise<void> } | undefined;
      entry.children.push(child);
      return ((child as { running?: Promise<void> }).running = (before?.running ?? Promise.resolve()).then(() => runEntry(child)));
    },
  });

  const declare = (kind: Entry['kind'], args: readonly unknown[], extra: object): Promise<void> => {
    const { name, options, body } = parseArguments(args);
    const entry = createEntry(kind, name, { ...options, ...extra }, body, current);
    const finished = new Promise<void>((resolve) => (entry.finish = resolve));
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

  const variants = (kind: Entry['kind']): Api => {
    const make = (extra: object) => (...args: unknown[]) => declare(kind, args, extra); // prettier-ignore
    return Object.assign(make({}) as Api, { skip: make({ skip: true }), todo: make({ todo: true }), only: make({}) });
  };
  const hook = (name: keyof Entry['hooks']) => (body: Callback) => { current.hooks[name].push(body); }; // prettier-ignore
  const test = variants('test');
  const suite = variants('suite');
  const api = Object.assign(test, {
    test, it: variants('test'), describe: suite, suite, before: hook('before'), after: hook('after'), beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'), mock: realMock, default: test, run: () => { throw new Error('run() is not offered here'); },
  }) as Api; // prettier-ignore

  return {
    api,
    begin(next) {
      file = next;
      root = createEntry('suite', '', {}, undefined, null);
      fileOf.set(root, next);
      current = root;
      const mine = root;
      queue = queue.then(async () => {
        for (const each of mine.hooks.before) await invoke(each, [{}], guarded);
      });
    },
    async settle() {
      for (let seen: Promise<void> | undefined; seen !== queue; ) await (seen = queue);
      for (const each of root.hooks.after) await invoke(each, [{}], guarded);
    },
  };
}

/** A small stand-in for node:test that runs inside this process: a fast screen; the proof is always by `node --test` itself. */
export function createNodeTestRunner(place: Place, modules: ProjectModules): InProcessRunner {
  const realMock = (createRequire(__filename)('node:test') as { mock: Mock }).mock;
  let api: Api | undefined;
  modules.replace('node:test', () => api!);
  return {
    async run(job) {
      const run = createRun(place, job, realMock);
      api = run.api;
      for (const file of job.files) {
        run.begin(file);
        await modules.load(file, job.watchdog);
        job.onLoaded();
        await run.settle();
      }
      realMock.reset();
    },
  };
}
