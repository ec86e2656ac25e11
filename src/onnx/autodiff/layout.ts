/** Gradient rules of operators that move, cut, join and pick elements. */
import { GraphError, type Value } from '../graph';
import { concat, reshape, sizeOf, sub, transpose } from '../ops';
import {
  expandLike,
  filledLike,
  padZeros,
  reshapeLike,
  scatterAddElements,
  scatterAddRows,
  splitLike,
  unsqueezeAxes,
} from '../ops-backward';
import { axisOf, mulDims, sameShape } from '../shape';
import { constantInts, intAttribute, outputGradient, type GradientRule, type RuleContext } from './rule';

const reshaped: GradientRule = (c) => [reshapeLike(c.g, outputGradient(c), c.inputs[0]!), null];

export const layoutRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshaped,
  Unsqueeze: reshaped,
  Squeeze: reshaped,

  Transpose: (c) => {
    const perm = c.node.attributes['perm'] as readonly number[];
    const inverse = perm.map((_, i) => perm.indexOf(i));
    return [transpose(c.g, outputGradient(c), inverse)];
  },

  Split: (c) => {
    const parts = c.gradients.map((d, i) => d ?? filledLike(c.g, c.outputs[i]!, 0));
    return [concat(c.g, parts, intAttribute(c, 'axis', 0)), null];
  },

  Concat: (c) => splitLike(c.g, outputGradient(c), c.inputs as Value[], intAttribute(c, 'axis', 0)),

  /** Zeros around the slice. Its start must not be negative; its end may lie beyond the axis. */
  Slice: (c) => {
    const { g } = c;
    const [x, start] = [c.inputs[0]!, c.inputs[1]!];
    const known = g.initializerNamed(start.name) ? constantInts(c, 1) : [0];
    const [axis] = constantInts(c, 3);
    if (known.length !== 1 || known[0]! < 0 || c.inputs[4])
      throw new GraphError('Slice: only a slice of one axis, forwards from its start, can be differentiated');
    const d = outputGradient(c);
    const after = sub(g, sub(g, sizeOf(g, x, axis!), start), sizeOf(g, d, axis!));
    return [padZeros(g, d, axis!, start, after, x.shape[axis!]!), null, null, null];
  },

  /** Rows that were picked more than once add up. */
  Gather: (c) => {
    const { g } = c;
    const [data, indices] = [c.inputs[0]!, c.inputs[1]!];
    const axis = axisOf(data.shape, intAttribute(c, 'axis', 0));
    const count = indices.shape.length;
    const d = outputGradient(c);
    // WebGPU cannot reshape integers: where they are a column already, nothing is done.
    const column = [mulDims(indices.shape), 1];
    const flatIndices = sameShape(indices.shape, column) ? indices : reshape(g, indices, [-1, 1], column);
    const others = data.shape.map((_, i) => i).filter((i) => i !== axis);
    const picked = Array.from({ length: count }, (_, i) => axis + i);
    const rest = others.map((i) => (i < axis ? i : i + count - 1));
    const front = axis === 0 ? d : transpose(g, d, [...picked, ...rest]);
    const sizes = others.map((i) => data.shape[i]!);
    const flat = flattenFront(c, front, count, mulDims(indices.shape), sizes);
    const toFront = axis === 0 ? data : transpose(g, data, [axis, ...others]);
    const summed = addRows(c, filledLike(g, toFront, 0), flatIndices, flat);
    const back = data.shape.map((_, i) => (i === axis ? 0 : others.indexOf(i) + 1));
    return [axis === 0 ? summed : transpose(g, summed, back), null];
  },

  GatherElements: (c) => {
    const data = c.inputs[0]!;
    const axis = intAttribute(c, 'axis', 0);
    return [scatterAddElements(c.g, filledLike(c.g, data, 0), c.inputs[1]!, outputGradient(c), axis), null];
  },
};

/** `data` with the rows `updates` [N, ..] added at the int64 `indices` [N, 1] of its first axis. */
function addRows(c: RuleContext, data: Value, indices: Value, updates: Value): Value {
  const { g } = c;
  if (c.scatterRows) return scatterAddRows(g, data, indices, updates);
  // A vector's rows are numbers.
  if (updates.shape.length === 1) return scatterAddElements(g, data, reshape(g, indices, [-1], updates.shape), updates, 0);
  const inner = Array.from({ length: updates.shape.length - 2 }, (_, i) => i + 2);
  const wide = expandLike(g, unsqueezeAxes(g, indices, inner), updates);
  return scatterAddElements(g, data, wide, updates, 0);
}

/** The first `count` axes as one. */
function flattenFront(c: RuleContext, x: Value, count: number, rows: Value['shape'][number], rest: Value['shape']): Value {
  if (count === 1) return x;
  const unknown = rest.filter((d) => typeof d === 'string').length;
  if (unknown > 0) throw new GraphError('Gather: rows of sizes unknown at build time cannot be differentiated');
  return reshape(c.g, x, [-1, ...(rest as readonly number[])], [rows, ...rest]);
}
