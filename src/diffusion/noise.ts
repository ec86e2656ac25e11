/**
 * Index of the drawn probability: arg-max for temperature 0, else Gumbel-max in float64 (LLaDA's add_gumbel_noise; float32 noise was
 * found to lower quality there). `p` is sorted, best first.
 */
export function drawToken(p: readonly number[], temperature: number, random: (() => number) | undefined): number {
  if (temperature === 0) return 0;
  if (!random) throw new Error('a temperature above 0 needs a source of random numbers');
  let best = 0;
  let bestValue = -Infinity;
  p.forEach((probability, i) => {
    const gumbel = -Math.log(-Math.log(random() || Number.MIN_VALUE));
    const value = Math.log(probability) + temperature * gumbel;
    if (value > bestValue) [best, bestValue] = [i, value];
  });
  return best;
}
