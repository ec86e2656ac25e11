export interface Candidates {
  /** Probabilities of `count` candidates from index `from`, best first. */
  readonly p: Float32Array;
  readonly from: number;
  readonly count: number;
  /** Whether the candidate at an index may be taken. Default: any. */
  readonly open?: (index: number) => boolean;
}

/**
 * Index into `p` of the drawn candidate: the best one for temperature 0, else Gumbel-max in float64 (LLaDA's add_gumbel_noise; float32 noise was
 * found to lower quality there). -1 where none is open.
 */
export function drawToken({ p, from, count, open }: Candidates, temperature: number, random?: () => number): number {
  if (temperature !== 0 && !random) throw new Error('a temperature above 0 needs a source of random numbers');
  let best = -1;
  let bestValue = -Infinity;
  for (let i = from; i < from + count; i++) {
    if (open && !open(i)) continue;
    if (temperature === 0) return i;
    const gumbel = -Math.log(-Math.log(random!() || Number.MIN_VALUE));
    const value = Math.log(p[i]!) + temperature * gumbel;
    if (best === -1 || value > bestValue) [best, bestValue] = [i, value];
  }
  return best;
}
