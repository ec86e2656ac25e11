import { isLoading } from '../runners/collect';
import type { TestCase, TestRun, Verdict } from '../types';

/** The verdict on asked tests: passed only if each of them ran and passed. */
export function judge(run: TestRun, asked: readonly string[] | null, mode: Verdict['mode']): Verdict {
  const base = { tests: run.tests, seconds: run.seconds, mode, ...(run.reason === undefined ? {} : { reason: run.reason }) };
  if (run.outcome !== 'passed' && run.outcome !== 'failed') return { ...base, outcome: run.outcome };
  const missing = asked === null ? [] : missingFrom(run.tests, asked);
  if (missing.length > 0)
    return { ...base, outcome: 'failed', reason: base.reason ?? `did not pass: ${missing.slice(0, 3).join(', ')}` };
  return { ...base, outcome: run.outcome };
}

/** Ids that did not run and pass. Loading leaves a case behind only where it fails. */
export function missingFrom(tests: readonly TestCase[], asked: readonly string[]): string[] {
  const passed = new Set(tests.filter(({ state }) => state === 'passed').map(({ id }) => id));
  const failed = new Set(tests.filter(({ state }) => state === 'failed').map(({ id }) => id));
  return asked.filter((id) => (isLoading(id) ? failed.has(id) : !passed.has(id)));
}
