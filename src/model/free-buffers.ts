/** Gives memory of typed arrays back at once, where it would otherwise wait for the garbage collector, which does not know that it is much. */
import { MessageChannel } from 'node:worker_threads';

const { port1: closed } = new MessageChannel();
closed.close();

/** The arrays' whole buffers are gone afterwards, and the arrays empty: what is posted is taken from the sender, and a closed port drops it. */
export function freeBuffers(arrays: Iterable<{ readonly buffer: ArrayBufferLike }>): void {
  const buffers = new Set([...arrays].map((a) => a.buffer).filter((b) => b instanceof ArrayBuffer && b.byteLength > 0));
  closed.postMessage(null, [...buffers] as ArrayBuffer[]);
}
