/** Gradient rules of matrix products. A weight shared by all rows gets one product over all of them, with nothing repeated. */
import type { GraphBuilder, Value } from '../graph';
import { matMul, mul, reshape, transpose } from '../ops';
import { fusedMatMul } from '../ops-microsoft';
import { mulDims } from '../shape';
import { floatAttribute, intAttribute, outputGradient, sumTo, type GradientRule, type RuleContext } from './rule';

interface Factor {
  readonly value: Value;
  readonly transposed: boolean;
}

function product(c: RuleContext, a: Factor, b: Factor, alpha: number): Value {
  if (!a.transposed && !b.transposed && alpha === 1) return matMul(c.g, a.value, b.value);
  if (c.fusedMatMul && a.transposed && copyPays(a, b))
    return product(c, { value: straight(c.g, a), transposed: false }, b, alpha);
  if (c.fusedMatMul) return fusedMatMul(c.g, a.value, b.value, { transA: a.transposed, transB: b.transposed, alpha });
  const plain = matMul(c.g, straight(c.g, a), straight(c.g, b));
  return alpha === 1 ? plain : mul(c.g, plain, c.g.float(alpha));
}

/**
 * The CPU provider's product (MLAS) transposes blocks of a transposed left factor anew for each so many columns of the result: from there on it is faster
 * to transpose the whole matrix once (68 against 50 GFLOP/s for 256 x 2048 x 704).
 */
const columnsAtOnce = 128;

function copyPays(a: Factor, b: Factor): boolean {
  const columns = b.value.shape.at(b.transposed ? -2 : -1)!;
  return a.value.shape.length === 2 && (typeof columns === 'string' || columns > columnsAtOnce);
}

function straight(g: GraphBuilder, { value, transposed }: Factor): Value {
  if (!transposed) return value;
  const rank = value.shape.length;
  const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return transpose(g, value, perm);
}

/** [.., m, n] as [rows, n]. */
function flattened(g: GraphBuilder, x: Value): Value {
  const width = x.shape.at(-1)!;
  if (x.shape.length === 2) return x;
  if (typeof width !== 'number') return x;
  return reshape(g, x, [-1, width], [mulDims(x.shape.slice(0, -1)), width]);
}

/** Y = alpha A' B', with ' for an optional transposition: dA' = alpha dY B'^T and dB' = alpha A'^T dY. */
const rule: GradientRule = (c) => {
  const d = outputGradient(c);
  const [a, b] = [c.inputs[0]!, c.inputs[1]!];
  const [transA, transB] = [intAttribute(c, 'transA', 0) === 1, intAttribute(c, 'transB', 0) === 1];
  const alpha = floatAttribute(c, 'alpha', 1);
  const f = (value: Value, transposed: boolean): Factor => ({ value, transposed });
  return [c.needs(0) ? byLeft() : null, c.needs(1) ? byRight() : null];

  function byLeft(): Value {
    const whole = transA ? product(c, f(b, transB), f(d, true), alpha) : product(c, f(d, false), f(b, !transB), alpha);
    return sumTo(c.g, whole, a);
  }

  function byRight(): Value {
    const shared = b.shape.length === 2 && !transA && a.shape.length > 2 && typeof a.shape.at(-1) === 'number';
    const rows = shared ? flattened(c.g, a) : a;
    // A shape written in another way is the same number of rows: both are flattened alike.
    const outer = shared ? flattened(c.g, d) : d;
    const whole = transB
      ? product(c, f(outer, true), f(rows, transA), alpha)
      : product(c, f(rows, !transA), f(outer, false), alpha);
    return sumTo(c.g, whole, b);
  }
};

export const productRules: Readonly<Record<string, GradientRule>> = { MatMul: rule, FusedMatMul: rule };
