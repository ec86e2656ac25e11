import type { TransformerConfig } from './config';

/** Weights of one block; every matrix is stored [in, out], row-major, so that y = x W. */
export interface BlockWeights {
  readonly attentionNorm: Float32Array;
  /** [width, heads * headWidth]. Kept apart from keys and values: splitting a fused product costs a copy of it. */
  readonly query: Float32Array;
  /** [width, kvHeads * headWidth]. */
  readonly key: Float32Array;
  /** [width, kvHeads * headWidth]. */
  readonly value: Float32Array;
  /** [heads * headWidth, width]. */
  readonly attentionOut: Float32Array;
  readonly mlpNorm: Float32Array;
  /** [width, mlpWidth]. */
  readonly gate: Float32Array;
  /** [width, mlpWidth]. */
  readonly up: Float32Array;
  /** [mlpWidth, width]. */
  readonly down: Float32Array;
}

/** The matrices of a block, in the order in which they are applied. */
export const blockMatrices = ['query', 'key', 'value', 'attentionOut', 'gate', 'up', 'down'] as const;
export type BlockMatrix = (typeof blockMatrices)[number];

/** Sizes of a block's matrices, [in, out]. */
export function matrixSizes(c: TransformerConfig): Readonly<Record<BlockMatrix, readonly [inner: number, outer: number]>> {
  const attention = c.heads * c.headWidth;
  const keyValue = c.kvHeads * c.headWidth;
  return {
    query: [c.width, attention],
    key: [c.width, keyValue],
    value: [c.width, keyValue],
    attentionOut: [attention, c.width],
    gate: [c.width, c.mlpWidth],
    up: [c.width, c.mlpWidth],
    down: [c.mlpWidth, c.width],
  };
}

export interface TransformerWeights {
  /** [vocabulary, width]. */
  readonly embedding: Float32Array;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: Float32Array;
  /** [vocabulary, width]; the embedding itself when tied. */
  readonly head: Float32Array;
}

/** [rows, columns] to [columns, rows], row-major: PyTorch's Linear stores [out, in]. */
export function transposed(source: Float32Array, rows: number, columns: number): Float32Array {
  // Moved as bits: the runtime may have switched denormal numbers off in this thread, and to move such a float could make it 0.
  const [from, to] = [new Int32Array(source.buffer, source.byteOffset, source.length), new Int32Array(source.length)];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c]!;
  }
  return new Float32Array(to.buffer);
}

/** Weights drawn from N(0, deviation^2), norms 1: the untrained network. Repeatable by seed. */
export function randomWeights(c: TransformerConfig, seed: number, deviation = 0.02): TransformerWeights {
  const normal = gaussian(seed);
  const matrix = (n: number): Float32Array => Float32Array.from({ length: n }, () => deviation * normal());
  const ones = (): Float32Array => new Float32Array(c.width).fill(1);
  const attention = c.heads * c.headWidth;
  const embedding = matrix(c.vocabulary * c.width);
  return {
    embedding,
    blocks: Array.from({ length: c.layers }, () => ({
      attentionNorm: ones(),
      query: matrix(c.width * attention),
      key: matrix(c.width * c.kvHeads * c.headWidth),
      value: matrix(c.width * c.kvHeads * c.headWidth),
      attentionOut: matrix(attention * c.width),
      mlpNorm: ones(),
      gate: matrix(c.width * c.mlpWidth),
      up: matrix(c.width * c.mlpWidth),
      down: matrix(c.mlpWidth * c.width),
    })),
    finalNorm: ones(),
    head: c.tied ? embedding : matrix(c.vocabulary * c.width),
  };
}

function gaussian(seed: number): () => number {
  const uniform = mulberry32(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Small repeatable generator of uniform numbers in [0, 1), 32 bits of state. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
