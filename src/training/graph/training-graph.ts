/** One training step as a graph: forward, loss and backward, with the weights as inputs. */
import type { TransformerConfig } from '../../model/config';
import { gradients } from '../../onnx/autodiff/gradients';
import { GraphBuilder, type Dim, type Graph, type Value } from '../../onnx/graph';
import { rmsNorm } from '../../onnx/ops-microsoft';
import { headLogProbabilities, pickedRows } from './head';
import type { LossBuilder } from './losses';
import { embeddedRows, hiddenRows, type HiddenOptions } from './transformer';
import { declareWeights, type WeightOptions } from './weights';

export interface TrainingGraphOptions extends HiddenOptions, WeightOptions {
  /** Rows whose targets enter the loss. Default: known at run time only. */
  readonly rows?: Dim;
  /** A row may have several targets, each of which stands for itself. Not on every provider. */
  readonly repeatedRows?: boolean;
  readonly loss: LossBuilder;
  /** Leave the backward pass out: log-probabilities only. */
  readonly forwardOnly?: boolean;
}

export const gradientPrefix = 'grad.';

/** Output: the gradient by each position's embedding, to be added to the rows of the embedding's gradient. */
export const embeddedGradient = `${gradientPrefix}embedding/rows`;
/** Output: gradients to be added to the rows of the head's gradient (the embedding's, when tied), at each loss row's target. */
export const targetGradient = `${gradientPrefix}head/targets`;

/**
 * Inputs: every parameter that is not frozen in the graph, and the adapter's, by name; `ids`, `positions`, `bias` (see hiddenRows); `rows` int64 [N,1], the loss rows as b*L+l, no two the same; `targets` int64 [N,1]; those of the loss.
 * Outputs: `loss` and the loss's metrics, scalars; `logp` f32 [N]; `grad.<parameter>` of each that is trained. The embedding's is that by the tied head (or none),
 * and `grad.embedding/rows` [B*L, width] is still to be added to it at the rows `ids`, as is `grad.head/targets` [N, width] to the head's at the rows `targets`:
 * the runtime's scattering operators lose summands when several threads add to one row (ScatterND), or are slow (ScatterElements), and most ids come many times.
 */
export function buildTrainingGraph(c: TransformerConfig, options: TrainingGraphOptions): Graph {
  const g = new GraphBuilder('train');
  const { logp, learnt } = trainingStep(g, c, options);
  g.output('logp', logp);
  if (!learnt) return g.build();
  g.output('loss', learnt.loss);
  for (const [name, value] of Object.entries(learnt.metrics)) g.output(name, value);
  for (const [name, value] of learnt.gradients) g.output(gradientPrefix + name, value);
  if (learnt.byPosition) g.output(embeddedGradient, learnt.byPosition);
  if (learnt.byTarget) g.output(targetGradient, learnt.byTarget);
  return g.build();
}

/** What one step computes, as values of the graph that it was added to. */
export interface TrainingStep {
  /** [N]. */
  readonly logp: Value;
  readonly ids: Value;
  readonly targets: Value;
  /** By name: the inputs that are trained. */
  readonly trained: ReadonlyMap<string, Value>;
  /** Null in a forward-only graph. */
  readonly learnt: {
    /** Scalars. */
    readonly loss: Value;
    readonly metrics: Readonly<Record<string, Value>>;
    /** By parameter; the embedding's lacks what the next two add to its rows. */
    readonly gradients: ReadonlyMap<string, Value>;
    /** [B*L, width], for the rows `ids`; null where the embedding is not trained. */
    readonly byPosition: Value | null;
    /** [N, width], for the head's rows `targets`; null where the head is not trained. */
    readonly byTarget: Value | null;
  } | null;
}

/** Adds forward, loss and backward pass, with the inputs that buildTrainingGraph names. */
export function trainingStep(g: GraphBuilder, c: TransformerConfig, options: TrainingGraphOptions): TrainingStep {
  const weights = declareWeights(g, c, options);
  const { ids, rows: embedded } = embeddedRows(g, options, weights);
  const { hidden, fused: ofLayers, stretches } = hiddenRows(g, c, options.lowering, options, weights, embedded);
  const count = options.rows ?? 'N';
  const picked = pickedRows(g, hidden, g.input('rows', 'int64', [count, 1]), options.repeatedRows ?? false);
  const normed = rmsNorm(g, picked.value, weights.value('finalNorm'), c.normEpsilon);
  const head = c.tied ? 'embedding' : 'head';
  const targets = g.input('targets', 'int64', [count, 1]);
  const logp = headLogProbabilities(g, options.lowering, normed, weights.value(head), targets);
  const forward = { logp: logp.value, ids, targets, trained: weights.trained };
  if (options.forwardOnly) return { ...forward, learnt: null };
  const { loss, metrics, fused } = options.loss(g, logp.value);
  const trained = new Map(weights.trained);
  const embeddingTrained = trained.has('embedding');
  if (embeddingTrained && !c.tied) trained.delete('embedding');
  const found = gradients(g, loss, [...trained.values(), ...(embeddingTrained ? [embedded] : [])], {
    fusedMatMul: options.lowering.fusedMatMul,
    scatterRows: options.lowering.scatterRows,
    fused: [logp.fused, picked.fused, ...ofLayers, ...fused, { output: embedded, inputs: [], backward: () => [] }],
    recompute: stretches,
  });
  return {
    ...forward,
    learnt: {
      loss,
      metrics,
      gradients: new Map([...trained.keys()].map((name, i) => [name, found[i]!])),
      byPosition: embeddingTrained ? found[trained.size]! : null,
      byTarget: weights.trained.has(head) ? logp.byTarget.rows : null,
    },
  };
}
