/**
 * Runs inside the project's own mocha, as `--require` (so that coverage begins before the project's code) and as `--reporter`.
 * Writes one JSON line for each event into the report file.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { startCoverage } from './coverage-session';
import type { CoverageSession } from './coverage-session';
import { describeError } from './describe-error';
import { coverageVariable, reportVariable } from './records';
import type { RunRecord } from './records';

interface Suite {
  readonly title: string;
  readonly parent?: Suite;
  readonly file?: string;
  eachTest(visit: (test: Runnable) => void): void;
}

interface Runnable {
  readonly title: string;
  readonly parent?: Suite;
  readonly file?: string;
  readonly type: string;
  readonly duration?: number;
  readonly state?: string;
}

interface Runner {
  readonly suite: Suite;
  on(event: string, listener: (runnable: Runnable, error?: unknown) => void): void;
}

const root = process.env[coverageVariable];
const shared = globalThis as { unmaskCoverage?: CoverageSession };
// This file is loaded twice (required, then as reporter), perhaps by two module systems: the session is kept once.
if (root !== undefined) shared.unmaskCoverage ??= startCoverage(root);

function place(runnable: Runnable): { file: string | undefined; path: string[] } {
  const path = [runnable.title];
  let file = runnable.file;
  for (let suite = runnable.parent; suite; suite = suite.parent) {
    if (suite.parent) path.unshift(suite.title);
    file ??= suite.file;
  }
  return { file, path };
}

/** Mocha calls it as a constructor with the runner. */
export default function Reporter(runner: Runner): void {
  const out = openSync(process.env[reportVariable]!, 'a');
  const write = (record: RunRecord): void => {
    writeSync(out, `${JSON.stringify(record)}\n`);
  };
  const coverage = shared.unmaskCoverage;
  const take = (): object => (coverage ? { coverage: coverage.take() } : {});
  const failures = new Map<Runnable, unknown>();
  runner.on('start', () => {
    const tests: { file: string | undefined; path: string[] }[] = [];
    runner.suite.eachTest((test) => tests.push(place(test)));
    write({ kind: 'plan', tests });
    if (coverage) write({ kind: 'loaded', coverage: coverage.take() });
  });
  runner.on('test', (test) => {
    write({ kind: 'begin', ...place(test) });
  });
  runner.on('fail', (runnable, error) => {
    if (runnable.type === 'hook') write({ kind: 'hook', ...place(runnable), error: describeError(error) });
    else failures.set(runnable, error);
  });
  runner.on('test end', (test) => {
    const failed = failures.has(test);
    const state = failed ? 'failed' : test.state === 'passed' ? 'passed' : 'skipped';
    const error = failed ? { error: describeError(failures.get(test)) } : {};
    write({ kind: 'test', ...place(test), state, milliseconds: test.duration ?? 0, ...error, ...take() });
  });
  runner.on('end', () => {
    write({ kind: 'end' });
    closeSync(out);
  });
}
