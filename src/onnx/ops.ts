/**
 * Operators of the ONNX standard (opset 21) with their shape rules. Each function appends one node and returns its
 * result; the shape that it gives is what ONNX's own inference would give.
 */
import { GraphError, type DType, type Dim, type GraphBuilder, type Shape, type Value } from './graph';
import { addDims, axisOf, broadcast, mulDims } from './shape';

function one(
  g: GraphBuilder,
  op: string,
  inputs: readonly Value[],
  shape: Shape,
  attributes = {},
  dtype: DType = inputs[0]!.dtype,
): Value {
  return g.node({ op, inputs, attributes, outputs: [{ dtype, shape }] })[0]!;
}

function elementwise(op: string) {
  return (g: GraphBuilder, a: Value, b: Value): Value => {
    if (a.dtype !== b.dtype) throw new GraphError(`${op}: ${a.dtype} and ${b.dtype}`);
    return one(g, op, [a, b], broadcast(a.shape, b.shape));
  };
}

export const add = elementwise('Add');
export const sub = elementwise('Sub');
export const mul = elementwise('Mul');
export const div = elementwise('Div');

/** a + b where b broadcasts into a's shape by sizes known only at run time (an attention bias of one or many rows, say). */
export function addInto(g: GraphBuilder, a: Value, b: Value): Value {
  if (b.shape.length > a.shape.length) throw new GraphError('addInto: b has more axes than a');
  return one(g, 'Add', [a, b], a.shape);
}

function unary(op: string) {
  return (g: GraphBuilder, x: Value): Value => one(g, op, [x], x.shape);
}

export const exp = unary('Exp');
export const log = unary('Log');
export const sigmoid = unary('Sigmoid');
export const neg = unary('Neg');

/** Matrix product of the last two axes, [.., m, k] x [.., k, n] -> [.., m, n]; leading axes broadcast. */
export function matMul(g: GraphBuilder, a: Value, b: Value): Value {
  if (a.dtype !== b.dtype) throw new GraphError(`MatMul: ${a.dtype} and ${b.dtype}`);
  return one(g, 'MatMul', [a, b], matMulShape(a.shape, b.shape));
}

/** Shape rule of MatMul with optional transposition of the last two axes of each side. */
export function matMulShape(a: Shape, b: Shape, transA = false, transB = false): Shape {
  if (a.length < 2 || b.length < 2) throw new GraphError('MatMul wants matrices');
  const [m, k] = transA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [k2, n] = transB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  if (k !== k2) throw new GraphError(`MatMul: inner sizes ${k} and ${k2} of [${a.join(',')}] and [${b.join(',')}]`);
  return [...broadcast(a.slice(0, -2), b.slice(0, -2)), m, n];
}

export function softmax(g: GraphBuilder, x: Value, axis = -1): Value {
  return one(g, 'Softmax', [x], x.shape, { axis: axisOf(x.shape, axis) });
}

export function transpose(g: GraphBuilder, x: Value, perm: readonly number[]): Value {
  if (perm.length !== x.shape.length || x.shape.some((_, axis) => !perm.includes(axis)))
    throw new GraphError(`Transpose: [${perm.join(',')}] is no order of the axes of [${x.shape.join(',')}]`);
  return one(
    g,
    'Transpose',
    [x],
    perm.map((p) => x.shape[p]!),
    { perm },
  );
}

/**
 * Reshape to `target`, where 0 keeps the size at that place and -1 is worked out by the runtime. `result` names the
 * resulting shape, since symbolic products cannot always be divided at build time.
 */
export function reshape(g: GraphBuilder, x: Value, target: readonly number[], result: Shape): Value {
  if (target.length !== result.length) throw new GraphError('Reshape: target and result differ in rank');
  target.forEach((t, i) => {
    if (t === 0 && result[i] !== x.shape[i])
      throw new GraphError(`Reshape: axis ${i} is said to be kept, but ${x.shape[i] ?? '-'} became ${result[i]!}`);
    if (t > 0 && result[i] !== t) throw new GraphError(`Reshape: axis ${i} is ${t} in one place and ${result[i]!} in the other`);
  });
  if (
    x.shape.every((d) => typeof d === 'number') &&
    result.every((d) => typeof d === 'number') &&
    mulDims(x.shape) !== mulDims(result)
  ) {
    throw new GraphError(`Reshape: [${x.shape.join(',')}] does not hold as many elements as [${result.join(',')}]`);
  }
  return g.node({ op: 'Reshape', inputs: [x, g.int64(target)], outputs: [{ dtype: x.dtype, shape: result }] })[0]!;
}

/** Inserts an axis of size 1 before axis `axis`, or at the end. */
export function unsqueeze(g: GraphBuilder, x: Value, axis: number): Value {
  if (axis < 0 || axis > x.shape.length) throw new GraphError(`Unsqueeze: no axis ${axis} in [${x.shape.join(',')}]`);
  return g.node({
    op: 'Unsqueeze',
    inputs: [x, g.int64([axis])],
    outputs: [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)] }],
  })[0]!;
}

