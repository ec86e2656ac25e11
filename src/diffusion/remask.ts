/** Self-correction in place: P2 (Path Planning, arXiv 2502.03540), self-planned: the model's own belief in what stands written. */
import type { Candidate } from './unmask-rules';

export interface RemaskOptions {
  /** P2's eta: weight of a written token's own probability against new ones. 0 never trusts what is written, large values never remask. */
  readonly eta: number;
}

export interface Plan {
  readonly committed: readonly Candidate[];
  /** Positions of written tokens that are masked again. */
  readonly remasked: readonly number[];
}

/**
 * P2's top-k over written and masked positions alike: the `keep` best stay or become written, the others are or become masked. Written
 * positions count eta times their probability. Since `keep` grows with every step, the run ends. Ties favour what is written.
 */
export function planWithRemasking(
  options: RemaskOptions,
  written: readonly Candidate[],
  masked: readonly Candidate[],
  keep: number,
): Plan {
  const ranked = [
    ...written.map((c) => ({ c, old: true, score: options.eta * c.confidence })),
    ...masked.map((c) => ({ c, old: false, score: c.confidence })),
  ].sort((a, b) => b.score - a.score || Number(b.old) - Number(a.old) || a.c.position - b.c.position);
  return {
    committed: ranked.slice(0, keep).filter((r) => !r.old).map((r) => r.c), // prettier-ignore
    remasked: ranked.slice(keep).filter((r) => r.old).map((r) => r.c.position), // prettier-ignore
  };
}
