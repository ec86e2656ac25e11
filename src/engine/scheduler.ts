import type { Priority } from '../diffusion/code-model';
import type { RunGate } from '../diffusion/run-gate';

interface Waiter {
  readonly start: () => void;
}

const order: readonly Priority[] = ['typing', 'interactive', 'background'];

/** Runs are meant to last less than this. */
const longRunMs = 100;
const longestPauseMs = 10_000;

/**
 * One run in flight. A run that ends hands its turn to the oldest waiter of the most urgent class, so typing waits for at
 * most the one run that is going, however long a background search may be.
 *
 * The runtime computes on the thread that asked, so nothing else happens in this process meanwhile. Where runs are long (a software
 * renderer, a starved machine) each is followed by a pause as long as itself, in which requests are answered and searches go on; only
 * typing does not wait for its end.
 */
export class RunScheduler implements RunGate {
  private readonly waiting: Record<Priority, Set<Waiter>> = { typing: new Set(), interactive: new Set(), background: new Set() };
  private busy = false;
  private pause: NodeJS.Timeout | undefined;

  /** `rests`: pause after long runs. Not for whole requests, which are long by nature and do not block. */
  constructor(private readonly options: { readonly rests: boolean } = { rests: false }) {}

  /** Number of runs that wait for their turn. */
  get queued(): number {
    return order.reduce((sum, priority) => sum + this.waiting[priority].size, 0);
  }

  async run<T>(priority: Priority, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    await this.turn(priority, signal);
    const began = performance.now();
    try {
      signal?.throwIfAborted(); // it may have aborted while the turn was being handed over
      return await work();
    } finally {
      const lasted = performance.now() - began;
      if (!this.options.rests || lasted <= longRunMs || this.waiting.typing.size > 0) this.pass();
      else this.rest(Math.min(lasted, longestPauseMs));
    }
  }

  /** Resolves when the turn is the caller's, who must `pass` it on. */
  private turn(priority: Priority, signal: AbortSignal | undefined): Promise<void> {
    if (!this.busy) {
      this.busy = true;
      return Promise.resolve();
    }
    if (this.pause && priority === 'typing') {
      clearTimeout(this.pause);
      this.pause = undefined;
      return Promise.resolve(); // still busy: the turn is the caller's
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

  private rest(milliseconds: number): void {
    this.pause = setTimeout(() => {
      this.pause = undefined;
      this.pass();
    }, milliseconds);
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
