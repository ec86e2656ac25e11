/** What is checked of each operator that has a gradient rule. */
import { quantise } from '../../../../src/model/quantise';
import { type GraphBuilder, type Value } from '../../../../src/onnx/graph';
import * as ops from '../../../../src/onnx/ops';
import * as more from '../../../../src/onnx/ops-backward';
import { fusedMatMul, quickGelu, rmsNorm, rotaryEmbedding, skipRmsNorm } from '../../../../src/onnx/ops-microsoft';
import { matMulNBits } from '../../../../src/onnx/ops-quantised';
import { randomValues, type Problem } from './support';

type Build = Problem['build'];

const positive = [0.4, 0.9, 1.5, 2.2, 0.7, 1.1];
const a23 = { shape: [2, 3] };
const [x, y] = ['x', 'y'] as const;
const one =
  (op: (g: GraphBuilder, x: Value) => Value): Build =>
  (g, v) =>
    op(g, v[x]!);
const two =
  (op: (g: GraphBuilder, a: Value, b: Value) => Value): Build =>
  (g, v) =>
    op(g, v[x]!, v[y]!);

const tables = (g: GraphBuilder): [Value, Value, Value] => {
  const angles = Float32Array.from({ length: 10 }, (_, i) => 0.37 * i + 0.2);
  return [
    g.initializer('positions', 'int64', [2, 3], BigInt64Array.of(0n, 3n, 1n, 4n, 2n, 2n)),
    g.initializer('cos', 'float32', [5, 2], angles.map(Math.cos)),
    g.initializer('sin', 'float32', [5, 2], angles.map(Math.sin)),
  ];
};

/** softmax(q k') v of queries [B,kv,group,R,hd], keys and values [B,kv,1,R,hd], with B unknown. */
function groupedAttention(fused: boolean): Problem {
  const queries = { shape: [2, 2, 3, 2, 2], declared: ['B', 2, 3, 2, 2] };
  const shared = { shape: [2, 2, 1, 2, 2], declared: ['B', 2, 1, 2, 2] };
  return {
    inputs: { x: queries, y: shared, v: shared },
    build: (g, v) => {
      const [q, k] = [v[x]!, v[y]!];
      const scores = fused
        ? fusedMatMul(g, q, k, { transB: true, alpha: 0.7 })
        : ops.matMul(g, q, ops.transpose(g, k, [0, 1, 2, 4, 3]));
      return ops.matMul(g, ops.softmax(g, scores), v['v']!);
    },
    options: { fusedMatMul: fused },
  };
}

