/** Gradient rules of elementwise operators; operands that were broadcast get the sum over the repeats. */
import { add, cast, div, mul, neg, sigmoid, sub } from '../ops';
import { lessOrEqual, where } from '../ops-backward';
import type { Value } from '../graph';
import { floatAttribute, outputGradient, sumTo, type GradientRule, type RuleContext } from './rule';

/** Rule of a two-operand operator from its two partial products, before the sum over repeats. */
function binary(left: (c: RuleContext, d: Value) => Value, right: (c: RuleContext, d: Value) => Value): GradientRule {
  return (c) => {
    const d = outputGradient(c);
    return [c.needs(0) ? sumTo(c.g, left(c, d), c.inputs[0]!) : null, c.needs(1) ? sumTo(c.g, right(c, d), c.inputs[1]!) : null];
  };
}

/** Rule of a one-operand operator. */
function unary(rule: (c: RuleContext, d: Value, x: Value, y: Value) => Value): GradientRule {
  return (c) => [rule(c, outputGradient(c), c.inputs[0]!, c.outputs[0]!)];
}

/** Of equal operands the first counts as chosen. */
function chosen(firstWins: (c: RuleContext) => Value): GradientRule {
  const zero = (c: RuleContext): Value => c.g.float(0);
  return binary(
    (c, d) => where(c.g, firstWins(c), d, zero(c)),
    (c, d) => where(c.g, firstWins(c), zero(c), d),
  );
}

export const elementwiseRules: Readonly<Record<string, GradientRule>> = {
  Add: binary(
    (_, d) => d,
    (_, d) => d,
  ),
  Sub: binary(
    (_, d) => d,
    (c, d) => neg(c.g, d),
  ),
  Mul: binary(
    (c, d) => mul(c.g, d, c.inputs[1]!),
    (c, d) => mul(c.g, d, c.inputs[0]!),
  ),
  Div: binary(
    (c, d) => div(c.g, d, c.inputs[1]!),
    (c, d) => neg(c.g, div(c.g, mul(c.g, d, c.outputs[0]!), c.inputs[1]!)),
  ),
  Min: chosen((c) => lessOrEqual(c.g, c.inputs[0]!, c.inputs[1]!)),
  Max: chosen((c) => lessOrEqual(c.g, c.inputs[1]!, c.inputs[0]!)),
  Neg: unary((c, d) => neg(c.g, d)),
  Exp: unary((c, d, _, y) => mul(c.g, d, y)),
  Log: unary((c, d, x) => div(c.g, d, x)),
  Sqrt: unary((c, d, _, y) => div(c.g, d, add(c.g, y, y))),
  Sigmoid: unary((c, d, _, y) => mul(c.g, d, sub(c.g, y, mul(c.g, y, y)))),
  Identity: unary((_, d) => d),
  Cast: unary((c, d, x) => cast(c.g, d, x.dtype)),
  /** y = x s(ax), s the sigmoid: dy/dx = s + a y (1 - s), written s (1 + a (x - y)). */
  QuickGelu: unary((c, d, x, y) => {
    const alpha = floatAttribute(c, 'alpha', 1);
    const scaled = (v: Value): Value => (alpha === 1 ? v : mul(c.g, v, c.g.float(alpha)));
    const s = sigmoid(c.g, scaled(x));
    return mul(c.g, mul(c.g, d, s), add(c.g, scaled(sub(c.g, x, y)), c.g.float(1)));
  }),
  Where: (c) => {
    const d = outputGradient(c);
    const zero = c.g.float(0);
    return [
      null,
      c.needs(1) ? sumTo(c.g, where(c.g, c.inputs[0]!, d, zero), c.inputs[1]!) : null,
      c.needs(2) ? sumTo(c.g, where(c.g, c.inputs[0]!, zero, d), c.inputs[2]!) : null,
    ];
  },
};
