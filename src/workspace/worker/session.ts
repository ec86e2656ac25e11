import { describeError } from '../hooks/describe-error';
import { loadingId, toFailure } from '../runners/collect';
import type { Place } from '../runners/collect';
import type { TestCase } from '../types';
import { isExpiry } from './watchdog';
import type { Watchdog } from './watchdog';

/** What a runner inside the worker needs to run one candidate. */
export interface Job {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly only: ReadonlySet<string> | null;
  readonly exclude: ReadonlySet<string>;
  readonly bail: boolean;
  readonly watchdog: Watchdog;
  /** Called as each test begins. */
  readonly onStart: (test: Pick<TestCase, 'id' | 'title' | 'file'>) => void;
  /** Called as each test ends; coverage is taken in it. */
  readonly onTest: (test: TestCase) => void;
  /** Called when everything is loaded, before the first test. */
  readonly onLoaded: () => void;
}

/** A test runner inside the worker. Resolves when all asked tests ran; rejects if the files can't be loaded or time ran out. */
export interface InProcessRunner {
  run(job: Job): Promise<void>;
  /** Called after a run that was ended early: nothing of it may go on. */
  abandon(): void;
}

/** True if one of the asked tests is this one, or lies above or below it. */
export function touches(only: ReadonlySet<string> | null, id: string): boolean {
  if (only === null || only.has(id)) return true;
  for (const asked of only) if (asked.startsWith(`${id} > `) || id.startsWith(`${asked} > `)) return true;
  return false;
}

/** A file that throws while it is loaded counts as one failed case; running out of time goes on to the caller. */
export function reportLoading(error: unknown, job: Job, place: Place, file?: string): void {
  if (isExpiry(error)) throw error;
  job.onTest({
    id: loadingId(file),
    title: 'loading the tests',
    ...(file === undefined ? {} : { file }),
    state: 'failed',
    milliseconds: 0,
    failure: toFailure(describeError(error), place),
  });
}
