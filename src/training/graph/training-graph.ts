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
  const weights = declareWeights(g, c, options);
  const embedded = embeddedRows(g, options, weights);
  const { hidden, fused: ofLayers, stretches } = hiddenRows(g, c, options.lowering, options, weights, embedded);
  const count = options.rows ?? 'N';
  const picked = pickedRows(g, hidden, g.input('rows', 'int64', [count, 1]), options.repeatedRows ?? false);
  const normed = rmsNorm(g, picked.value, weights.value('finalNorm'), c.normEpsilon);
  const head = c.tied ? 'embedding' : 'head';
  const logp = headLogProbabilities(g, options.lowering, normed, weights.value(head), g.input('targets', 'int64', [count, 1]));
  g.output('logp', logp.value);
  if (options.forwardOnly) return g.build();
  const { loss, metrics, fused } = options.loss(g, logp.value);
  g.output('loss', loss);
  for (const [name, value] of Object.entries(metrics)) g.output(name, value);
  const trained = new Map(weights.trained);
  const embeddingTrained = trained.has('embedding');
  if (embeddingTrained && !c.tied) trained.delete('embedding');
  const outputs: [name: string, value: Value][] = [...trained].map(([name, value]) => [gradientPrefix + name, value]);
  if (embeddingTrained) outputs.push([embeddedGradient, embedded]);
  const found = gradients(
    g,
    loss,
    outputs.map(([, value]) => value),
    {
      fusedMatMul: options.lowering.fusedMatMul,
      scatterRows: options.lowering.scatterRows,
      fused: [logp.fused, picked.fused, ...ofLayers, ...fused, { output: embedded, inputs: [], backward: () => [] }],
      recompute: stretches,
    },
  );
  outputs.forEach(([name], i) => {
    g.output(name, found[i]!);
  });
  if (weights.trained.has(head) && logp.byTarget.rows) g.output(targetGradient, logp.byTarget.rows);
  return g.build();
}
