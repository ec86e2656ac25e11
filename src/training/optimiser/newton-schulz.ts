/** Orthogonalisation by Newton-Schulz iteration, as a graph over a stack of equal matrices. */
import { freeBuffers } from '../../model/free-buffers';
import { runtime, type Ort } from '../../model/runtime';
import { GraphBuilder, type Graph, type Value } from '../../onnx/graph';
import { add, matMul, mul } from '../../onnx/ops';
import { fusedMatMul } from '../../onnx/ops-microsoft';
import { serialize } from '../../onnx/serialize';

/**
 * x <- a x + b (x x') x + c (x x')^2 x, with the coefficients of Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): steep at 0, and not
 * convergent, so that after five iterations singular values lie between about 0.7 and 1.2.
 */
export const coefficients = { a: 3.4445, b: -4.775, c: 2.0315 } as const;

export interface MatrixShape {
  readonly rows: number;
  readonly columns: number;
}

/**
 * From this ratio of the longer side to the shorter one on, the iteration is cheaper on x x' alone: 17 + 2 r products of the shorter side cubed
 * against 5 + 10 r, for five iterations.
 */
const gramRatio = 1.5;

/**
 * Input `x` f32 [N, rows, columns] and `scale` f32 [N,1,1], which must bring every singular value of x to at most 1 (one over the Frobenius norm
 * does); output `orthogonal` f32 [N, rows, columns]. All products of x with itself are taken on its shorter side.
 */
export function newtonSchulzGraph({ rows, columns }: MatrixShape, iterations: number): Graph {
  const g = new GraphBuilder('newton_schulz');
  const stack = g.input('x', 'float32', ['N', rows, columns]);
  g.output('orthogonal', orthogonalised(g, mul(g, stack, g.input('scale', 'float32', ['N', 1, 1])), iterations));
  return g.build();
}

/** The iteration on a stack f32 [N, rows, columns] whose singular values are at most 1. */
export function orthogonalised(g: GraphBuilder, x: Value, iterations: number): Value {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const [shorter, longer] = [Math.min(rows, columns), Math.max(rows, columns)];
  const onSide: OnShorterSide = {
    gram: (m) => fusedMatMul(g, m, m, rows <= columns ? { transB: true } : { transA: true }),
    times: (square, m) => (rows <= columns ? matMul(g, square, m) : matMul(g, m, square)),
    polynomial: polynomialOf(g, shorter),
  };
  return longer / shorter < gramRatio ? direct(x, onSide, iterations) : byGram(g, x, onSide, iterations);
}

interface OnShorterSide {
  /** x x', or x' x of a tall x. */
  readonly gram: (x: Value) => Value;
  /** A square matrix of the shorter side times x, from whichever side fits. */
  readonly times: (square: Value, x: Value) => Value;
  /** a I + b A + c A^2. */
  readonly polynomial: (gram: Value) => Value;
}

function direct(start: Value, s: OnShorterSide, iterations: number): Value {
  let x = start;
  for (let k = 0; k < iterations; k++) x = s.times(s.polynomial(s.gram(x)), x);
  return x;
}

/** The same with x left alone until the end: its polynomials P commute with A = x x', so that (P x)(P x)' = P A P, and the P are multiplied up. */
function byGram(g: GraphBuilder, x: Value, s: OnShorterSide, iterations: number): Value {
  let gram = s.gram(x);
  let product = s.polynomial(gram);
  for (let k = 1, last = product; k < iterations; k++) {
    gram = matMul(g, matMul(g, last, gram), last);
    last = s.polynomial(gram);
    product = matMul(g, last, product);
  }
  return s.times(product, x);
}

function polynomialOf(g: GraphBuilder, side: number): OnShorterSide['polynomial'] {
  const diagonal = new Float32Array(side * side);
  for (let i = 0; i < side; i++) diagonal[i * side + i] = coefficients.a;
  const identity = g.shared(`identity${side}`, 'float32', [side, side], diagonal);
  return (gram) => {
    const square = fusedMatMul(g, gram, gram, { alpha: coefficients.c });
    return add(g, add(g, square, mul(g, gram, g.float(coefficients.b))), identity);
  };
}

/** Orthogonalises stacks of matrices of one shape. Holds a native session: dispose it. */
export class NewtonSchulz {
  private constructor(
    private readonly ort: typeof Ort,
    private readonly session: Ort.InferenceSession,
    private readonly shape: MatrixShape,
  ) {}

  static async create(shape: MatrixShape, options: { iterations?: number; threads?: number } = {}): Promise<NewtonSchulz> {
    const ort = await runtime();
    const session = await ort.InferenceSession.create(serialize(newtonSchulzGraph(shape, options.iterations ?? 5)), {
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
      graphOptimizationLevel: 'all',
      ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
      extra: { session: { set_denormal_as_zero: '1' } },
    });
    return new NewtonSchulz(ort, session, shape);
  }

  /** Both stacks hold [N, rows, columns]; `scales` one factor a matrix. Writes into `into`. */
  async run(stack: Float32Array, scales: Float32Array, into: Float32Array): Promise<void> {
    const { Tensor } = this.ort;
    const dims = [scales.length, this.shape.rows, this.shape.columns];
    const { orthogonal } = await this.session.run({
      x: new Tensor('float32', stack, dims),
      scale: new Tensor('float32', scales, [scales.length, 1, 1]),
    });
    const result = orthogonal!.data as Float32Array;
    into.set(result);
    freeBuffers([result]);
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}
