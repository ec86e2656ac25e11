/** Which tokens are masked, and with which weight each then counts. */
import type { Random } from '../random';

/** Smallest share of masked tokens where each is masked on its own (LLaDA, arXiv 2502.09992; d1): 1/t stays bounded. */
export const smallestT = 1e-3;

/** How the noise levels of a batch are drawn; each is uniform whatever the way. */
export type LevelDraw =
  /** One by one. */
  | 'independent'
  /** One in each of B equal parts of [0,1), in random order: the low-discrepancy sampler of VDM (arXiv 2107.00630) and MDLM (2406.07524). */
  | 'stratified'
  /** Pairs u, 1 - u. */
  | 'antithetic';

export interface NoiseOptions {
  /** Default `independent`. */
  readonly levels?: LevelDraw;
  /**
   * `independent` (default): t = eps + (1 - eps) u, each token masked with probability t. `counted`: exactly k of n tokens, k uniform in 1..n and
   * t = k/n; the expected loss is the ELBO itself, without eps, and varies less (LLaDA, arXiv 2502.09992, the L/l estimator it evaluates likelihoods with).
   */
  readonly masks?: 'independent' | 'counted';
  /**
   * Share of sequences whose masked tokens form spans, as infill's do; the number masked is drawn as for `counted`. Every token is masked with
   * probability t still, so each counts once in expectation, but contexts are no longer those of the ELBO. Default 0.
   */
  readonly spanShare?: number;
  /** Mean length of a span in tokens. Default 8. */
  readonly spanLength?: number;
  /** Largest share that is masked; levels are uniform below it. What is in use has few masks at a time. Default 1, as the ELBO has it. */
  readonly most?: number;
}

/** `count` numbers, each uniform in [0, 1). */
export function noiseLevels(count: number, draw: LevelDraw, random: Random): Float64Array {
  const levels = Float64Array.from({ length: count }, () => random.uniform());
  if (draw === 'independent') return levels;
  if (draw === 'antithetic') return levels.map((u, i) => (i % 2 === 0 ? u : 1 - Number.EPSILON - levels[i - 1]!));
  const parts = sampleWithout(count, count, random);
  return levels.map((u, i) => (parts[i]! + u) / count);
}

export interface Mask {
  /** Those of the given positions that are masked. */
  readonly positions: Int32Array;
  /** Probability with which each of the given positions was masked. */
  readonly t: number;
}

/** Masks some of `positions` (the learnt tokens of one sequence) at a level that is uniform in [0,1). */
export function drawMask(positions: Int32Array, level: number, options: NoiseOptions, random: Random): Mask {
  const n = positions.length;
  const u = level * (options.most ?? 1);
  const spans = (options.spanShare ?? 0) > 0 && random.uniform() < options.spanShare!;
  if (!spans && options.masks !== 'counted') {
    const t = smallestT + (1 - smallestT) * u;
    return { positions: positions.filter(() => random.uniform() < t), t };
  }
  if (n === 0) return { positions, t: 1 };
  const k = Math.floor(u * n) + 1;
  const chosen = spans ? spanIndices(n, k, options.spanLength ?? 8, random) : sampleWithout(n, k, random).sort();
  return { positions: chosen.map((i) => positions[i]!), t: k / n };
}

/** k different numbers among 0 .. n-1, in random order. */
export function sampleWithout(n: number, k: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < k; i++) {
    const j = i + random.below(n - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, k);
}

/**
 * k of 0 .. n-1 in spans of the mean length, sorted: cut k masked and n - k visible tokens into as many pieces each, lay them alternately round
 * a ring and turn the ring at random, which makes every place equally likely.
 */
function spanIndices(n: number, k: number, meanLength: number, random: Random): Int32Array {
  if (k === n) return Int32Array.from({ length: n }, (_, i) => i);
  const count = Math.min(Math.max(1, Math.round(k / meanLength)), n - k);
  const [masked, visible] = [pieces(k, count, random), pieces(n - k, count, random)];
  const turn = random.below(n);
  const chosen: number[] = [];
  let at = 0;
  masked.forEach((size, i) => {
    for (let j = 0; j < size; j++) chosen.push((at + j + turn) % n);
    at += size + visible[i]!;
  });
  return Int32Array.from(chosen).sort();
}

/** `total` cut into `count` pieces of at least 1, every cut equally likely. */
function pieces(total: number, count: number, random: Random): number[] {
  const cuts = Array.from(sampleWithout(total - 1, count - 1, random), (c) => c + 1).sort((a, b) => a - b);
  return [...cuts, total].map((c, i) => c - (cuts[i - 1] ?? 0));
}