/** By the operator that they are about. */
export const problems: Readonly<Record<string, Readonly<Record<string, Problem>>>> = {
  Add: {
    same: { inputs: { x: a23, y: a23 }, build: two(ops.add) },
    'row broadcast': { inputs: { x: a23, y: { shape: [3] } }, build: two(ops.add) },
    'first broadcast': { inputs: { x: { shape: [2, 1, 1] }, y: { shape: [1, 4, 3] } }, build: two(ops.add) },
    scalar: { inputs: { x: { shape: [] }, y: a23 }, build: two(ops.add) },
    'used twice': { inputs: { x: a23 }, build: (g, v) => ops.add(g, v[x]!, ops.mul(g, v[x]!, v[x]!)) },
    'sizes unknown': {
      inputs: { x: { shape: [2, 3], declared: ['B', 3] }, y: { shape: [3] } },
      build: two(ops.add),
    },
  },
  Sub: { broadcast: { inputs: { x: { shape: [3] }, y: a23 }, build: two(ops.sub) } },
  Mul: {
    same: { inputs: { x: a23, y: a23 }, build: two(ops.mul) },
    column: { inputs: { x: a23, y: { shape: [2, 1] } }, build: two(ops.mul) },
    'both broadcast': { inputs: { x: { shape: [2, 1, 3] }, y: { shape: [1, 4, 1] } }, build: two(ops.mul) },
    'of lower rank, and kept': { inputs: { x: { shape: [2, 4, 3] }, y: { shape: [4, 1] } }, build: two(ops.mul) },
    square: { inputs: { x: a23 }, build: (g, v) => ops.mul(g, v[x]!, v[x]!) },
  },
  Div: { broadcast: { inputs: { x: a23, y: { shape: [2, 1], values: [1.3, -0.8] } }, build: two(ops.div) } },
  Min: { apart: { inputs: { x: a23, y: a23 }, build: two(more.min) } },
  Max: { broadcast: { inputs: { x: a23, y: { shape: [3] } }, build: two(more.max) } },
  Neg: { plain: { inputs: { x: a23 }, build: one(ops.neg) } },
  Exp: { plain: { inputs: { x: a23 }, build: one(ops.exp) } },
  Log: { plain: { inputs: { x: { shape: [2, 3], values: positive } }, build: one(ops.log) } },
  Sqrt: { plain: { inputs: { x: { shape: [2, 3], values: positive } }, build: one(more.sqrt) } },
  Sigmoid: { plain: { inputs: { x: a23 }, build: one(ops.sigmoid) } },
  QuickGelu: {
    silu: { inputs: { x: a23 }, build: one(quickGelu) },
    'alpha 1.7': { inputs: { x: a23 }, build: (g, v) => quickGelu(g, v[x]!, 1.7) },
  },
  Where: {
    broadcast: {
      inputs: { x: a23, y: { shape: [3] } },
      build: (g, v) => more.where(g, more.lessOrEqual(g, v[x]!, g.float(0.1)), v[x]!, v[y]!),
    },
  },
  Identity: {
    plain: { inputs: { x: a23 }, build: one(more.identity) },
  },
  Cast: {
    'half and back': {
      inputs: { x: a23 },
      build: one((g, v) => ops.mul(g, ops.cast(g, ops.cast(g, v, 'float16'), 'float32'), v)),
      step: 0.25,
      tolerance: 2e-2,
    },
  },
  MatMul: {
    matrices: { inputs: { x: { shape: [2, 3] }, y: { shape: [3, 4] } }, build: two(ops.matMul) },
    'shared weight': { inputs: { x: { shape: [2, 3, 2] }, y: { shape: [2, 3] } }, build: two(ops.matMul) },
    batched: { inputs: { x: { shape: [2, 2, 3] }, y: { shape: [2, 3, 2] } }, build: two(ops.matMul) },
    'broadcast batch': { inputs: { x: { shape: [2, 2, 2, 3] }, y: { shape: [2, 1, 3, 2] } }, build: two(ops.matMul) },
    'without FusedMatMul': {
      inputs: { x: { shape: [2, 3, 2] }, y: { shape: [2, 3] } },
      build: two(ops.matMul),
      options: { fusedMatMul: false },
    },
    'sizes unknown': {
      inputs: { x: { shape: [2, 3, 2], declared: ['B', 'R', 2] }, y: { shape: [2, 3] } },
      build: two(ops.matMul),
    },
    'keys and values broadcast over a group of queries': groupedAttention(false),
  },
  FusedMatMul: {
    'keys and values broadcast over a group of queries': groupedAttention(true),
    ...Object.fromEntries(
      [false, true].flatMap((transA) =>
        [false, true].flatMap((transB) =>
          [true, false].map((fused) => [
            `transA ${transA}, transB ${transB}, backward ${fused ? 'fused' : 'plain'}`,
            {
              inputs: { x: { shape: transA ? [2, 3, 2] : [2, 2, 3] }, y: { shape: transB ? [2, 4, 3] : [2, 3, 4] } },
              build: two((g, a, b) => fusedMatMul(g, a, b, { transA, transB, alpha: 0.7 })),
              options: { fusedMatMul: fused },
            } satisfies Problem,
          ]),
        ),
      ),
    ),
  },
  MatMulNBits: Object.fromEntries(
    ([4, 8] as const).map((bits) => [
      `${bits} bits`,
      {
        inputs: { x: { shape: [2, 64] } },
        build: one((g, v) => {
          const q = quantise(randomValues(64 * 3, 7), 64, 3, { bits });
          const packed = g.initializer('q', 'uint8', [3, 2, (32 * bits) / 8], q.data);
          return ops.exp(
            g,
            ops.mul(g, matMulNBits(g, v, packed, g.initializer('s', 'float32', [3, 2], q.scales), q), g.float(0.05)),
          );
        }),
      } satisfies Problem,
    ]),
  ),
  Reshape: {
    known: {
      inputs: { x: a23 },
      build: one((g, v) => ops.mul(g, ops.reshape(g, v, [3, 2], [3, 2]), ops.reshape(g, v, [3, 2], [3, 2]))),
    },
    'two sizes unknown': {
      inputs: { x: { shape: [2, 3, 2], declared: ['B', 'R', 2] } },
      build: one((g, v) => ops.exp(g, ops.reshape(g, v, [-1, 2], ['B*R', 2]))),
    },
  },
  Unsqueeze: { middle: { inputs: { x: a23 }, build: one((g, v) => ops.exp(g, ops.unsqueeze(g, v, 1))) } },
  Squeeze: {
    last: {
      inputs: { x: { shape: [2, 3, 1] } },
      build: one((g, v) =>
        ops.exp(g, g.node({ op: 'Squeeze', inputs: [v, g.int64([2])], outputs: [{ dtype: v.dtype, shape: [2, 3] }] })[0]!),
      ),
    },
  },
  Transpose: { three: { inputs: { x: { shape: [2, 3, 2] } }, build: one((g, v) => ops.exp(g, ops.transpose(g, v, [2, 0, 1]))) } },
  Split: {
    'one part unused': {
      inputs: { x: { shape: [2, 5] } },
      build: one((g, v) => {
        const [a, , b] = ops.split(g, v, [2, 1, 2]);
        return ops.mul(g, a!, b!);
      }),
    },
  },
  Concat: {
    known: { inputs: { x: a23, y: { shape: [2, 2] } }, build: two((g, a, b) => ops.exp(g, ops.concat(g, [a, b], 1))) },
    'sizes unknown': {
      inputs: { x: { shape: [2, 3], declared: [2, 'P'] }, y: { shape: [2, 2], declared: [2, 'R'] } },
      build: two((g, a, b) => ops.exp(g, ops.concat(g, [a, b], 1))),
    },
  },
  Slice: {
    middle: {
      inputs: { x: { shape: [2, 5] } },
      build: one((g, v) => ops.exp(g, ops.slice(g, v, 1, g.int64([1]), g.int64([3]), 2))),
    },
    'to the end, from a size at run time': {
      inputs: { x: { shape: [2, 5], declared: [2, 'T'] }, y: { shape: [2, 2], declared: [2, 'P'] } },
      build: two((g, a, b) =>
        ops.mul(g, ops.slice(g, a, 1, ops.sizeOf(g, b, 1), g.int64([2 ** 31 - 1]), 3), ops.reduceSum(g, b, 1, true)),
      ),
    },
  },
  Gather: {
    'rows, some twice': {
      inputs: { x: { shape: [4, 2] } },
      build: one((g, v) => ops.exp(g, ops.gather(g, v, g.int64([1, 3, 1, 0, 1])))),
    },
    'rows, some twice, by ScatterND': {
      inputs: { x: { shape: [4, 2] } },
      build: one((g, v) => ops.exp(g, ops.gather(g, v, g.int64([1, 3, 1, 0, 1])))),
      options: { scatterRows: true },
    },
    'two axes of indices': {
      inputs: { x: { shape: [4, 2] } },
      build: one((g, v) =>
        ops.exp(g, ops.gather(g, v, g.initializer('i', 'int64', [2, 3], BigInt64Array.of(1n, 3n, 1n, 2n, 1n, 2n)))),
      ),
    },
    'another axis': {
      inputs: { x: { shape: [2, 3, 2] } },
      build: one((g, v) => ops.exp(g, ops.gather(g, v, g.int64([2, 0, 2, 2]), 1))),
    },
  },
  GatherElements: {
    'some twice': {
      inputs: { x: { shape: [2, 3] } },
      build: one((g, v) =>
        ops.exp(
          g,
          ops.gatherElements(g, v, g.initializer('i', 'int64', [2, 4], BigInt64Array.of(0n, 2n, 0n, 1n, 1n, 1n, 1n, 2n))),
        ),
      ),
    },
  },
  ReduceSum: {
    dropped: { inputs: { x: a23 }, build: one((g, v) => ops.reduceSum(g, ops.exp(g, v), 0)) },
    kept: { inputs: { x: a23 }, build: one((g, v) => ops.div(g, v, ops.reduceSum(g, ops.exp(g, v), -1, true))) },
    'sizes unknown': {
      inputs: { x: { shape: [2, 3], declared: ['B', 'R'] } },
      build: one((g, v) => ops.reduceSum(g, ops.exp(g, v), 0)),
    },
  },
  ReduceMean: { last: { inputs: { x: a23 }, build: one((g, v) => ops.reduceMean(g, ops.exp(g, v))) } },
  ReduceMax: {
    last: { inputs: { x: a23 }, build: one((g, v) => ops.reduceMax(g, v)) },
    kept: { inputs: { x: a23 }, build: one((g, v) => ops.mul(g, v, ops.reduceMax(g, v, 0, true))) },
  },
  Softmax: {
    last: { inputs: { x: a23 }, build: one((g, v) => ops.softmax(g, v)) },
    'first axis': { inputs: { x: { shape: [3, 2] } }, build: one((g, v) => ops.softmax(g, v, 0)) },
  },
  SimplifiedLayerNormalization: {
    'three axes': { inputs: { x: { shape: [2, 2, 3] }, y: { shape: [3] } }, build: two((g, a, w) => rmsNorm(g, a, w, 1e-2)) },
    rows: { inputs: { x: { shape: [2, 3] }, y: { shape: [3] } }, build: two((g, a, w) => rmsNorm(g, a, w, 1e-5)) },
  },
  SkipSimplifiedLayerNormalization: {
    'both outputs used': {
      inputs: { x: { shape: [1, 2, 3] }, y: { shape: [1, 2, 3] }, w: { shape: [3] } },
      build: (g, v) => {
        const [normed, sum] = skipRmsNorm(g, v[x]!, v[y]!, v['w']!, 1e-2);
        return ops.add(g, ops.mul(g, normed, normed), ops.mul(g, sum, v[x]!));
      },
    },
    'the norm alone': {
      inputs: { x: { shape: [1, 2, 3] }, y: { shape: [1, 2, 3] }, w: { shape: [3] } },
      build: (g, v) => skipRmsNorm(g, v[x]!, v[y]!, v['w']!, 1e-2)[0],
    },
    'the sum alone': {
      inputs: { x: { shape: [1, 2, 3] }, y: { shape: [1, 2, 3] } },
      build: (g, v) =>
        ops.exp(g, skipRmsNorm(g, v[x]!, v[y]!, g.initializer('w', 'float32', [3], Float32Array.of(1, 2, 3)), 1e-2)[1]),
    },
  },
  RotaryEmbedding: {
    'heads joined': {
      inputs: { x: { shape: [2, 3, 8] } },
      build: one((g, v) => ops.mul(g, rotaryEmbedding(g, v, ...tables(g), 2), v)),
    },
    'heads apart': {
      inputs: { x: { shape: [2, 2, 3, 4] } },
      build: one((g, v) => ops.mul(g, rotaryEmbedding(g, v, ...tables(g), 2), v)),
    },
  },
};
