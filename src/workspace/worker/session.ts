import type { Watchdog } from './watchdog';
import type { TestCase } from '../types';

/** What a runner inside the worker needs to run one candidate. */
export interface Job {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly only: ReadonlySet<string> | null;
  readonly bail: boolean;
  readonly watchdog: Watchdog;
  /** Called as each test ends; coverage is taken in it. */
  readonly onTest: (test: TestCase) => void;
  /** Called when everything is loaded, before the first test. */
  readonly onLoaded: () => void;
}

/** A test runner inside the worker. Resolves when all asked tests ran; rejects if the files can't be loaded or time ran out. */
export interface InProcessRunner {
  run(job: Job): Promise<void>;
}

/** True if one of the asked tests is this one, or lies above or below it. */
export function touches(only: ReadonlySet<string> | null, id: string): boolean {
  if (only === null || only.has(id)) return true;
  for (const asked of only) if (asked.startsWith(`${id} > `) || id.startsWith(`${asked} > `)) return true;
  return false;
}
