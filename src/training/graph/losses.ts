/** Losses as functions of the log-probabilities of the target tokens. Each adds its own inputs to the graph. */
import type { FusedGradient } from '../../onnx/autodiff/gradients';
import type { GraphBuilder, Value } from '../../onnx/graph';
import { add, cast, exp, mul, neg, reduceSum, sub } from '../../onnx/ops';
import { lessOrEqual, max, min } from '../../onnx/ops-backward';
import { stopGradient } from './head';

export interface Loss {
  /** Scalar. */
  readonly loss: Value;
  /** Scalars to be logged, by name. */
  readonly metrics: Readonly<Record<string, Value>>;
  readonly fused: readonly FusedGradient[];
}

/** Builds a loss from log-probabilities [N]. */
export type LossBuilder = (g: GraphBuilder, logp: Value) => Loss;

/** - sum_i w_i log p_i with the input `row_weights` [N]: means, 1/t weights and padding are all in the weights. */
export const weightedCrossEntropy: LossBuilder = (g, logp) => ({
  loss: neg(g, reduceSum(g, mul(g, g.input('row_weights', 'float32', logp.shape), logp), 0)),
  metrics: {},
  fused: [],
});

export interface PolicyLossOptions {
  /** Ratios are clipped to 1 - epsilon .. 1 + epsilon. */
  readonly epsilon: number;
  /** Weight of the KL term towards the reference; 0 leaves it and its input out. */
  readonly beta: number;
  /** The rows were sampled by the very weights that are trained: the ratio is 1, and there is no input `old_logp`. */
  readonly onPolicy: boolean;
}

/**
 * Diffu-GRPO's token loss (d1, arXiv 2504.12216): sum_i w_i (- min(rho_i A_i, clip(rho_i) A_i) + beta k3_i), rho = exp(logp - old),
 * k3 = exp(ref - logp) - (ref - logp) - 1. Inputs [N]: `row_weights` (1 / number of counted tokens, or 0), `advantages`, `old_logp` and `ref_logp`.
 */
export function clippedPolicyLoss(options: PolicyLossOptions): LossBuilder {
  return (g, logp) => {
    const weights = g.input('row_weights', 'float32', logp.shape);
    const advantages = g.input('advantages', 'float32', logp.shape);
    const detached = options.onPolicy ? stopGradient(g, logp) : null;
    const old = detached?.value ?? g.input('old_logp', 'float32', logp.shape);
    const ratio = exp(g, sub(g, logp, old));
    const clipped = min(g, max(g, ratio, g.float(1 - options.epsilon)), g.float(1 + options.epsilon));
    const [free, bound] = [mul(g, ratio, advantages), mul(g, clipped, advantages)];
    const total = (perToken: Value): Value => reduceSum(g, mul(g, perToken, weights), 0);
    const policy = neg(g, min(g, free, bound));
    // As the reference counts them: tokens where the free term is strictly the smaller one.
    const notSmaller = cast(g, lessOrEqual(g, bound, free), 'float32');
    const clipShare = total(sub(g, g.float(1), notSmaller));
    const fused = detached ? [detached.fused] : [];
    if (options.beta === 0) return { loss: total(policy), metrics: { clip_share: clipShare }, fused };
    const distance = sub(g, g.input('ref_logp', 'float32', logp.shape), logp);
    const k3 = sub(g, sub(g, exp(g, distance), distance), g.float(1));
    return {
      loss: total(add(g, policy, mul(g, k3, g.float(options.beta)))),
      metrics: { clip_share: clipShare, kl: total(k3) },
      fused,
    };
  };
}
