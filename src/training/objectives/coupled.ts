/** Coupled-GRPO (DiffuCoder, arXiv 2506.20639, section 4 and appendix A.3): log-probabilities from complementary masks. */
import type { Random } from '../random';
import { completionCanvas, stacked, type DrawPart, type PolicyOptions, type Rollouts } from './rollouts';

/** The noise level is uniform between these. */
const levels = { least: 0.2, most: 0.8 };

interface Pair {
  readonly t: number;
  /** [B,L]: 1 in the mask M, 0 in its complement. */
  readonly mask: Uint8Array;
}

/**
 * logp_k = 1/2 [l_full(k) + (l_M(k)/t if k is in M, else l_notM(k)/(1-t))], averaged over the pairs: t ~ U(0.2, 0.8), one for the draw as in its
 * authors' code, each completion token in M with probability t. l is the log-probability on the canvas whose masks are all completion tokens, M, or the
 * rest; so each token is predicted once in a pair, in a context that sampling meets. Prompts stay clean. Ratio, clipping, k3 and the mean over
 * counted tokens are those of Diffu-GRPO.
 */
export function coupledDraw(r: Rollouts, options: PolicyOptions, random: Random): DrawPart {
  const pairs = Array.from({ length: options.pairs ?? 1 }, (): Pair => {
    const t = levels.least + (levels.most - levels.least) * random.uniform();
    return { t, mask: Uint8Array.from(r.completions, () => (random.uniform() < t ? 1 : 0)) };
  });
  const total = r.counted.reduce((a, b) => a + b, 0);
  return (first, end) => {
    const canvas = (masked: (i: number) => boolean): Int32Array => completionCanvas(r, first, end, options.maskToken, masked);
    const canvases = [
      canvas(() => true),
      ...pairs.flatMap(({ mask }) => [canvas((i) => mask[i] === 1), canvas((i) => mask[i] === 0)]),
    ];
    const [n, length, l] = [end - first, r.promptLength + r.completionLength, r.completionLength];
    const [rows, targets, unit, factor, rollout]: number[][] = [[], [], [], [], []];
    const add = (at: number, i: number, weight: number): void => {
      rows!.push((at * n + Math.floor(i / l) - first) * length + r.promptLength + (i % l));
      targets!.push(r.completions[i]!);
      unit!.push(rollout!.length);
      factor!.push(weight);
    };
    for (let i = first * l; i < end * l; i++) {
      if (!r.counted[i]) continue;
      add(0, i, 0.5);
      pairs.forEach(({ t, mask }, j) => {
        add(1 + 2 * j + (mask[i] ? 0 : 1), i, 0.5 / (mask[i] ? t : 1 - t) / pairs.length);
      });
      rollout!.push(Math.floor(i / l));
    }
    return {
      batch: {
        ...stacked(r, first, end, canvases),
        rows: Int32Array.from(rows!),
        targets: Int32Array.from(targets!),
        values: { factor: Float32Array.from(factor!), unit_weights: new Float32Array(rollout!.length).fill(1 / total) },
        indices: { unit: Int32Array.from(unit!) },
      },
      rollout: Int32Array.from(rollout!),
    };
  };
}
