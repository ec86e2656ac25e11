/** Attention over whole sequences, with its gradient. */
import type { TransformerConfig } from '../../model/config';
import { sumTo } from '../../onnx/autodiff/rule';
import type { Dim, GraphBuilder, Value } from '../../onnx/graph';
import { addInto, matMul, mul, reduceSum, reshape, softmax, sub, transpose, unsqueeze } from '../../onnx/ops';
import { mulDims } from '../../onnx/shape';
import type { WithGradient } from './head';
import { timesTransposed, transposedTimes, type TrainingLowering } from './lowering';
import type { SequenceSizes } from './transformer';

/** [B*L, n*width] -> [B,n,L,width]. */
export function splitHeads(g: GraphBuilder, s: SequenceSizes, x: Value, heads: number, width: number): Value {
  const size = (d: Dim): number => (typeof d === 'number' ? d : -1);
  const split = reshape(g, x, [size(s.batch), size(s.length), heads, width], [s.batch, s.length, heads, width]);
  return transpose(g, split, [0, 2, 1, 3]);
}

export interface AttentionInputs {
  /** [B,heads,L,hd]. */
  readonly q: Value;
  /** Keys and values [B,kvHeads,L,hd]. */
  readonly k: Value;
  readonly v: Value;
  readonly bias: Value;
}

/**
 * softmax(q k' / sqrt(hd) + bias) v as [B*L, heads*hd]; key-value heads are broadcast over their group, none is repeated. With p the weights, o the result and
 * do the gradient by it, that by the scores is p (do v' - sum do o): the sum over the columns of a row, sum (do v') p, is taken over the head's width
 * instead (Dao et al., "FlashAttention", arXiv 2205.14135, appendix B.2).
 */
export function attention(
  g: GraphBuilder,
  c: TransformerConfig,
  lowering: TrainingLowering,
  s: SequenceSizes,
  x: AttentionInputs,
): WithGradient {
  const group = c.heads / c.kvHeads;
  /** [B,heads,L,n] -> [B,kvHeads,group,L,n]. */
  const byGroup = (b: GraphBuilder, y: Value, width: number): Value =>
    group > 1 ? reshape(b, y, [0, c.kvHeads, group, -1, width], [s.batch, c.kvHeads, group, s.length, width]) : y;
  const q = byGroup(g, x.q, c.headWidth);
  const [k, v] = group > 1 ? [unsqueeze(g, x.k, 2), unsqueeze(g, x.v, 2)] : [x.k, x.v];
  const bias = group > 1 ? unsqueeze(g, x.bias, 1) : x.bias;
  const scores = addInto(g, timesTransposed(g, lowering, q, k, 1 / Math.sqrt(c.headWidth)), bias);
  const p = softmax(g, scores);
  const value = joinHeads(g, c, s, matMul(g, p, v));
  return {
    value,
    fused: {
      output: value,
      inputs: [scores, v],
      backward: (b, gradient, current) => {
        const d = byGroup(b, splitHeads(b, s, gradient, c.heads, c.headWidth), c.headWidth);
        const products = splitHeads(b, s, mul(b, gradient, current(value)), c.heads, c.headWidth);
        const along = byGroup(b, reduceSum(b, products, -1, true), 1);
        const byScores = mul(b, sub(b, timesTransposed(b, lowering, d, current(v)), along), current(p));
        return [byScores, sumTo(b, transposedTimes(b, lowering, current(p), d), v)];
      },
    },
  };
}

/** [B,n,L,hd], or the same by groups, -> [B*L, n*hd]. */
function joinHeads(g: GraphBuilder, c: TransformerConfig, s: SequenceSizes, x: Value): Value {
  const heads = x.shape.length > 4 ? reshape(g, x, [0, c.heads, -1, c.headWidth], [s.batch, c.heads, s.length, c.headWidth]) : x;
  const width = c.heads * c.headWidth;
  return reshape(g, transpose(g, heads, [0, 2, 1, 3]), [-1, width], [mulDims([s.batch, s.length]), width]);
}
