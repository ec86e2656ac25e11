/** Which masked positions to commit in one step: pure rules over the candidates of one canvas. */

/** A masked position with the token that the model would put there. */
export interface Candidate {
  readonly position: number;
  readonly token: number;
  /** Probability of `token`, 0..1. */
  readonly confidence: number;
  /** Entropy of the whole prediction in nats; only rules that need it ask for it. */
  readonly entropy?: number;
}

export type UnmaskRule =
  /** LLaDA: the `steps` of a block share its masks evenly, the remainder going to the first steps. */
  | { readonly kind: 'quota'; readonly steps: number }
  /** Fast-dLLM, section 3.3: every position at least this confident, and always the best one. */
  | { readonly kind: 'threshold'; readonly threshold: number }
  /** Fast-dLLM: the n best while the n-th confidence >= 1 - f/(n+1). */
  | { readonly kind: 'factor'; readonly factor: number }
  /** EB-sampler: in order of confidence while the summed entropy stays under gamma (nats), and always the best one. */
  | { readonly kind: 'entropy'; readonly gamma: number };

/** Number of tokens to commit in each of `steps` steps so that `masks` are filled (LLaDA get_num_transfer_tokens). */
export function quotas(masks: number, steps: number): number[] {
  const base = Math.floor(masks / steps);
  return Array.from({ length: steps }, (_, i) => base + (i < masks % steps ? 1 : 0));
}

/** The candidates to commit, best first; at least one if there is any (save for an empty quota). Ties keep the earlier position. */
export function select(rule: UnmaskRule, candidates: readonly Candidate[], quota: number): Candidate[] {
  const ranked = [...candidates].sort((a, b) => b.confidence - a.confidence || a.position - b.position);
  switch (rule.kind) {
    case 'quota':
      return ranked.slice(0, quota);
    case 'threshold':
      return ranked.filter((c, i) => i === 0 || c.confidence >= rule.threshold);
    case 'factor':
      return ranked.slice(0, factorCount(ranked, rule.factor));
    case 'entropy':
      return ranked.slice(0, entropyCount(ranked, rule.gamma));
  }
}

/** As the reference does it: if the first to fail is the last candidate, that one is accepted too. */
function factorCount(ranked: readonly Candidate[], factor: number): number {
  let n = 0;
  while (n < ranked.length && (n === 0 || ranked[n]!.confidence >= 1 - factor / (n + 2))) n++;
  return n === ranked.length - 1 ? ranked.length : n;
}

/** Sum of the entropies, less the largest, bounds the error of committing together (EB-sampler, eq. 9). */
function entropyCount(ranked: readonly Candidate[], gamma: number): number {
  let sum = 0;
  let largest = 0;
  let n = 0;
  for (const c of ranked) {
    sum += c.entropy ?? 0;
    largest = Math.max(largest, c.entropy ?? 0);
    if (n > 0 && sum - largest > gamma) break;
    n++;
  }
  return n;
}
