import type { ErrorRecord, RunRecord, TestRecord } from '../hooks/records';
import type { FileCoverage, TestCase, TestFailure } from '../types';
import { projectCoverage } from './coverage';
import { hidePaths, parseFrames, relativeTo } from './stack';

/** Where a run happened and what it should look like from outside. */
export interface Place {
  /** The copy's folder. */
  readonly ran: string;
  /** The project's real folder. */
  readonly real: string;
  readonly text: (file: string) => string | null;
}

/** The id of the case that stands for a file (or, with mocha, the whole suite) that could not be loaded; absent where loading went well. */
export function loadingId(file = ''): string {
  return `${file}::loading`;
}

export function isLoading(id: string): boolean {
  return id.endsWith('::loading');
}

export interface Collected {
  readonly tests: TestCase[];
  readonly coverage: Map<string, readonly FileCoverage[]>;
  /** False if the run broke off before its end. */
  readonly finished: boolean;
}

/** An error as the contract has it: paths of the real project, frames found. */
export function toFailure(error: ErrorRecord, place: Place): TestFailure {
  const show = (text: string): string => hidePaths(text, place.ran, place.real);
  return {
    message: show(error.message),
    ...(error.expected === undefined ? {} : { expected: show(error.expected) }),
    ...(error.actual === undefined ? {} : { actual: show(error.actual) }),
    frames: parseFrames(error.stack ?? '', [place.ran]),
    ...(error.stack === undefined ? {} : { stack: show(error.stack) }),
  };
}

/** Gives every test a stable id: `file::suite > title`, and ` #2` where a file has the same one twice. */
export function identifier(place: Place): (record: { readonly file?: string | undefined; readonly path: readonly string[] }) => {
  id: string;
  title: string;
  file?: string;
} {
  const seen = new Map<string, number>();
  return (record) => {
    const file = record.file === undefined ? undefined : (relativeTo(record.file, [place.ran]) ?? undefined);
    // node:test reports a file that could not be loaded as a test of the file's own name.
    const names = (part: string): boolean =>
      part === record.file || (file !== undefined && relativeTo(part, [place.ran]) === file);
    const path = record.path.map((part) => (names(part) ? 'loading' : part));
    const title = path.join(' > ');
    const base = `${file ?? ''}::${title}`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return { id: count === 1 ? base : `${base} #${count}`, title, ...(file === undefined ? {} : { file }) };
  };
}

function parseLines(report: string): RunRecord[] {
  const out: RunRecord[] = [];
  for (const line of report.split('\n')) {
    if (line === '') continue;
    try {
      out.push(JSON.parse(line) as RunRecord);
    } catch {
      // The last line of a run that was killed while writing.
    }
  }
  return out;
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((part, i) => path[i] === part);
}

/** Tests that were planned and never ended: hung, or fell with a hook, or never came up. */
function unfinished(records: readonly RunRecord[], place: Place, done: ReadonlySet<string>): TestCase[] {
  const identify = identifier(place);
  const hooks = records.filter((record) => record.kind === 'hook');
  const begun = records.filter((record) => record.kind === 'begin').at(-1);
  const planned = records.filter((record) => record.kind === 'plan').flatMap((record) => record.tests);
  const all = planned.length > 0 || begun === undefined ? planned : [begun];
  const out: TestCase[] = [];
  for (const test of all) {
    const named = identify(test);
    if (done.has(named.id)) continue;
    const hook = hooks.find(
      (entry) => startsWith(test.path, entry.path.slice(0, -1)) && (entry.file === undefined || entry.file === test.file),
    );
    const hung = begun !== undefined && begun.file === test.file && begun.path.join('\0') === test.path.join('\0');
    if (hook) out.push({ ...named, state: 'failed', milliseconds: 0, failure: toFailure(hook.error, place) });
    else if (hung)
      out.push({ ...named, state: 'failed', milliseconds: 0, failure: { message: 'the test did not end', frames: [] } });
    else out.push({ ...named, state: 'skipped', milliseconds: 0 });
  }
  return out;
}

/** Turns a report file into test cases and coverage. */
export function collect(report: string, place: Place): Collected {
  const records = parseLines(report);
  const coverage = new Map<string, readonly FileCoverage[]>();
  const identify = identifier(place);
  const tests = records
    .filter((record): record is TestRecord => record.kind === 'test')
    .map((record): TestCase => {
      const named = identify(record);
      const covered = record.coverage ? projectCoverage(record.coverage, [place.ran], place.text) : [];
      if (covered.length > 0) coverage.set(named.id, covered);
      const failure = record.error ? { failure: toFailure(record.error, place) } : {};
      return { ...named, state: record.state, milliseconds: record.milliseconds, ...failure };
    });
  const loaded = records.find((record) => record.kind === 'loaded');
  if (loaded) coverage.set('*', projectCoverage(loaded.coverage, [place.ran], place.text));
  tests.push(...unfinished(records, place, new Set(tests.map(({ id }) => id))));
  return { tests, coverage, finished: records.some(({ kind }) => kind === 'end') };
}
