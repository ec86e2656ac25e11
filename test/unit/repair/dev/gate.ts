import type { RunGate } from '../../../../src/diffusion/run-gate';

/** One run after another, first come first served: enough where nobody types. */
export function createRunGate(): RunGate {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(_priority, signal, work) {
      const next = last.then(() => {
        signal?.throwIfAborted();
        return work();
      });
      last = next.catch(() => undefined);
      return next;
    },
  };
}
