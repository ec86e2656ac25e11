import type { GraphBuilder, Value } from '../../onnx/graph';
import { gather, matMul, reshape } from '../../onnx/ops';
import { multiHeadAttention, rotaryEmbedding } from '../../onnx/ops-microsoft';
import type { TransformerConfig } from '../config';
import { dims, type Lowering } from '../lowering';
import { transposed } from '../weights';

/** WebGPU: the fused MultiHeadAttention kernel; FusedMatMul does not exist there, so the head is stored transposed. */
export const webgpuLowering: Lowering = {
  provider: 'webgpu',
  cacheHeads: (c) => c.heads,
  biasRows: 'R',
  broadcastsPast: false,
  presentHolds: 'all',

  attention(g, c, x) {
    const q = rotaryEmbedding(g, x.q, x.positions, x.cos, x.sin, c.heads);
    const k = repeatHeads(g, c, rotaryEmbedding(g, x.k, x.positions, x.cos, x.sin, c.kvHeads));
    const v = repeatHeads(g, c, x.v);
    return multiHeadAttention(g, q, k, v, { heads: c.heads, scale: 1 / Math.sqrt(c.headWidth), bias: x.bias, past: x.past });
  },

  head(g, h, weight) {
    const width = h.shape[1] as number;
    const vocabulary = weight.length / width;
    return matMul(g, h, g.initializer('head', 'float32', [width, vocabulary], transposed(weight, vocabulary, width)));
  },
};

/** [B,R,kv*hd] -> [B,R,heads*hd]: the kernel has no grouped queries, so each key-value head is repeated for its group. */
function repeatHeads(g: GraphBuilder, c: TransformerConfig, x: Value): Value {
  if (c.heads === c.kvHeads) return x;
  const index = Array.from({ length: c.heads }, (_, h) => Math.floor((h * c.kvHeads) / c.heads));
  const heads = reshape(g, x, [0, 0, c.kvHeads, c.headWidth], [dims.batch, dims.rows, c.kvHeads, c.headWidth]);
  const repeated = gather(g, heads, g.int64(index), 2);
  return reshape(g, repeated, [0, 0, c.heads * c.headWidth], [dims.batch, dims.rows, c.heads * c.headWidth]);
}
