import type { GraphBuilder, Value } from '../../onnx/graph';
import { matMul, mul, transpose } from '../../onnx/ops';
import { fusedMatMul } from '../../onnx/ops-microsoft';

/** How one provider wants the training graph written. */
export interface TrainingLowering {
  readonly provider: 'cpu' | 'webgpu';
  /** Whether products of transposed matrices have an operator of their own (which copies nothing). */
  readonly fusedMatMul: boolean;
  /** See GradientOptions. */
  readonly scatterRows: boolean;
}

export const cpuTraining: TrainingLowering = { provider: 'cpu', fusedMatMul: true, scatterRows: false };
export const webgpuTraining: TrainingLowering = { provider: 'webgpu', fusedMatMul: false, scatterRows: true };

/** alpha * a b' for matrices in the last two axes. */
export function timesTransposed(g: GraphBuilder, lowering: TrainingLowering, a: Value, b: Value, alpha = 1): Value {
  if (lowering.fusedMatMul) return fusedMatMul(g, a, b, { transB: true, alpha });
  const product = matMul(g, a, lastTwoSwapped(g, b));
  return alpha === 1 ? product : mul(g, product, g.float(alpha));
}

/** a' b for matrices in the last two axes. */
export function transposedTimes(g: GraphBuilder, lowering: TrainingLowering, a: Value, b: Value): Value {
  return lowering.fusedMatMul ? fusedMatMul(g, a, b, { transA: true }) : matMul(g, lastTwoSwapped(g, a), b);
}

function lastTwoSwapped(g: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  return transpose(g, x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}
