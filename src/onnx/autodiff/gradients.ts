/** Reverse-mode differentiation of a graph under construction: appends the backward nodes to the same builder. */
import { GraphError, type GraphBuilder, type GraphNode, type Value } from '../graph';
import { add } from '../ops';
import { identity } from '../ops-backward';
import { attentionRules } from './attention';
import { elementwiseRules } from './elementwise';
import { layoutRules } from './layout';
import { productRules } from './products';
import { quantisedRules } from './quantised';
import { reductionRules } from './reductions';
import { Recomputation, type Stretch } from './recompute';
import type { GradientOptions, GradientRule } from './rule';

const rules: Readonly<Record<string, GradientRule>> = {
  ...elementwiseRules,
  ...productRules,
  ...quantisedRules,
  ...layoutRules,
  ...reductionRules,
  ...attentionRules,
};

/** Operators that can be differentiated. */
export const differentiable: readonly string[] = Object.keys(rules);

/**
 * A piece of the graph whose gradient is known in a better form than node by node: where `output`'s gradient is known,
 * `backward` gives that by each of `inputs`, and the nodes between are passed over.
 */
export interface FusedGradient {
  readonly output: Value;
  readonly inputs: readonly Value[];
  /** `current` gives a value of the forward pass as the backward pass has it: computed anew in a stretch that is. */
  backward(g: GraphBuilder, gradient: Value, current: (v: Value) => Value): readonly (Value | null)[];
}

/**
 * Gradients of the scalar `loss` by each of `wrt`, in their order and shapes. Only what lies between is differentiated.
 * Throws GraphError if an operator there has no rule, or if one of `wrt` does not reach the loss.
 */
export function gradients(
  g: GraphBuilder,
  loss: Value,
  wrt: readonly Value[],
  options: GradientOptions & { readonly fused?: readonly FusedGradient[]; readonly recompute?: readonly Stretch[] } = {},
): Value[] {
  if (loss.shape.length !== 0) throw new GraphError(`the loss must be a scalar, not [${loss.shape.join(',')}]`);
  const forward = [...g.appended];
  const dependent = dependents(forward, wrt);
  const sums = new Sums(g, dependent);
  sums.give(loss, g.float(1));
  const fused = new Map((options.fused ?? []).map((f) => [f.output.name, f]));
  const again = new Recomputation(g, forward, options.recompute ?? []);
  for (let at = forward.length - 1; at >= 0; at--) {
    const node = forward[at]!;
    const arrived = node.outputs.map((o) => sums.of(o));
    const trigger = arrived.find((d) => d !== null);
    if (!trigger) continue;
    again.reach(at, trigger);
    const piece = node.outputs.map((o) => fused.get(o)).find((f) => f !== undefined);
    if (piece) {
      sums.giveAll(piece.inputs, piece.backward(g, sums.of(piece.output.name)!, again.current));
      continue;
    }
    const rule = rules[node.op];
    if (!rule) throw new GraphError(`operator ${node.op} cannot be differentiated`);
    const named = (name: string): Value | null => (name === '' ? null : g.valueNamed(name));
    const inputs = node.inputs.map(named);
    const current = (v: Value | null): Value | null => v && again.current(v);
    const given = rule({
      g,
      node,
      inputs: inputs.map(current),
      outputs: node.outputs.map(named).map(current),
      gradients: arrived,
      needs: (i) => dependent.has(node.inputs[i] ?? ''),
      fusedMatMul: options.fusedMatMul ?? true,
      scatterRows: options.scatterRows ?? false,
    });
    sums.giveAll(inputs, given);
  }
  const returned = new Set<Value>();
  return wrt.map((v) => {
    const found = sums.of(v.name);
    if (!found) throw new GraphError(`${v.name} does not reach the loss`);
    // Each gradient is a value of its own, so that each can be made an output.
    const own = returned.has(found) ? identity(g, found) : found;
    returned.add(own);
    return own;
  });
}

/** Names of the values that depend on `wrt`, themselves included. */
function dependents(nodes: readonly GraphNode[], wrt: readonly Value[]): ReadonlySet<string> {
  const found = new Set(wrt.map((v) => v.name));
  for (const node of nodes) {
    if (node.inputs.some((i) => found.has(i))) for (const o of node.outputs) if (o !== '') found.add(o);
  }
  return found;
}

/** Gradients collected so far, by value; uses add up. */
class Sums {
  private readonly byName = new Map<string, Value>();

  constructor(
    private readonly g: GraphBuilder,
    private readonly dependent: ReadonlySet<string>,
  ) {}

  of(name: string): Value | null {
    return this.byName.get(name) ?? null;
  }

  give(target: Value, gradient: Value): void {
    if (!this.dependent.has(target.name)) return;
    const known = this.byName.get(target.name);
    this.byName.set(target.name, known ? add(this.g, known, gradient) : gradient);
  }

  giveAll(targets: readonly (Value | null)[], given: readonly (Value | null)[]): void {
    targets.forEach((target, i) => {
      const gradient = given[i];
      if (target && gradient) this.give(target, gradient);
    });
  }
}
