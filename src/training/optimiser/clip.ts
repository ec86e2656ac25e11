/** Clipping by the norm of all gradients taken as one vector (Pascanu et al., arXiv 1211.5063). */

/** Root of the sum of all squares, added up in float64. NaN or infinite where a gradient is. */
export function globalNorm(gradients: Iterable<Float32Array>): number {
  let sum = 0;
  for (const g of gradients) sum += sumOfSquares(g);
  return Math.sqrt(sum);
}

/** Scales all gradients in place so that their norm is at most `limit`; `norm` is what globalNorm gave. Infinity never scales. */
export function clipToNorm(gradients: Iterable<Float32Array>, norm: number, limit: number): void {
  if (norm <= limit) return;
  const factor = limit / norm;
  for (const g of gradients) scale(g, factor);
}

/** Four sums, so that additions need not wait for one another. */
function sumOfSquares(x: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = x.length - (x.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += x[i]! * x[i]!;
    b += x[i + 1]! * x[i + 1]!;
    c += x[i + 2]! * x[i + 2]!;
    d += x[i + 3]! * x[i + 3]!;
  }
  for (let i = whole; i < x.length; i++) a += x[i]! * x[i]!;
  return a + b + (c + d);
}

function scale(x: Float32Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! * factor;
}
