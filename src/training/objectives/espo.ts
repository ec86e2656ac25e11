/** ESPO (arXiv 2512.03759): the sequence is the action, and its ELBO stands for its log-probability. */
import type { Random } from '../random';
import { sampleWithout } from './noise';
import { completionCanvas, stacked, type DrawPart, type PolicyOptions, type Rollouts } from './rollouts';

/** Complementary masks of every rollout. */
interface Pair {
  /** [B,L]: 1 in the mask, 2 in its complement, 0 for tokens that do not count. */
  readonly side: Uint8Array;
  /** Number masked in each rollout [B], and number that count. */
  readonly masked: Int32Array;
  readonly sizes: Int32Array;
}

/**
 * rho = exp((ELBO - ELBO_old) / n) for a completion of n tokens; loss = mean over sequences of - min(rho A, clip(rho) A), plus beta * mean of
 * (ELBO - ELBO_ref)^2 / 2n, the k2 estimator (sections 3.2 and 3.3; its code divides so).
 * ELBO = mean over pairs of 1/2 [sum over M of (n+1)/k logp + sum over the rest of (n+1)/(n-k) logp]: M holds k of the n tokens, k uniform in 0 .. n
 * and spread evenly over the batch; either half is unbiased, and every token is predicted once in a pair.
 */
export function espoDraw(r: Rollouts, options: PolicyOptions, random: Random): DrawPart {
  const pairs = Array.from({ length: options.pairs ?? 1 }, () => drawPair(r, options.tokens ?? 'all', random));
  return (first, end) => {
    const [n, length, l] = [end - first, r.promptLength + r.completionLength, r.completionLength];
    const canvases = pairs.flatMap(({ side }) =>
      [1, 2].map((masked) => completionCanvas(r, first, end, options.maskToken, (i) => side[i] === masked)),
    );
    const [rows, targets, unit, factor]: number[][] = [[], [], [], []];
    pairs.forEach(({ side, masked, sizes }, j) => {
      for (let i = first * l; i < end * l; i++) {
        const b = Math.floor(i / l);
        if (!side[i]) continue;
        const [size, k] = [sizes[b]!, masked[b]!];
        rows!.push(((2 * j + side[i]! - 1) * n + b - first) * length + r.promptLength + (i % l));
        targets!.push(r.completions[i]!);
        unit!.push(b - first);
        factor!.push((0.5 * (size + 1)) / (side[i] === 1 ? k : size - k) / size / pairs.length);
      }
    });
    const rollout = Int32Array.from({ length: n }, (_, i) => first + i);
    return {
      batch: {
        ...stacked(r, first, end, canvases),
        rows: Int32Array.from(rows!),
        targets: Int32Array.from(targets!),
        values: {
          factor: Float32Array.from(factor!),
          unit_weights: new Float32Array(n).fill(1 / r.batch),
          kl_scale: Float32Array.from(pairs[0]!.sizes.subarray(first, end)),
        },
        indices: { unit: Int32Array.from(unit!) },
      },
      rollout,
    };
  };
}

function drawPair(r: Rollouts, tokens: 'all' | 'counted', random: Random): Pair {
  const { completionLength: l, batch } = r;
  const side = Uint8Array.from(r.counted, (c) => (tokens === 'all' || c ? 2 : 0));
  const [masked, sizes] = [new Int32Array(batch), new Int32Array(batch)];
  const start = random.uniform();
  for (let b = 0; b < batch; b++) {
    const own = Array.from({ length: l }, (_, i) => b * l + i).filter((i) => side[i]);
    const k = Math.floor(((start + b / batch) % 1) * (own.length + 1));
    for (const i of sampleWithout(own.length, k, random)) side[own[i]!] = 1;
    masked[b] = k;
    sizes[b] = own.length;
  }
  return { side, masked, sizes };
}
