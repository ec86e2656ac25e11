import type { Priority } from '../diffusion/code-model';
import type { RunGate } from '../diffusion/run-gate';

interface Waiter {
  readonly start: () => void;
}

const order: readonly Priority[] = ['typing', 'interactive', 'background'];

/**
 * One run in flight. A run that ends hands its turn to the oldest waiter of the most urgent class, so typing waits for at
 * most the one run that is going, however long a background search may be.
 */
export class RunScheduler implements RunGate {
  private readonly waiting: Record<Priority, Set<Waiter>> = { typing: new Set(), interactive: new Set(), background: new Set() };
  private busy = false;

  /** Number of runs that wait for their turn. */
  get queued(): number {
    return order.reduce((sum, priority) => sum + this.waiting[priority].size, 0);
  }

  async run<T>(priority: Priority, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    await this.turn(priority, signal);
    try {
      signal?.throwIfAborted(); // it may have aborted while the turn was being handed over
      return await work();
    } finally {
      this.pass();
    }
  }

  /** Resolves when the turn is the caller's, who must `pass` it on. */
  private turn(priority: Priority, signal: AbortSignal | undefined): Promise<void> {
    if (!this.busy) {
      this.busy = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const queue = this.waiting[priority];
      const onAbort = (): void => {
        queue.delete(waiter);
        reject(signal!.reason as Error);
      };
      const waiter: Waiter = {
        start: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      queue.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  private pass(): void {
    for (const priority of order) {
      const queue = this.waiting[priority];
      const [next] = queue;
      if (next) {
        queue.delete(next);
        next.start(); // still busy: the turn is handed over, never free in between
        return;
      }
    }
    this.busy = false;
  }
}
