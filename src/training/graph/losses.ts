/** Losses as functions of the log-probabilities of the target tokens. Each adds its own inputs to the graph. */
import type { FusedGradient } from '../../onnx/autodiff/gradients';
import type { GraphBuilder, Value } from '../../onnx/graph';
import { add, cast, exp, gather, mul, neg, reduceSum, sub } from '../../onnx/ops';
import { filledLike, lessOrEqual, max, min, scatterAddElements } from '../../onnx/ops-backward';
import { stopGradient, type WithGradient } from './head';

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
    const { policy, clipped } = clippedTerms(g, sub(g, logp, old), advantages, options.epsilon);
    const total = (perToken: Value): Value => reduceSum(g, mul(g, perToken, weights), 0);
    const clipShare = total(clipped);
    const fused = detached ? [detached.fused] : [];
    if (options.beta === 0) return { loss: total(policy), metrics: { clip_share: clipShare }, fused };
    const distance = sub(g, g.input('ref_logp', 'float32', logp.shape), logp);
    const k3 = thirdEstimator(g, distance);
    return {
      loss: total(add(g, policy, mul(g, k3, g.float(options.beta)))),
      metrics: { clip_share: clipShare, kl: total(k3) },
      fused,
    };
  };
}

export interface UnitPolicyLossOptions extends PolicyLossOptions {
  /** `k3` as above, or `k2` = 1/2 delta^2 times the input `kl_scale`. */
  readonly kl: 'k2' | 'k3';
}

/**
 * The same clipped loss where the policy's log-probability of one unit u (a token, or a whole sequence) is a weighted sum over rows,
 * logp_u = sum of factor_i logp_i over its rows: sum_u w_u (- min(rho_u A_u, clip(rho_u) A_u) + beta KL_u), rho_u = exp(logp_u - old_u).
 * Inputs by row [N]: `factor`, int64 `unit`, `old_logp`, `ref_logp` (the latter two as rows' log-probabilities, summed in the same way); by unit [U]:
 * `unit_weights`, `advantages` and, for k2, `kl_scale`.
 */
export function unitPolicyLoss(options: UnitPolicyLossOptions): LossBuilder {
  return (g, logp) => {
    const units = ['units'];
    const factor = g.input('factor', 'float32', logp.shape);
    const unit = g.input('unit', 'int64', logp.shape);
    const weights = g.input('unit_weights', 'float32', units);
    const advantages = g.input('advantages', 'float32', units);
    const detached = options.onPolicy ? stopGradient(g, logp) : null;
    const fused = detached ? [detached.fused] : [];
    /** Sum over each unit's rows of factor * x. */
    const byUnit = (x: Value): Value => {
      const sums = sumByUnit(g, mul(g, x, factor), unit, weights);
      fused.push(sums.fused);
      return sums.value;
    };
    const old = detached?.value ?? g.input('old_logp', 'float32', logp.shape);
    const { policy, clipped } = clippedTerms(g, byUnit(sub(g, logp, old)), advantages, options.epsilon);
    const total = (perUnit: Value): Value => reduceSum(g, mul(g, perUnit, weights), 0);
    const clipShare = total(clipped);
    if (options.beta === 0) return { loss: total(policy), metrics: { clip_share: clipShare }, fused };
    const distance = byUnit(sub(g, g.input('ref_logp', 'float32', logp.shape), logp));
    const kl =
      options.kl === 'k3'
        ? thirdEstimator(g, distance)
        : mul(g, mul(g, mul(g, distance, distance), g.float(0.5)), g.input('kl_scale', 'float32', units));
    return {
      loss: total(add(g, policy, mul(g, kl, g.float(options.beta)))),
      metrics: { clip_share: clipShare, kl: total(kl) },
      fused,
    };
  };
}

/** - min(rho A, clip(rho) A) for rho = exp(log ratio), and 1 where clipping decided (as d1 counts: the free term is strictly the smaller one). */
function clippedTerms(
  g: GraphBuilder,
  logRatio: Value,
  advantages: Value,
  epsilon: number,
): { readonly policy: Value; readonly clipped: Value } {
  const ratio = exp(g, logRatio);
  const bounded = min(g, max(g, ratio, g.float(1 - epsilon)), g.float(1 + epsilon));
  const [free, bound] = [mul(g, ratio, advantages), mul(g, bounded, advantages)];
  const notSmaller = cast(g, lessOrEqual(g, bound, free), 'float32');
  return { policy: neg(g, min(g, free, bound)), clipped: sub(g, g.float(1), notSmaller) };
}

/** Schulman's k3 = exp(d) - d - 1 of d = ref - logp. */
function thirdEstimator(g: GraphBuilder, distance: Value): Value {
  return sub(g, sub(g, exp(g, distance), distance), g.float(1));
}

/** Sums x [N] over the rows of each unit, int64 [N] -> the shape of `like` [U]. */
export function sumByUnit(g: GraphBuilder, x: Value, unit: Value, like: Value): WithGradient {
  const value = scatterAddElements(g, filledLike(g, like, 0), unit, x, 0);
  return { value, fused: { output: value, inputs: [x], backward: (builder, d) => [gather(builder, d, unit)] } };
}
