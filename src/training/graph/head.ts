import type { FusedGradient } from '../../onnx/autodiff/gradients';
import type { GraphBuilder, Value } from '../../onnx/graph';
import { gatherElements, log, mul, neg, reduceMax, reshape, softmax, sub, unsqueeze } from '../../onnx/ops';
import { identity, scatterAddElements } from '../../onnx/ops-backward';

/** A value with the better form of its gradient. */
export interface WithGradient {
  readonly value: Value;
  readonly fused: FusedGradient;
}

/**
 * log softmax(logits)[target] of each row: logits [N,V], targets int64 [N] or [N,1] (WebGPU cannot reshape integers) -> [N]. Gradient: (onehot - p) d, written into p's place.
 * log-sum-exp = max logit - log max p, so the logarithm is never taken over the vocabulary.
 */
export function logProbabilities(g: GraphBuilder, logits: Value, targets: Value): WithGradient {
  const rows = logits.shape[0]!;
  const p = softmax(g, logits);
  const logSumExp = sub(g, reduceMax(g, logits, -1, true), log(g, reduceMax(g, p, -1, true)));
  const columns = targets.shape.length === 2 ? targets : unsqueeze(g, targets, 1);
  const value = reshape(g, sub(g, gatherElements(g, logits, columns), logSumExp), [-1], [rows]);
  return {
    value,
    fused: {
      output: value,
      inputs: [logits],
      backward: (builder, gradient) => {
        const d = unsqueeze(builder, gradient, 1);
        return [scatterAddElements(builder, mul(builder, p, neg(builder, d)), columns, d, 1)];
      },
    },
  };
}

/** A copy of x that gradients do not pass. */
export function stopGradient(g: GraphBuilder, x: Value): WithGradient {
  const value = identity(g, x);
  return { value, fused: { output: value, inputs: [], backward: () => [] } };
}
