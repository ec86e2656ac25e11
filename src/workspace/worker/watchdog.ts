import vm from 'node:vm';

/**
 * Ends synchronous code at a deadline: V8 stops it from another thread, so that even `for (;;);` comes back and the process lives on.
 * Endless chains of microtasks are out of its reach; for those the parent kills the process.
 */
export interface Watchdog {
  /** Runs a function; past the deadline it is ended and `Expired` is thrown. */
  guard<T>(run: () => T): T;
  /** Milliseconds left. */
  left(): number;
  readonly expired: boolean;
}

export class Expired extends Error {
  override readonly name = 'Expired';
}

const slot = Symbol('unmask.watchdog');
const holder = globalThis as unknown as Record<symbol, (() => unknown) | undefined>;
// The only way to hand a function to a script is a global; the symbol is private, and taken away again at once.
const call = new vm.Script('(key) => globalThis[key]()').runInThisContext() as (key: symbol) => unknown;
holder[Symbol.for('unmask.call')] = () => call(slot);
const trampoline = new vm.Script('globalThis[Symbol.for("unmask.call")]()');

/** True for both ways in which code that ran out of time shows: our own error and the `vm` module's. */
export function isExpiry(error: unknown): boolean {
  return error instanceof Expired || isTimeout(error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** A watchdog for one candidate. */
export function createWatchdog(milliseconds: number): Watchdog {
  const deadline = performance.now() + milliseconds;
  let expired = false;
  let depth = 0;
  const left = (): number => Math.max(1, Math.ceil(deadline - performance.now()));
  return {
    left,
    get expired() {
      return expired;
    },
    guard<T>(run: () => T): T {
      if (depth > 0) return run();
      let thrown: { readonly error: unknown } | undefined;
      depth++;
      holder[slot] = () => {
        holder[slot] = undefined;
        try {
          return run();
        } catch (error) {
          thrown = { error };
          return undefined;
        }
      };
      try {
        const value = trampoline.runInThisContext({ timeout: left() }) as T;
        if (thrown) throw thrown.error;
        return value;
      } catch (error) {
        if (thrown || !isTimeout(error)) throw error;
        expired = true;
        throw new Expired(`the tests did not end within ${milliseconds} ms`);
      } finally {
        depth--;
      }
    },
  };
}
