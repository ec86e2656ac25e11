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

/** Canvases that may be denoised together within so many bytes; at least one. It depends on sizes alone, never on the machine, as a resumed run must draw alike. */
export function canvasesAtOnce(c: TransformerConfig, length: number, bytes: number): number {
  return Math.max(1, Math.floor(bytes / bytesPerCanvas(c, length)));
}
