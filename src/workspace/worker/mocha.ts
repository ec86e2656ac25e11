import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type Mocha from 'mocha';
import type { MochaClass } from './mocha-turns';
import { describeError } from '../hooks/describe-error';
import { identifier, toFailure } from '../runners/collect';
import type { Place } from '../runners/collect';
import type { TestCase } from '../types';
import type { ProjectModules } from './modules';
import { createTurns } from './mocha-turns';
import type { Turns } from './mocha-turns';
import { reportLoading } from './session';
import type { InProcessRunner, Job } from './session';

type Options = Record<string, unknown>;

/** Packages that only make node understand TypeScript, which this worker does by itself. */
const compilers = /^(tsx|ts-node|@swc|esbuild-register|@babel\/register|sucrase|source-map-support)(\/|$)/;

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string');
}

/** Mocha's own reading of its command line, .mocharc and package.json. */
async function loadOptions(folder: string, args: readonly string[]): Promise<Options> {
  for (const name of ['options.cjs', 'options.js']) {
    const file = path.join(folder, 'lib/cli', name);
    if (!existsSync(file)) continue;
    const found = (await import(pathToFileURL(file).href)) as {
      loadOptions?: (argv: readonly string[]) => Options;
      default?: { loadOptions?: (argv: readonly string[]) => Options };
    };
    const load = found.loadOptions ?? found.default?.loadOptions;
    if (load) return load([...args]);
  }
  return {};
}

async function loadMocha(folder: string): Promise<MochaClass> {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { main?: string };
  const main = path.join(folder, manifest.main ?? 'index.js');
  const module = (await import(pathToFileURL(main).href)) as { default: MochaClass };
  return module.default;
}

interface Preload {
  /** Project files, loaded anew for each candidate. */
  readonly own: readonly string[];
  /** Files given by `--file`, loaded as test files before the others. */
  readonly first: readonly string[];
}

/** Requires packages once; the project's own set-up files are left for each candidate. */
async function preload(root: string, options: Options): Promise<Preload> {
  const own: string[] = [];
  for (const name of [...strings(options['require']), ...strings(options['import'])]) {
    const file = path.resolve(root, name);
    if (compilers.test(name)) continue;
    if (existsSync(file)) own.push(file);
    else await import(pathToFileURL(createRequire(path.join(root, 'package.json')).resolve(name)).href);
  }
  return { own, first: strings(options['file']).map((name) => path.resolve(root, name)) };
}

type Named = ReturnType<ReturnType<typeof identifier>>;

/** Names all tests in their order, and drops those that weren't asked for. */
function select(root: Mocha.Suite, place: Place, job: Job): Map<Mocha.Test, Named> {
  const identify = identifier(place);
  const names = new Map<Mocha.Test, Named>();
  root.eachTest((test) => {
    names.set(test, identify({ file: test.file, path: test.titlePath() }));
  });
  const prune = (suite: Mocha.Suite): void => {
    suite.tests = suite.tests.filter((test) => {
      const { id } = names.get(test)!;
      return !job.exclude.has(id) && (job.only === null || job.only.has(id));
    });
    suite.suites.forEach(prune);
  };
  prune(root);
  return names;
}

/** We listen to the runner ourselves. */
function Silent(): void {
  // Mocha wants a reporter.
}

/** Runs the project's mocha inside this process, with fresh suites for each candidate. */
export async function createMochaRunner(
  place: Place,
  folder: string,
  args: readonly string[],
  modules: ProjectModules,
): Promise<InProcessRunner> {
  const options = await loadOptions(folder, args);
  const MochaOf = await loadMocha(folder);
  const early = await preload(place.ran, options);
  const { timeout, ui } = options;
  const kept = Object.fromEntries(
    [
      'asyncOnly',
      'async-only',
      'retries',
      'globals',
      'global',
      'forbidOnly',
      'forbidPending',
      'grep',
      'fgrep',
      'invert',
      'slow',
    ].flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  ) as Mocha.MochaOptions;

  const turns = createTurns(MochaOf);
  const files = (job: Job): string[] => [...early.own, ...early.first, ...job.files];

  return {
    async run(job) {
      const mocha = new MochaOf({
        ...kept,
        ...(ui === undefined ? {} : { ui: ui as Mocha.Interface }),
        ...(timeout === undefined ? {} : { timeout: Number(timeout) || 0 }),
        bail: job.bail,
        reporter: Silent as never,
      });
      const loading = (file: string): void => void mocha.suite.emit('pre-require', globalThis, file, mocha);
      const loaded = (file: string, exports: unknown): void => {
        const hooks = early.own.includes(file) ? (exports as { mochaHooks?: unknown } | null)?.mochaHooks : undefined;
        const made: unknown = typeof hooks === 'function' ? (hooks as () => unknown)() : hooks;
        if (made) mocha.rootHooks(made);
        mocha.suite.emit('require', exports, file, mocha);
        mocha.suite.emit('post-require', globalThis, file, mocha);
      };
      const begin = (): Promise<void> => {
        const names = select(mocha.suite, place, job);
        job.onLoaded();
        return execute(mocha, names, place, job, turns);
      };
      if (!files(job).every((file) => modules.isSync(file))) {
        try {
          for (const file of files(job)) {
            loading(file);
            loaded(file, await modules.load(file, job.watchdog));
          }
        } catch (error) {
          reportLoading(error, job, place);
          return;
        }
        return begin();
      }
      // All in one go under one watchdog: setting one up for each step costs more than most tests.
      return job.watchdog.guard(() => {
        try {
          for (const file of files(job)) {
            loading(file);
            loaded(file, modules.loadSync(file, job.watchdog));
          }
        } catch (error) {
          reportLoading(error, job, place);
          return Promise.resolve();
        }
        return begin();
      });
    },
    abandon() {
      turns.abandon();
    },
  };
}

function execute(mocha: Mocha, names: ReadonlyMap<Mocha.Test, Named>, place: Place, job: Job, turns: Turns): Promise<void> {
  return new Promise((resolve, reject) => {
    const failures = new Map<Mocha.Runnable, unknown>();
    const done = new Set<Mocha.Test>();
    const hookErrors: { readonly suite: Mocha.Suite; readonly error: unknown }[] = [];
    const report = (test: Mocha.Test, state: TestCase['state'], error?: unknown): void => {
      done.add(test);
      const failure = state === 'failed' ? { failure: toFailure(describeError(error), place) } : {};
      job.onTest({ ...names.get(test)!, state, milliseconds: test.duration ?? 0, ...failure });
    };
    turns.start(job, reject);
    const runner = mocha.run(() => {
      for (const { suite, error } of hookErrors) {
        suite.eachTest((test) => {
          if (!done.has(test)) report(test, 'failed', error);
        });
      }
      resolve();
    });
    runner.on('fail', (runnable: Mocha.Runnable, error: unknown) => {
      if ((runnable as { type?: string }).type === 'hook') hookErrors.push({ suite: runnable.parent!, error });
      else failures.set(runnable, error);
    });
    runner.on('test', (test: Mocha.Test) => {
      job.onStart(names.get(test)!);
    });
    runner.on('test end', (test: Mocha.Test) => {
      if (failures.has(test)) report(test, 'failed', failures.get(test));
      else report(test, test.state === 'passed' ? 'passed' : 'skipped');
    });
    turns.drive(runner);
  });
}
