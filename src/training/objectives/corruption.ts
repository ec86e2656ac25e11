/**
 * Wrong but visible tokens, so that a model learns to doubt what it sees (CDLM, Corrective Diffusion Language Models, arXiv 2512.15596, section 4):
 * a share of the tokens left visible is replaced by tokens drawn uniformly, and their rows are trained towards the true token.
 */
import type { Random } from '../random';

export interface CorruptionOptions {
  /** Share of the visible learnt tokens that is replaced; CDLM: 0.1. */
  readonly share: number;
  /** Weight of the mean cross-entropy of the replaced tokens; CDLM: 0.1 (its LLaDA trainer takes the mean over them, not equation 1's sum). */
  readonly weight: number;
  /** Tokens that may stand in: ordinary text, neither mask nor end. At least two. */
  readonly tokens: ArrayLike<number>;
}

/** Replaces tokens of `noisy` in place among `candidates` (indices of visible tokens); returns the replaced ones. Never by the same token. */
export function corruptVisible(
  noisy: Int32Array,
  candidates: readonly number[],
  options: CorruptionOptions,
  random: Random,
): number[] {
  const { tokens } = options;
  if (tokens.length < 2) throw new Error('corruption needs at least two tokens to choose from');
  const replaced = candidates.filter(() => random.uniform() < options.share);
  for (const i of replaced) {
    const original = noisy[i]!;
    do noisy[i] = tokens[random.below(tokens.length)]!;
    while (noisy[i] === original);
  }
  return replaced;
}
