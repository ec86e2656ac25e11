/** One training step as a graph: forward, loss and backward, with the weights as inputs. */
import type { TransformerConfig } from '../../model/config';
import { gradients } from '../../onnx/autodiff/gradients';
import { GraphBuilder, type Dim, type Graph, type Value } from '../../onnx/graph';
import { gather } from '../../onnx/ops';
import { rmsNorm } from '../../onnx/ops-microsoft';
import { parameterShapes } from '../parameters';
import { logProbabilities } from './head';
import type { LossBuilder } from './losses';
import { timesTransposed, type TrainingLowering } from './lowering';
import { hiddenRows, type SequenceSizes } from './transformer';

export interface TrainingGraphOptions extends SequenceSizes {
  readonly lowering: TrainingLowering;
  /** Rows whose targets enter the loss. Default: known at run time only. */
  readonly rows?: Dim;
  readonly loss: LossBuilder;
  /** Parameters to be trained; the others stay as they are and cost no backward pass. Default: all. */
  readonly trainable?: (name: string) => boolean;
  /** Leave the backward pass out: log-probabilities only. */
  readonly forwardOnly?: boolean;
}

export const gradientPrefix = 'grad.';

/**
 * Inputs: every parameter by name; `ids`, `positions`, `bias` (see hiddenRows); `rows` int64 [N], the loss rows as b*L+l; `targets` int64 [N]; those of the loss.
 * Outputs: `loss` and the loss's metrics, scalars; `logp` f32 [N]; `grad.<parameter>` of each that is trained.
 */
export function buildTrainingGraph(c: TransformerConfig, options: TrainingGraphOptions): Graph {
  const g = new GraphBuilder('train');
  const weights = new Map<string, Value>(parameterShapes(c).map((p) => [p.name, g.input(p.name, 'float32', p.shape)]));
  const hidden = hiddenRows(g, c, options.lowering, options, (name) => weights.get(name)!);
  const count = options.rows ?? 'N';
  const picked = gather(g, hidden, g.input('rows', 'int64', [count]));
  const normed = rmsNorm(g, picked, weights.get('finalNorm')!, c.normEpsilon);
  const logits = timesTransposed(g, options.lowering, normed, weights.get(c.tied ? 'embedding' : 'head')!);
  const logp = logProbabilities(g, logits, g.input('targets', 'int64', [count]));
  g.output('logp', logp.value);
  if (options.forwardOnly) return g.build();
  const { loss, metrics, fused } = options.loss(g, logp.value);
  g.output('loss', loss);
  for (const [name, value] of Object.entries(metrics)) g.output(name, value);
  const trained = [...weights.keys()].filter(options.trainable ?? (() => true));
  const byWeight = gradients(
    g,
    loss,
    trained.map((n) => weights.get(n)!),
    { fusedMatMul: options.lowering.fusedMatMul, fused: [logp.fused, ...fused] },
  );
  byWeight.forEach((value, i) => {
    g.output(gradientPrefix + trained[i]!, value);
  });
  return g.build();
}
