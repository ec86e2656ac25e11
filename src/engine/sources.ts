/** What requests about sources have in common: which files they serve, and how they give way. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Languages whose grammar the parser knows. */
export function serves(file: string): boolean {
  return /\.[mc]?[jt]sx?$/i.test(file);
}

/** Gives way to other requests, and ends the work when it is called off. */
export function breathing(signal: AbortSignal): () => Promise<void> {
  return async () => {
    await nextTurn();
    signal.throwIfAborted();
  };
}
