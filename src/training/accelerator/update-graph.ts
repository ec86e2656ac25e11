/** A whole update as one graph: forward, backward, clipping and optimiser. What it changes are inputs and outputs, and can stay on a device from one update to the next. */
import type { TransformerConfig } from '../../model/config';
import { GraphBuilder, type Graph, type Value } from '../../onnx/graph';
import { addToRows, unsqueezeAxes } from '../../onnx/ops-backward';
import { weightedCrossEntropy, type LossBuilder } from '../graph/losses';
import { cpuTraining } from '../graph/lowering';
import { trainingStep } from '../graph/training-graph';
import { optimiserGraph, type OptimiserGraphOptions } from './optimiser-graph';

export interface UpdateGraphOptions extends OptimiserGraphOptions {
  /** Sequences of an update, their tokens, and the places for loss rows. */
  readonly batch: number;
  readonly length: number;
  readonly rows: number;
  /** Default: weightedCrossEntropy. */
  readonly loss?: LossBuilder;
}

export interface UpdateGraph {
  readonly graph: Graph;
  /** Names of the inputs that an update changes, weights first; the output of each is called `new.<name>`. */
  readonly kept: readonly string[];
  /** How many of them are weights. */
  readonly weights: number;
  /** Nodes from this one on are the optimiser's: their products want full precision, Newton-Schulz iteration being no friend of rounding. */
  readonly optimiserFrom: number;
}

export const newPrefix = 'new.';

/**
 * Inputs: weights and moments by name (`muon.`, `adam.first.`, `adam.second.`), those of the schedule (see optimiserGraph), and of the batch `ids` int64 [B*L], `documents` int64
 * [B,L] (tokens see those of the same number), `rows`, `targets` int64 [N,1] and the loss's. A row may come several times; places that are not needed have weight 0.
 * Outputs: `loss`, its metrics, `gradient_norm`, and each weight and moment as `new.<name>`. The network must be tied, and is trained whole.
 */
export function buildUpdateGraph(c: TransformerConfig, options: UpdateGraphOptions): UpdateGraph {
  const g = new GraphBuilder('update');
  const { batch, length, rows } = options;
  const loss = options.loss ?? weightedCrossEntropy;
  const step = trainingStep(g, c, { lowering: cpuTraining, batch, length, rows, loss, repeatedRows: true, documents: true });
  const learnt = step.learnt!;
  g.output('loss', learnt.loss);
  for (const [name, value] of Object.entries(learnt.metrics)) g.output(name, value);
  const optimiserFrom = g.appended.length;
  const toRows = (to: Value, at: Value, what: Value): Value =>
    addToRows(g, to, at.shape.length === 2 ? at : unsqueezeAxes(g, at, [1]), what);
  const embedding = toRows(
    toRows(learnt.gradients.get('embedding')!, step.ids, learnt.byPosition!),
    step.targets,
    learnt.byTarget!,
  );
  const gradients = new Map([...learnt.gradients, ['embedding', embedding]]);
  const { kept, gradientNorm } = optimiserGraph(g, step.trained, gradients, options);
  g.output('gradient_norm', gradientNorm);
  for (const { name, after } of kept) g.output(newPrefix + name, after);
  const weights = kept.filter((k) => step.trained.has(k.name));
  const moments = kept.filter((k) => !step.trained.has(k.name));
  const graph = g.build();
  const last = g.appended.length - optimiserFrom;
  return {
    graph,
    kept: [...weights, ...moments].map((k) => k.name),
    weights: weights.length,
    optimiserFrom: graph.nodes.length - last,
  };
}
