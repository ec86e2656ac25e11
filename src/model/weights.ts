import type { TransformerConfig } from './config';

/** Weights of one block; every matrix is stored [in, out], row-major, so that y = x W. */
export interface BlockWeights {
  readonly attentionNorm: Float32Array;
  /** Fused query, key and value projections: [width, (heads + 2 kvHeads) * headWidth]. */
  readonly qkv: Float32Array;
  /** [heads * headWidth, width]. */
  readonly attentionOut: Float32Array;
  readonly mlpNorm: Float32Array;
  /** Fused gate and up projections: [width, 2 mlpWidth]. */
  readonly gateUp: Float32Array;
  /** [mlpWidth, width]. */
  readonly down: Float32Array;
}

export interface TransformerWeights {
  /** [vocabulary, width]. */
  readonly embedding: Float32Array;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: Float32Array;
  /** [vocabulary, width]; the embedding itself when tied. */
  readonly head: Float32Array;
}

/** [out, in] (as PyTorch's Linear stores it) to [in, out], written into columns `at`.. of a matrix `columns` wide. */
export function transposeInto(
  target: Float32Array,
  columns: number,
  at: number,
  source: Float32Array,
  out: number,
  inner: number,
): void {
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < inner; i++) target[i * columns + at + o] = source[o * inner + i]!;
  }
}

/** Several [out_j, in] matrices side by side as one [in, sum out_j]. */
export function fuseLinear(sources: readonly Float32Array[], inner: number): Float32Array {
  const columns = sources.reduce((n, s) => n + s.length / inner, 0);
  const target = new Float32Array(inner * columns);
  let at = 0;
  for (const s of sources) {
    const out = s.length / inner;
    transposeInto(target, columns, at, s, out, inner);
    at += out;
  }
  return target;
}

/** Weights drawn from N(0, 0.02^2), norms 1: the untrained network, for benchmarks against chance. Repeatable by seed. */
export function randomWeights(c: TransformerConfig, seed: number): TransformerWeights {
  const normal = gaussian(seed);
  const matrix = (n: number): Float32Array => Float32Array.from({ length: n }, () => 0.02 * normal());
  const ones = (): Float32Array => new Float32Array(c.width).fill(1);
  const attention = c.heads * c.headWidth;
  const embedding = matrix(c.vocabulary * c.width);
  return {
    embedding,
    blocks: Array.from({ length: c.layers }, () => ({
      attentionNorm: ones(),
      qkv: matrix(c.width * (attention + 2 * c.kvHeads * c.headWidth)),
      attentionOut: matrix(attention * c.width),
      mlpNorm: ones(),
      gateUp: matrix(c.width * 2 * c.mlpWidth),
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
