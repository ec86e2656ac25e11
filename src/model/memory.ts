import { freemem, totalmem } from 'node:os';
import { parameterCount, type TransformerConfig } from './config';
import { ModelError } from './errors';

/** The weights as read, their copy in the graph that a session is made from, and the session's own. */
const copiesWhileLoading = 3;

/** Bytes that loading takes at its highest, all weights being float32 in memory. */
export function loadingBytes(c: TransformerConfig): number {
  return copiesWhileLoading * 4 * parameterCount(c);
}

/** Throws ModelError if the network cannot be held, before anything is read. */
export function assertFitsMemory(c: TransformerConfig, available = availableBytes()): void {
  const needed = loadingBytes(c);
  if (needed <= available) return;
  throw new ModelError(
    `this model of ${gigabytes(4 * parameterCount(c))} GB (in float32) needs about ${gigabytes(needed)} GB of memory to load, and ${gigabytes(available)} GB are free. ` +
      'Set "unmask.model" (or --model) to a smaller model, or leave it empty for the embedded one.',
  );
}

/**
 * Memory that this process may still take. Erring upwards: caches that the system would give back are counted as taken by macOS and by
 * control groups, so there the whole less a part stands for it.
 */
function availableBytes(): number {
  const machine = process.platform === 'darwin' ? 0.75 * totalmem() : freemem();
  // 0 or a number beyond all memory: no limit
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? Math.min(machine, limit - process.memoryUsage.rss()) : machine;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toPrecision(2);
}
