import { GraphError, type Attribute, type GraphBuilder, type GraphNode, type Shape, type Value } from '../graph';
import { isStatic, reduceSumAxes, reshapeLike } from '../ops-backward';
import { sameShape } from '../shape';

export interface GradientOptions {
  /** Write transposed products as FusedMatMul, which copies nothing; WebGPU has no such operator. Default true. */
  readonly fusedMatMul?: boolean;
  /**
   * Add rows that were gathered by ScatterND, which WebGPU does with atomic sums. The CPU's (1.30) loses summands where several threads add to
   * one row, so the default is ScatterElements.
   */
  readonly scatterRows?: boolean;
}

/** One node to be differentiated, and what is known of it. */
export interface RuleContext {
  readonly g: GraphBuilder;
  readonly node: GraphNode;
  /** null: an optional input left out. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly (Value | null)[];
  /** Gradient of the loss by each output; null where it does not reach the loss. At least one is there. */
  readonly gradients: readonly (Value | null)[];
  /** Whether the gradient by input i is of use to anyone. */
  readonly needs: (i: number) => boolean;
  readonly fusedMatMul: boolean;
  readonly scatterRows: boolean;
}

/** Appends the backward nodes of one node; returns the gradient by each input (null: none, or not needed). */
export type GradientRule = (c: RuleContext) => readonly (Value | null)[];

/** x summed over the axes along which `shape` was broadcast to become x's. */
export function sumTo(g: GraphBuilder, x: Value, like: Value): Value {
  if (sameShape(x.shape, like.shape)) return x;
  const lead = x.shape.length - like.shape.length;
  const axes = x.shape.map((_, i) => i).filter((i) => i < lead || (like.shape[i - lead] === 1 && x.shape[i] !== 1));
  const rest = x.shape.map((d, i) => (axes.includes(i) ? 1 : d)).slice(lead);
  if (!sameShape(rest, like.shape)) {
    throw new GraphError(
      `cannot tell at build time how [${like.shape.join(',')}] was broadcast to [${x.shape.join(',')}], so its gradient cannot be summed`,
    );
  }
  // A leading axis of a matrix is summed fastest without keeping it.
  return reshapeLike(g, reduceSumAxes(g, x, axes, false), like);
}

/** The int64 constants of an input, as axes and sizes are given. */
export function constantInts(c: RuleContext, i: number): number[] {
  const name = c.node.inputs[i] ?? '';
  const found = c.g.initializerNamed(name);
  if (found?.dtype !== 'int64') throw new GraphError(`${c.node.op}: input ${i} is not an int64 constant, its gradient needs one`);
  const { buffer, byteOffset, byteLength } = found.data;
  return Array.from(new BigInt64Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer), Number);
}

export function intAttribute(c: RuleContext, name: string, otherwise: number): number {
  const value: Attribute | undefined = c.node.attributes[name];
  return typeof value === 'number' ? value : otherwise;
}

export function floatAttribute(c: RuleContext, name: string, otherwise: number): number {
  const value: Attribute | undefined = c.node.attributes[name];
  return typeof value === 'object' && 'float' in value ? value.float : otherwise;
}

/** Number of elements along axes, if known at build time. */
export function staticCount(v: Value, axes: readonly number[]): number {
  const sizes: Shape = axes.map((a) => v.shape[a]!);
  if (!isStatic(sizes)) throw new GraphError(`sizes [${sizes.join(',')}] must be known at build time to differentiate a mean`);
  return sizes.reduce((a, b) => a * b, 1);
}

/** The only output's gradient, for operators of one output. */
export function outputGradient(c: RuleContext): Value {
  return c.gradients[0]!;
}
