/** An update graph written down for whoever runs it: nodes as JSON, constants as one file. */
import type { Graph } from '../../onnx/graph';
import { frameLayout, type FramePart } from './frames';
import { betas } from './optimiser-graph';
import { newPrefix, type UpdateGraph } from './update-graph';

export interface Plan {
  readonly version: 1;
  readonly nodes: Graph['nodes'];
  /** Constants in the file beside the plan. */
  readonly constants: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly offset: number;
  }[];
  /** What an update changes, weights first; its outputs are called `new.<name>`. */
  readonly kept: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly weights: number;
  readonly frame: { readonly parts: readonly FramePart[]; readonly bytes: number };
  /** Other outputs: scalars to be logged. */
  readonly scalars: readonly string[];
  readonly optimiserFrom: number;
  /** By which the schedule's corrections are worked out. */
  readonly betas: typeof betas;
}

/** The plan, and the bytes of its constants. */
export function planOfUpdate({ graph, kept, weights, optimiserFrom }: UpdateGraph): {
  readonly plan: Plan;
  readonly constants: Uint8Array;
} {
  let offset = 0;
  const constants = [...graph.initializers.values()].map(({ name, dtype, shape, data }) => {
    const at = offset;
    offset += data.byteLength;
    return { name, dtype, shape, offset: at, data };
  });
  const bytes = new Uint8Array(offset);
  for (const c of constants) bytes.set(c.data, c.offset);
  const shapes = new Map(graph.inputs.map((i) => [i.name, i.shape as readonly number[]]));
  const plan: Plan = {
    version: 1,
    nodes: graph.nodes,
    constants: constants.map(({ name, dtype, shape, offset: at }) => ({ name, dtype, shape, offset: at })),
    kept: kept.map((name) => ({ name, shape: shapes.get(name)! })),
    weights,
    frame: frameLayout(graph, kept),
    scalars: graph.outputs.map((o) => o.name).filter((name) => !name.startsWith(newPrefix)),
    optimiserFrom,
    betas,
  };
  return { plan, constants: bytes };
}
