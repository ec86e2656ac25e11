/** One training step as a graph: forward, loss and backward, with the weights as inputs. */
import type { TransformerConfig } from '../../model/config';
import { gradients } from '../../onnx/autodiff/gradients';
import { GraphBuilder, type Dim, type Graph } from '../../onnx/graph';
import { gather } from '../../onnx/ops';
import { rmsNorm } from '../../onnx/ops-microsoft';
import { logProbabilities } from './head';
import type { LossBuilder } from './losses';
import { timesTransposed } from './lowering';
import { hiddenRows, type SequenceSizes } from './transformer';
import { declareWeights, type WeightOptions } from './weights';

export interface TrainingGraphOptions extends SequenceSizes, WeightOptions {
  /** Rows whose targets enter the loss. Default: known at run time only. */
  readonly rows?: Dim;
  readonly loss: LossBuilder;
  /** Leave the backward pass out: log-probabilities only. */
  readonly forwardOnly?: boolean;
}

export const gradientPrefix = 'grad.';

/**
 * Inputs: every parameter that is not frozen in the graph, and the adapter's, by name; `ids`, `positions`, `bias` (see hiddenRows); `rows` int64 [N], the loss rows as b*L+l; `targets` int64 [N]; those of the loss.
 * Outputs: `loss` and the loss's metrics, scalars; `logp` f32 [N]; `grad.<parameter>` of each that is trained.
 */
export function buildTrainingGraph(c: TransformerConfig, options: TrainingGraphOptions): Graph {
  const g = new GraphBuilder('train');
  const weights = declareWeights(g, c, options);
  const hidden = hiddenRows(g, c, options.lowering, options, weights);
  const count = options.rows ?? 'N';
  const picked = gather(g, hidden, g.input('rows', 'int64', [count]));
  const normed = rmsNorm(g, picked, weights.value('finalNorm'), c.normEpsilon);
  const logits = timesTransposed(g, options.lowering, normed, weights.value(c.tied ? 'embedding' : 'head'));
  const logp = logProbabilities(g, logits, g.input('targets', 'int64', [count]));
  g.output('logp', logp.value);
  if (options.forwardOnly) return g.build();
  const { loss, metrics, fused } = options.loss(g, logp.value);
  g.output('loss', loss);
  for (const [name, value] of Object.entries(metrics)) g.output(name, value);
  const byWeight = gradients(g, loss, [...weights.trained.values()], {
    fusedMatMul: options.lowering.fusedMatMul,
    fused: [logp.fused, ...fused],
  });
  [...weights.trained.keys()].forEach((name, i) => {
    g.output(gradientPrefix + name, byWeight[i]!);
  });
  return g.build();
}
