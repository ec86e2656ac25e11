import type { Priority } from './code-model';

/**
 * Where the model asks for its turn before every single session run: only one run may be in flight in a process
 * (concurrent runs on one WebGPU session crash), and typing must never wait behind a background search for longer than
 * the run that is already going. The engine's scheduler implements it.
 */
export interface RunGate {
  /**
   * Runs `work` when its turn comes, and gives back what it gives. If `signal` aborts before the turn comes, rejects with
   * `signal.reason` and never calls `work`; work that has begun is not interrupted.
   */
  run<T>(priority: Priority, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>;
}

/** For a process that asks for one thing after another: every run has its turn at once, unless it was called off. */
export const openGate: RunGate = {
  run: (_priority, signal, work) => {
    signal?.throwIfAborted();
    return work();
  },
};
