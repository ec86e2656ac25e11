import type { TransformerConfig } from '../../model/config';

/** Bytes that one canvas takes in a forward pass: attention scores and activations of one layer, and the cached columns, old and new. */
function bytesPerCanvas(c: TransformerConfig, length: number): number {
  // Joined scores, their softmax, and its two parts.
  const scores = 4 * c.heads * length * (length + 1);
  const rows = length * (6 * c.width + 3 * c.mlpWidth + 3 * c.heads * c.headWidth);
  const cache = 2 * 2 * c.layers * c.kvHeads * c.headWidth * length;
  const predictions = 3 * length * c.vocabulary;
  return 4 * (scores + rows + cache + predictions);
}

/** More than this falls out of the processor's caches: 72 canvases of a 0.8M network at once took 1.2 times as long as 12 at a time. */
const cachedBytes = 64 * 2 ** 20;
/** Fewer rows than these make poor use of each weight that is read. */
const fewest = 4;

/**
 * Canvases that are denoised together: as many as go fastest within so many bytes, at least one; whole groups where a group fits. It depends on sizes alone,
 * never on the machine, as a resumed run must draw alike.
 */
export function canvasesAtOnce(c: TransformerConfig, length: number, group: number, bytes: number): number {
  const each = bytesPerCanvas(c, length);
  const fit = (limit: number): number => Math.floor(limit / each);
  const count = Math.max(1, Math.min(fit(bytes), Math.max(fit(cachedBytes), fewest)));
  return count > group ? count - (count % group) : count;
}
