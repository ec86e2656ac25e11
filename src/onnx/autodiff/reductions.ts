/** Gradient rules of reductions, softmax and normalisation. */
import type { Value } from '../graph';
import { add, cast, div, mul, reduceMean, reduceSum, sub } from '../ops';
import { equal, expandLike, reduceSumAxes, sqrt, unsqueezeAxes } from '../ops-backward';
import { axisOf } from '../shape';
import {
  constantInts,
  floatAttribute,
  intAttribute,
  outputGradient,
  staticCount,
  sumTo,
  type GradientRule,
  type RuleContext,
} from './rule';

/** A reduction's result or gradient with the reduced axes back as 1, and those axes. */
function kept(c: RuleContext, x: Value): { readonly value: Value; readonly axes: readonly number[] } {
  const input = c.inputs[0]!;
  const axes = constantInts(c, 1).map((a) => axisOf(input.shape, a));
  return { value: intAttribute(c, 'keepdims', 1) === 1 ? x : unsqueezeAxes(c.g, x, axes), axes };
}

/** y = x r w with r = 1 / sqrt(mean x^2 + eps), over the last axis; the root is taken anew, which costs one pass. */
function rmsNormGradients(
  c: RuleContext,
  x: Value,
  weight: Value,
  d: Value,
  needs: { readonly x: boolean; readonly weight: boolean },
): [byX: Value | null, byWeight: Value | null] {
  const { g } = c;
  const root = sqrt(g, add(g, reduceMean(g, mul(g, x, x), -1, true), g.float(floatAttribute(c, 'epsilon', 1e-5))));
  const unit = div(g, x, root);
  const byWeight = needs.weight ? sumTo(g, mul(g, d, unit), weight) : null;
  if (!needs.x) return [null, byWeight];
  const scaled = mul(g, d, weight);
  const along = reduceMean(g, mul(g, scaled, unit), -1, true);
  return [div(g, sub(g, scaled, mul(g, unit, along)), root), byWeight];
}

export const reductionRules: Readonly<Record<string, GradientRule>> = {
  ReduceSum: (c) => [expandLike(c.g, kept(c, outputGradient(c)).value, c.inputs[0]!), null],

  ReduceMean: (c) => {
    const { value, axes } = kept(c, outputGradient(c));
    return [expandLike(c.g, mul(c.g, value, c.g.float(1 / staticCount(c.inputs[0]!, axes))), c.inputs[0]!), null];
  },

  /** Equal maxima share the gradient. */
  ReduceMax: (c) => {
    const { g } = c;
    const x = c.inputs[0]!;
    const { value: y, axes } = kept(c, c.outputs[0]!);
    const hit = cast(g, equal(g, x, y), x.dtype);
    const share = div(g, kept(c, outputGradient(c)).value, reduceSumAxes(g, hit, axes, true));
    return [mul(g, hit, share), null];
  },

  /** dx = p (d - sum d p) */
  Softmax: (c) => {
    const { g } = c;
    const [p, d] = [c.outputs[0]!, outputGradient(c)];
    const weighted = mul(g, d, p);
    return [sub(g, weighted, mul(g, p, reduceSum(g, weighted, intAttribute(c, 'axis', -1), true)))];
  },

  SimplifiedLayerNormalization: (c) => {
    const [byX, byWeight] = rmsNormGradients(c, c.inputs[0]!, c.inputs[1]!, outputGradient(c), {
      x: c.needs(0),
      weight: c.needs(1),
    });
    return [byX, byWeight];
  },

  /** Outputs: the norm of x + skip, and (fourth) the sum itself. */
  SkipSimplifiedLayerNormalization: (c) => {
    const { g } = c;
    const sum = c.outputs[3] ?? add(g, c.inputs[0]!, c.inputs[1]!);
    const [byNorm, onSum] = [c.gradients[0] ?? null, c.gradients[3] ?? null];
    const wanted = c.needs(0) || c.needs(1);
    const [byX, byWeight] = byNorm
      ? rmsNormGradients(c, sum, c.inputs[2]!, byNorm, { x: wanted, weight: c.needs(2) })
      : [null, null];
    const whole = byX && onSum ? add(g, byX, onSum) : (byX ?? onSum);
    return [whole, whole, byWeight];
  },
};
