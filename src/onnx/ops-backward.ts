/** Operators of the ONNX standard (opset 21) that backward passes and losses need besides those of `ops.ts`. */
import { GraphError, type Dim, type GraphBuilder, type Shape, type Value } from './graph';
import { axisOf, broadcast, sameShape } from './shape';
import { concat, sizeOf } from './ops';

function one(
  g: GraphBuilder,
  op: string,
  inputs: readonly Value[],
  shape: Shape,
  attributes = {},
  dtype: Value['dtype'] = inputs[0]!.dtype,
): Value {
  return g.node({ op, inputs, attributes, outputs: [{ dtype, shape }] })[0]!;
}

/** The whole shape at run time, int64 [rank]; a constant where every size is known. */
export function shapeOf(g: GraphBuilder, x: Value): Value {
  if (isStatic(x.shape)) return g.int64(x.shape);
  return one(g, 'Shape', [x], [x.shape.length], {}, 'int64');
}

/** Whether every size is known at build time. */
export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((d) => typeof d === 'number');
}

/** x in the shape of `like`, which holds as many elements. */
export function reshapeLike(g: GraphBuilder, x: Value, like: Value): Value {
  if (sameShape(x.shape, like.shape)) return x;
  const unknown = like.shape.filter((d) => typeof d === 'string').length;
  const target = unknown > 1 ? shapeOf(g, like) : g.int64(like.shape.map((d) => (typeof d === 'string' ? -1 : d)));
  return one(g, 'Reshape', [x, target], like.shape);
}

/** x repeated into the shape of `like` by broadcasting. */
export function expandLike(g: GraphBuilder, x: Value, like: Value): Value {
  if (sameShape(x.shape, like.shape)) return x;
  return one(g, 'Expand', [x, shapeOf(g, like)], like.shape);
}

/** A float32 tensor of one value in the shape of `like`. */
export function filledLike(g: GraphBuilder, like: Value, value: number): Value {
  return expandLike(g, g.float(value), like);
}

/** Sum over several axes; those kept have size 1. */
export function reduceSumAxes(g: GraphBuilder, x: Value, axes: readonly number[], keep: boolean): Value {
  if (axes.length === 0) return x;
  const at = axes.map((a) => axisOf(x.shape, a));
  return g.node({
    op: 'ReduceSum',
    inputs: [x, g.int64(at)],
    attributes: { keepdims: keep ? 1 : 0 },
    outputs: [
      {
        dtype: x.dtype,
        shape: keep ? x.shape.map((d, i) => (at.includes(i) ? 1 : d)) : x.shape.filter((_, i) => !at.includes(i)),
      },
    ],
  })[0]!;
}

/** Inserts axes of size 1 at the given places of the result. */
export function unsqueezeAxes(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  const rank = x.shape.length + axes.length;
  let next = 0;
  const shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : x.shape[next++]!));
  return one(g, 'Unsqueeze', [x, g.int64(axes)], shape);
}

function comparison(op: string) {
  return (g: GraphBuilder, a: Value, b: Value): Value => one(g, op, [a, b], broadcast(a.shape, b.shape), {}, 'bool');
}

export const equal = comparison('Equal');
export const lessOrEqual = comparison('LessOrEqual');

function pairwise(op: string) {
  return (g: GraphBuilder, a: Value, b: Value): Value => one(g, op, [a, b], broadcast(a.shape, b.shape));
}

export const min = pairwise('Min');
export const max = pairwise('Max');

export function sqrt(g: GraphBuilder, x: Value): Value {
  return one(g, 'Sqrt', [x], x.shape);
}

/** A copy. */
export function identity(g: GraphBuilder, x: Value): Value {
  return one(g, 'Identity', [x], x.shape);
}

/** a where the condition holds, else b. */
export function where(g: GraphBuilder, condition: Value, a: Value, b: Value): Value {
  return one(g, 'Where', [condition, a, b], broadcast(condition.shape, broadcast(a.shape, b.shape)), {}, a.dtype);
}

/** `data` with `updates` added at `indices` along an axis; indices and updates have equal shapes. */
export function scatterAddElements(g: GraphBuilder, data: Value, indices: Value, updates: Value, axis: number): Value {
  if (!sameShape(indices.shape, updates.shape)) throw new GraphError('ScatterElements: indices and updates differ in shape');
  return one(g, 'ScatterElements', [data, indices, updates], data.shape, { axis: axisOf(data.shape, axis), reduction: 'add' });
}

/**
 * `data` with the rows `updates` [N, ..] added at the int64 `indices` [N, 1] of its first axis. On several threads the CPU provider loses summands
 * where an index comes more than once (1.30.0: a third of the runs with 1024 rows at 8 indices).
 */
export function scatterAddRows(g: GraphBuilder, data: Value, indices: Value, updates: Value): Value {
  return one(g, 'ScatterND', [data, indices, updates], data.shape, { reduction: 'add' });
}

/** `data` with its rows at the int64 `indices` [N, 1] replaced by `updates` [N, ..]; no index comes twice. */
export function scatterRows(g: GraphBuilder, data: Value, indices: Value, updates: Value): Value {
  return one(g, 'ScatterND', [data, indices, updates], data.shape);
}

/** `data` with `updates` [N, ..] added to its rows at the int64 `indices` [N, 1], which may repeat. */
export function addToRows(g: GraphBuilder, data: Value, indices: Value, updates: Value): Value {
  return one(g, 'ScatterND', [data, indices, updates], data.shape, { reduction: 'add' });
}

/** Pads one axis with zeros: `before` and `after` are int64 [1]. */
export function padZeros(g: GraphBuilder, x: Value, axis: number, before: Value, after: Value, size: Dim): Value {
  const at = axisOf(x.shape, axis);
  return one(
    g,
    'Pad',
    [x, concat(g, [before, after], 0), g.float(0), g.int64([at])],
    x.shape.map((d, i) => (i === at ? size : d)),
    { mode: 'constant' },
  );
}

/** Splits `axis` into pieces of the sizes that `like` have there, known or not. */
export function splitLike(g: GraphBuilder, x: Value, like: readonly Value[], axis: number): Value[] {
  const sizes = like.map((v) => v.shape[axis]!);
  const given = isStatic(sizes)
    ? g.int64(sizes)
    : concat(
        g,
        like.map((v) => sizeOf(g, v, axis)),
        0,
      );
  return g.node({
    op: 'Split',
    inputs: [x, given],
    attributes: { axis },
    outputs: sizes.map((s) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => (i === axis ? s : d)) })),
  });
}
