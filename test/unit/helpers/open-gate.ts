import type { RunGate } from '../../../src/diffusion/run-gate';

/** A gate for tests that have the process to themselves: everyone's turn is now. */
export const openGate: RunGate = {
  run: (_priority, signal, work) => {
    signal?.throwIfAborted();
    return work();
  },
};
