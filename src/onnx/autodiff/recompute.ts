/** Activations computed again in the backward pass instead of being kept (checkpointing, arXiv 1604.06174). */
import type { GraphBuilder, GraphNode, Value } from '../graph';
import { add, gather, mul, reshape } from '../ops';
import { mulDims } from '../shape';

/** Nodes whose results are not kept for the backward pass, which computes them again from `input`. */
export interface Stretch {
  /** Kept; what the stretch computes is computed from it. */
  readonly input: Value;
  /** First and one past the last of its nodes, as places in the builder's `appended`. */
  readonly start: number;
  readonly end: number;
}

/** The state of one backward pass: which stretches it has computed again, and as what. */
export class Recomputation {
  private readonly twins = new Map<string, Value>();
  private readonly pending: Stretch[];

  constructor(
    private readonly g: GraphBuilder,
    private readonly forward: readonly GraphNode[],
    stretches: readonly Stretch[],
  ) {
    this.pending = [...stretches];
  }

  /** A value of the forward pass, or its twin where it has been computed again. */
  readonly current = (v: Value): Value => this.twins.get(v.name) ?? v;

  /** Called when the backward pass comes to node `at`, where `gradient` has arrived: a stretch that this is in is computed again. */
  reach(at: number, gradient: Value): void {
    const found = this.pending.findIndex((s) => s.start <= at && at < s.end);
    if (found < 0) return;
    const [stretch] = this.pending.splice(found, 1);
    const { input, start, end } = stretch!;
    const twins = new Map([[input.name, later(this.g, input, gradient)]]);
    for (const node of this.forward.slice(start, end)) {
      if (!node.inputs.some((i) => twins.has(i))) continue;
      const inputs = node.inputs.map((i) => (i === '' ? null : (twins.get(i) ?? this.g.valueNamed(i))));
      const kept = node.outputs.map((o) => (o === '' ? null : this.g.valueNamed(o)));
      const fresh = this.g.node({
        ...node,
        inputs,
        outputs: kept.map((o) => o && { dtype: o.dtype, shape: o.shape }),
      });
      kept.filter((o) => o !== null).forEach((o, i) => twins.set(o.name, fresh[i]!));
    }
    for (const [name, twin] of twins) this.twins.set(name, twin);
  }
}

/**
 * x, but not before `gradient` is known: x + 0 * gradient[0]. Without it the runtime would see that the same is computed twice, compute it once and
 * keep it (common subexpressions), or compute it early. A gradient that is not finite makes it so too, and then all is lost anyway.
 */
function later(g: GraphBuilder, x: Value, gradient: Value): Value {
  const first = gather(g, reshape(g, gradient, [-1], [mulDims(gradient.shape)]), g.int64([0], true));
  return add(g, x, mul(g, first, g.float(0)));
}
