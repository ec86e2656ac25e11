import type { FusedGradient } from '../../onnx/autodiff/gradients';
import type { GraphBuilder, Value } from '../../onnx/graph';
import {
  gather,
  gatherElements,
  log,
  matMul,
  mul,
  neg,
  reduceMax,
  reshape,
  softmax,
  sub,
  transpose,
  unsqueeze,
} from '../../onnx/ops';
import { addToRows, filledLike, identity, scatterAddElements, scatterRows } from '../../onnx/ops-backward';
import { timesTransposed, type TrainingLowering } from './lowering';

/** A value with the better form of its gradient. */
export interface WithGradient {
  readonly value: Value;
  readonly fused: FusedGradient;
}

/** Rows of x [M, width] at `rows` int64 [N,1]: [N, width]. Where no two are the same each gradient goes to a place of its own, and nothing is added up. */
export function pickedRows(g: GraphBuilder, x: Value, rows: Value, repeated: boolean): WithGradient {
  const [count, width] = [rows.shape[0]!, x.shape[1] as number];
  const value = reshape(g, gather(g, x, rows), [-1, width], [count, width]);
  return {
    value,
    fused: {
      output: value,
      inputs: [x],
      backward: (builder, d, current) => [
        (repeated ? addToRows : scatterRows)(builder, filledLike(builder, current(x), 0), rows, d),
      ],
    },
  };
}

/** log softmax(logits)[target] of each row: logits [N,V], targets int64 [N] or [N,1] (WebGPU cannot reshape integers) -> [N]. */
export function logProbabilities(g: GraphBuilder, logits: Value, targets: Value): WithGradient {
  const columns = asColumn(g, targets);
  const { p, value } = probabilities(g, logits, columns);
  return {
    value,
    fused: {
      output: value,
      inputs: [logits],
      // (onehot - p) d, written into p's place.
      backward: (builder, gradient) => {
        const d = unsqueeze(builder, gradient, 1);
        return [scatterAddElements(builder, mul(builder, p, neg(builder, d)), columns, d, 1)];
      },
    },
  };
}

export interface HeadLogProbabilities extends WithGradient {
  /** Filled by the backward pass: what is still to be added to the gradient of row target[n] of the weight, [N, width]. */
  readonly byTarget: { rows: Value | null };
}

/**
 * log softmax(x W')[target] for x [N, width], W [V, width] and targets int64 [N,1] -> [N]. With d the gradient by it and p the softmax, that by the logits is
 * d (onehot - p); its two parts are kept apart, so that nothing of the size [N,V] is computed besides p:
 * dx = d (W[target] - p W), and dW = p' (-d x) with d x added to the rows of the targets. These are left to the caller: see embeddedGradient.
 */
export function headLogProbabilities(
  g: GraphBuilder,
  lowering: TrainingLowering,
  x: Value,
  weight: Value,
  targets: Value,
): HeadLogProbabilities {
  const { p, value } = probabilities(g, timesTransposed(g, lowering, x, weight), targets);
  const byTarget: { rows: Value | null } = { rows: null };
  return {
    value,
    byTarget,
    fused: {
      output: value,
      inputs: [x, weight],
      backward: (b, gradient) => {
        const d = unsqueeze(b, gradient, 1);
        const wanted = reshape(b, gather(b, weight, targets), [-1, x.shape[1] as number], x.shape);
        const byX = mul(b, sub(b, wanted, matMul(b, p, weight)), d);
        byTarget.rows = mul(b, x, d);
        // The smaller factor and the result are transposed, and not p.
        const byWeight = transpose(b, matMul(b, transpose(b, neg(b, byTarget.rows), [1, 0]), p), [1, 0]);
        return [byX, byWeight];
      },
    },
  };
}

/** log-sum-exp = max logit - log max p, so the logarithm is never taken over the vocabulary. */
function probabilities(g: GraphBuilder, logits: Value, columns: Value): { readonly p: Value; readonly value: Value } {
  const p = softmax(g, logits);
  const logSumExp = sub(g, reduceMax(g, logits, -1, true), log(g, reduceMax(g, p, -1, true)));
  return { p, value: reshape(g, sub(g, gatherElements(g, logits, columns), logSumExp), [-1], [logits.shape[0]!]) };
}

function asColumn(g: GraphBuilder, targets: Value): Value {
  return targets.shape.length === 2 ? targets : unsqueeze(g, targets, 1);
}

/** A copy of x that gradients do not pass. */
export function stopGradient(g: GraphBuilder, x: Value): WithGradient {
  const value = identity(g, x);
  return { value, fused: { output: value, inputs: [], backward: () => [] } };
}
