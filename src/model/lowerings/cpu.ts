import type { GraphBuilder, Value } from '../../onnx/graph';
import { add, addInto, concat, matMul, reshape, sizeOf, slice, softmax, transpose, unsqueeze } from '../../onnx/ops';
import { fusedMatMul, rotaryEmbedding } from '../../onnx/ops-microsoft';
import type { TransformerConfig } from '../config';
import { dims, type Lowering } from '../lowering';

/**
 * CPU: attention as FusedMatMul + Softmax + MatMul, measured 3.6 times faster than the standard Attention operator. Past and
 * new columns are multiplied apart and only the scores are joined: joining keys and values instead cost a fifth of a short step.
 */
export const cpuLowering: Lowering = {
  provider: 'cpu',
  cacheHeads: (c) => c.kvHeads,
  biasRows: 1,
  broadcastsPast: true,
  presentHolds: 'new',

  attention(g, c, x) {
    const q = rotaryEmbedding(g, splitHeads(g, x.q, c.heads, c.headWidth), x.positions, x.cos, x.sin, c.heads);
    const k = rotaryEmbedding(g, splitHeads(g, x.k, c.kvHeads, c.headWidth), x.positions, x.cos, x.sin, c.kvHeads);
    const v = splitHeads(g, x.v, c.kvHeads, c.headWidth);
    const attended =
      c.heads === c.kvHeads ? attend(g, c, q, x.past, [k, v], x.bias) : attendGrouped(g, c, q, x.past, [k, v], x.bias);
    const width = c.heads * c.headWidth;
    return [reshape(g, transpose(g, attended, [0, 2, 1, 3]), [0, 0, width], [dims.batch, dims.rows, width]), k, v];
  },

  head(g, h, weight, table) {
    const width = h.shape[1] as number;
    const rows = table ?? g.initializer('head', 'float32', [weight.length / width, width], weight);
    return fusedMatMul(g, h, rows, { transB: true });
  },
};

type KeysValues = readonly [keys: Value, values: Value];

/** [B,R,n*hd] -> [B,n,R,hd]. */
function splitHeads(g: GraphBuilder, x: Value, heads: number, headWidth: number): Value {
  return transpose(g, reshape(g, x, [0, 0, heads, headWidth], [dims.batch, dims.rows, heads, headWidth]), [0, 2, 1, 3]);
}

/** softmax(q [past; new]' / sqrt(hd) + bias) [past; new], [..,R,hd]. */
function attend(g: GraphBuilder, c: TransformerConfig, q: Value, past: KeysValues, fresh: KeysValues, bias: Value): Value {
  const scaled = { transB: true, alpha: 1 / Math.sqrt(c.headWidth) };
  const scores = concat(g, [fusedMatMul(g, q, past[0], scaled), fusedMatMul(g, q, fresh[0], scaled)], -1);
  const p = softmax(g, addInto(g, scores, bias));
  const cut = sizeOf(g, past[0], -2);
  const onPast = slice(g, p, -1, g.int64([0]), cut, dims.past);
  const onNew = slice(g, p, -1, cut, g.int64([2 ** 31 - 1]), dims.rows);
  return add(g, matMul(g, onPast, past[1]), matMul(g, onNew, fresh[1]));
}

/** Grouped queries by broadcasting: q [B,kv,g,R,hd] against keys [B,kv,1,T,hd]; no key is repeated in memory. */
function attendGrouped(g: GraphBuilder, c: TransformerConfig, q: Value, past: KeysValues, fresh: KeysValues, bias: Value): Value {
  const group = c.heads / c.kvHeads;
  const grouped = reshape(g, q, [0, c.kvHeads, group, -1, c.headWidth], [dims.batch, c.kvHeads, group, dims.rows, c.headWidth]);
  const spread = ([keys, values]: KeysValues): KeysValues => [unsqueeze(g, keys, 2), unsqueeze(g, values, 2)];
  const attended = attend(g, c, grouped, spread(past), spread(fresh), unsqueeze(g, bias, 1));
  return reshape(g, attended, [0, c.heads, -1, c.headWidth], [dims.batch, c.heads, dims.rows, c.headWidth]);
}
