import type Mocha from 'mocha';
import type { Job } from './session';

export type MochaClass = typeof Mocha;

/** Mocha's way from one test to the next, taken over: not by the event loop but at once, so that one watchdog covers many tests. */
export interface Turns {
  /** Before mocha runs: whose steps the next ones are, and who hears of an error in them. */
  start(job: Job, onError: (error: Error) => void): void;
  /** Takes mocha's steps until it waits for something. */
  drive(runner: Mocha.Runner): void;
  /** Forgets a run that was ended in the middle, and keeps mocha from going on with it. */
  abandon(): void;
}

export function createTurns(MochaOf: MochaClass): Turns {
  const soon = setImmediate;
  let waiting: (() => void)[] = [];
  let draining = false;
  let job: Job | undefined;
  let runner: Mocha.Runner | undefined;
  let failed: (error: Error) => void = () => undefined;
  const drain = (): void => {
    if (draining || job === undefined) return;
    draining = true;
    try {
      job.watchdog.guard(() => {
        for (let next = waiting.shift(); next; next = waiting.shift()) next();
      });
    } catch (error) {
      failed(error as Error);
    } finally {
      draining = false;
    }
  };
  (MochaOf.Runner as unknown as { immediately: (run: () => void) => void }).immediately = (run) => {
    waiting.push(run);
    if (!draining) soon(drain);
  };
  return {
    start(next, onError) {
      waiting = [];
      job = next;
      failed = onError;
    },
    drive(current) {
      runner = current;
      drain();
    },
    abandon() {
      // Code ended by the watchdog runs no `finally`.
      draining = false;
      waiting = [];
      job = undefined;
      // What could wake mocha up again is the timer of the step it was in.
      (runner as unknown as { currentRunnable?: Mocha.Runnable } | undefined)?.currentRunnable?.clearTimeout();
      runner?.abort();
    },
  };
}
