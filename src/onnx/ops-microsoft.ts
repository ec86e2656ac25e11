/** ONNX Runtime's own operators (domain com.microsoft) that the lowerings use. Shapes as in its contrib-operator reference. */
import { GraphError, type GraphBuilder, type Value } from './graph';
import { addDims, sameShape } from './shape';
import { matMulShape } from './ops';

const domain = 'com.microsoft';

/** alpha * A' B', where A' and B' may be transposed in their last two axes: no copy is made for that. CPU only. */
export function fusedMatMul(
  g: GraphBuilder,
  a: Value,
  b: Value,
  options: { transA?: boolean; transB?: boolean; alpha?: number } = {},
): Value {
  const { transA = false, transB = false, alpha = 1 } = options;
  return g.node({
    op: 'FusedMatMul',
    domain,
    inputs: [a, b],
    attributes: { transA: Number(transA), transB: Number(transB), alpha: { float: alpha } },
    outputs: [{ dtype: a.dtype, shape: matMulShape(a.shape, b.shape, transA, transB) }],
  })[0]!;
}

/** RMSNorm over the last axis: x / sqrt(mean(x^2) + eps) * weight. Lives in the standard domain for historical reasons. */
export function rmsNorm(g: GraphBuilder, x: Value, weight: Value, epsilon: number): Value {
  assertWeight(x, weight);
  return g.node({
    op: 'SimplifiedLayerNormalization',
    inputs: [x, weight],
    attributes: { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
  })[0]!;
}

function assertWeight(x: Value, weight: Value): void {
  if (!sameShape(weight.shape, x.shape.slice(-1)))
    throw new GraphError(`RMSNorm: weight [${weight.shape.join(',')}] for [${x.shape.join(',')}]`);
}

/** RMSNorm of (x + skip) together with the sum itself: [normed, sum]. x has two or three axes. */
export function skipRmsNorm(g: GraphBuilder, x: Value, skip: Value, weight: Value, epsilon: number): [normed: Value, sum: Value] {
  if (![2, 3].includes(x.shape.length) || !sameShape(x.shape, skip.shape))
    throw new GraphError('SkipSimplifiedLayerNormalization wants two equal [B,R,D] or [N,D]');
  assertWeight(x, weight);
  // Outputs 1 and 2 (mean, inverse deviation) are for training only.
  const [normed, sum] = g.node({
    op: 'SkipSimplifiedLayerNormalization',
    domain,
    inputs: [x, skip, weight],
    attributes: { epsilon: { float: epsilon } },
    outputs: [{ dtype: x.dtype, shape: x.shape }, null, null, { dtype: x.dtype, shape: x.shape }],
  });
  return [normed!, sum!];
}

/**
 * Half-split rotary embedding (rotate_half) of x [B,R,H*hd] or [B,H,R,hd] at int64 positions [B,R]; cos and sin tables are [max, hd/2].
 */
export function rotaryEmbedding(g: GraphBuilder, x: Value, positions: Value, cos: Value, sin: Value, heads: number): Value {
  const half = cos.shape[1];
  const headWidth = x.shape.length === 3 ? Number(x.shape[2]) / heads : x.shape[3];
  if (typeof half !== 'number' || 2 * half !== headWidth || !sameShape(cos.shape, sin.shape) || positions.dtype !== 'int64')
    throw new GraphError(
      `RotaryEmbedding: heads of width ${headWidth ?? '-'} with tables [${cos.shape.join(',')}] and [${sin.shape.join(',')}]`,
    );
  return g.node({
    op: 'RotaryEmbedding',
    domain,
    inputs: [x, positions, cos, sin],
    attributes: x.shape.length === 3 ? { num_heads: heads, rotary_embedding_dim: 0, interleaved: 0 } : { interleaved: 0 },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
  })[0]!;
}

/** x * sigmoid(alpha x): SiLU for alpha 1. CPU and WebGPU. */
export function quickGelu(g: GraphBuilder, x: Value, alpha = 1): Value {
  return g.node({
    op: 'QuickGelu',
    domain,
    inputs: [x],
    attributes: { alpha: { float: alpha } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
  })[0]!;
}

/**
 * Unmasked multi-head attention of q, k, v [B,R,H*hd] with past keys and values [B,H,P,hd] put before the new ones.
 * `bias` [B or 1, 1, R, P+R] is added to the scores. Returns [attended [B,R,H*hd], keys [B,H,P+R,hd], values].
 */
export function multiHeadAttention(
  g: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  options: { heads: number; scale: number; bias: Value | null; past: readonly [Value, Value] | null },
): [attended: Value, keys: Value, values: Value] {
  const { heads, scale, bias, past } = options;
  const [b, r, width] = q.shape as [string, string, number];
  if (!sameShape(k.shape, q.shape) || !sameShape(v.shape, q.shape) || width % heads !== 0)
    throw new GraphError(
      `MultiHeadAttention: [${q.shape.join(',')}], [${k.shape.join(',')}] and [${v.shape.join(',')}] in ${heads} heads`,
    );
  if (past?.some((p) => p.shape.length !== 4 || p.shape[1] !== heads || p.shape[3] !== width / heads))
    throw new GraphError(`MultiHeadAttention: past [${past[0].shape.join(',')}] for ${heads} heads of width ${width / heads}`);
  const present = [b, heads, past ? addDims(past[0].shape[2]!, r) : r, width / heads];
  const [attended, keys, values] = g.node({
    op: 'MultiHeadAttention',
    domain,
    inputs: [q, k, v, null, null, bias, past?.[0] ?? null, past?.[1] ?? null],
    attributes: { num_heads: heads, scale: { float: scale }, unidirectional: 0 },
    outputs: [
      { dtype: q.dtype, shape: q.shape },
      { dtype: q.dtype, shape: present },
      { dtype: q.dtype, shape: present },
    ],
  });
  return [attended!, keys!, values!];
}