function assertIndices(op: string, indices: Value): void {
  if (indices.dtype !== 'int64' && indices.dtype !== 'int32') throw new GraphError(`${op}: indices are ${indices.dtype}`);
}

/** Rows of `table` along `axis` picked by integer indices: shape table[:axis] + indices + table[axis+1:]. */
export function gather(g: GraphBuilder, table: Value, indices: Value, axis = 0): Value {
  const at = axisOf(table.shape, axis);
  assertIndices('Gather', indices);
  return one(g, 'Gather', [table, indices], [...table.shape.slice(0, at), ...indices.shape, ...table.shape.slice(at + 1)], {
    axis: at,
  });
}

/** `data` picked elementwise along `axis`; result has the shape of `indices`. */
export function gatherElements(g: GraphBuilder, data: Value, indices: Value, axis = -1): Value {
  assertIndices('GatherElements', indices);
  if (indices.shape.length !== data.shape.length)
    throw new GraphError(`GatherElements: [${data.shape.join(',')}] and indices [${indices.shape.join(',')}] differ in rank`);
  return one(g, 'GatherElements', [data, indices], indices.shape, { axis: axisOf(data.shape, axis) });
}

export function concat(g: GraphBuilder, parts: readonly Value[], axis: number): Value {
  const first = parts[0]!;
  const at = axisOf(first.shape, axis);
  for (const p of parts) {
    if (p.dtype !== first.dtype) throw new GraphError(`Concat: ${first.dtype} and ${p.dtype}`);
    if (p.shape.length !== first.shape.length || p.shape.some((d, i) => i !== at && d !== first.shape[i])) {
      throw new GraphError(`Concat: [${first.shape.join(',')}] and [${p.shape.join(',')}] differ outside axis ${at}`);
    }
  }
  const size = parts.map((p) => p.shape[at]!).reduce<Dim>((a, b) => addDims(a, b), 0);
  return one(
    g,
    'Concat',
    parts,
    first.shape.map((d, i) => (i === at ? size : d)),
    { axis: at },
  );
}

/** Splits `axis` into pieces of the given sizes. */
export function split(g: GraphBuilder, x: Value, sizes: readonly number[], axis = -1): Value[] {
  const at = axisOf(x.shape, axis);
  const total = sizes.reduce((a, b) => a + b, 0);
  if (x.shape[at] !== total) throw new GraphError(`Split: pieces add up to ${total}, axis is ${x.shape[at]!}`);
  return g.node({
    op: 'Split',
    inputs: [x, g.int64(sizes)],
    attributes: { axis: at },
    outputs: sizes.map((s) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => (i === at ? s : d)) })),
  });
}

/** The size of one axis at run time, int64 [1]. */
export function sizeOf(g: GraphBuilder, x: Value, axis: number): Value {
  const at = axisOf(x.shape, axis);
  return one(g, 'Shape', [x], [1], { start: at, end: at + 1 }, 'int64');
}

/** x[start:stop] along one axis; `start` and `stop` are int64 values of shape [1], `size` names the resulting length. */
export function slice(g: GraphBuilder, x: Value, axis: number, start: Value, stop: Value, size: Dim): Value {
  const at = axisOf(x.shape, axis);
  return g.node({
    op: 'Slice',
    inputs: [x, start, stop, g.int64([at])],
    outputs: [{ dtype: x.dtype, shape: x.shape.map((d, i) => (i === at ? size : d)) }],
  })[0]!;
}

/** Largest `k` (int64 [1]) entries of the last axis, sorted: values and int64 indices, last axis of size `size`. */
export function topK(g: GraphBuilder, x: Value, k: Value, size: Dim): [values: Value, indices: Value] {
  const shape = [...x.shape.slice(0, -1), size];
  const [values, indices] = g.node({
    op: 'TopK',
    inputs: [x, k],
    attributes: { axis: x.shape.length - 1, largest: 1, sorted: 1 },
    outputs: [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ],
  });
  return [values!, indices!];
}

/** Index of the largest entry of the last axis, int64, that axis dropped. */
export function argMax(g: GraphBuilder, x: Value): Value {
  return one(g, 'ArgMax', [x], x.shape.slice(0, -1), { axis: x.shape.length - 1, keepdims: 0 }, 'int64');
}

function reduce(op: string) {
  return (g: GraphBuilder, x: Value, axis = -1, keep = false): Value => {
    const at = axisOf(x.shape, axis);
    const shape = keep ? x.shape.map((d, i) => (i === at ? 1 : d)) : x.shape.filter((_, i) => i !== at);
    return g.node({
      op,
      inputs: [x, g.int64([at])],
      attributes: { keepdims: keep ? 1 : 0 },
      outputs: [{ dtype: x.dtype, shape }],
    })[0]!;
  };
}

export const reduceSum = reduce('ReduceSum');
export const reduceMax = reduce('ReduceMax');
export const reduceMean = reduce('ReduceMean');

export function cast(g: GraphBuilder, x: Value, dtype: DType): Value {
  return one(g, 'Cast', [x], x.shape, { to: onnxType(dtype) }, dtype);
}

/** TensorProto.DataType of a dtype. */
export function onnxType(dtype: DType): number {
  return { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10, uint4: 21 }[dtype];
}
