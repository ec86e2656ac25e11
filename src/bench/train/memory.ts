/** What an update must hold in memory at once, from the graph's own shapes. */
import { bytesPerElement, GraphError, type Dim, type Graph, type Value } from '../../onnx/graph';
import type { Parameter } from '../../training/parameters';

/** Sizes by the names that they have in the graph. */
export type RunSizes = Readonly<Record<string, number>>;

/** Results of these are their first input in another shape: no memory of their own. */
const views = ['Reshape', 'Unsqueeze', 'Squeeze', 'Identity'];

/**
 * Bytes of one batch's activations: of all that the forward pass computes and the backward pass reads, each value once, views not at all; weights and what
 * is fed are not among it. What lives only within the forward or only within the backward pass does not count either: it is overhead, as is whatever the
 * runtime holds beside.
 */
export function activationBytes(graph: Graph, sizes: RunSizes): number {
  const outputs = new Set(graph.outputs.map((o) => o.name).filter((name) => !name.startsWith('grad.')));
  const end = graph.nodes.findLastIndex((n) => n.outputs.some((o) => outputs.has(o))) + 1;
  const viewed = new Map<string, string>();
  const computed = new Set<string>();
  for (const node of graph.nodes.slice(0, end)) {
    if (views.includes(node.op)) viewed.set(node.outputs[0]!, viewed.get(node.inputs[0]!) ?? node.inputs[0]!);
    else for (const o of node.outputs) computed.add(o);
  }
  const read = graph.nodes.slice(end).flatMap((n) => n.inputs.map((i) => viewed.get(i) ?? i));
  const kept = [...new Set(read)].filter((name) => computed.has(name));
  return kept.reduce((sum, name) => sum + bytesOf(graph.values.get(name)!, sizes), 0);
}

function bytesOf(v: Value, sizes: RunSizes): number {
  return v.shape.reduce<number>((product, d) => product * sizeOf(d, sizes), bytesPerElement(v.dtype));
}

/** Sizes known at run time only are names, products of them (`8*L`), or sums (`P+R`). */
function sizeOf(d: Dim, sizes: RunSizes): number {
  if (typeof d === 'number') return d;
  const factor = (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : sizes[text];
    if (value === undefined) throw new GraphError(`the size ${text} is not given`);
    return value;
  };
  const product = (text: string): number => text.split('*').reduce((p, t) => p * factor(t), 1);
  return d.split('+').reduce((sum, text) => sum + product(text), 0);
}

export function parameterBytes(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, p) => sum + p.data.byteLength, 0);
}
