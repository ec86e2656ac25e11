/** Masked diffusion with 1/t weights (LLaDA, arXiv 2502.09992, equation 3 and Algorithm 1; MDLM, arXiv 2406.07524). */
import type { Batch } from '../batch';
import type { Random } from '../random';
import { corruptVisible, type CorruptionOptions } from './corruption';
import { drawMask, noiseLevels, type NoiseOptions } from './noise';
import { isLearnt, learntPositions, Rows, sameDocument, type TokenSequences } from './sequences';

export interface MaskedOptions {
  readonly maskToken: number;
  readonly noise?: NoiseOptions;
  /** Replaces some visible tokens and trains their rows too. Default: none. */
  readonly corruption?: CorruptionOptions;
}

export interface NoisedSequences {
  readonly batch: number;
  readonly length: number;
  /** Token ids [B,L]. */
  readonly clean: Int32Array;
  /** The same with masks in place, and wrong tokens where `corrupted` says so. */
  readonly noisy: Int32Array;
  /** [B,L]: 1 where a token was masked. */
  readonly masked: Uint8Array;
  /** Masking probability of each sequence [B]. */
  readonly t: Float64Array;
  /** What the sum is divided by: the number of learnt tokens; d1: all positions that are not prompt, padding included. */
  readonly denominator: number;
  readonly hidden?: Uint8Array;
  /** See Sequences. */
  readonly visible?: Uint8Array;
  /** Indices of replaced visible tokens, and the weight of their mean cross-entropy. */
  readonly corrupted?: { readonly positions: readonly number[]; readonly weight: number };
}

/** Masks, and corrupts where asked, the learnt tokens of each sequence. */
export function noised(s: TokenSequences, options: MaskedOptions, random: Random): NoisedSequences {
  const noise = options.noise ?? {};
  const levels = noiseLevels(s.batch, noise.levels ?? 'independent', random);
  const masked = new Uint8Array(s.ids.length);
  let denominator = 0;
  const t = levels.map((u, b) => {
    const learnt = learntPositions(s, b);
    denominator += learnt.length;
    const mask = drawMask(learnt, u, noise, random);
    for (const i of mask.positions) masked[i] = 1;
    return mask.t;
  });
  const noisy = s.ids.map((id, i) => (masked[i] ? options.maskToken : id));
  const visible = sameDocument(s);
  return {
    batch: s.batch,
    length: s.length,
    clean: s.ids,
    noisy,
    masked,
    t,
    denominator,
    ...(s.hidden ? { hidden: s.hidden } : {}),
    ...(visible ? { visible } : {}),
    ...(options.corruption ? { corrupted: corrupt(s, noisy, masked, options.corruption, random) } : {}),
  };
}

function corrupt(
  s: TokenSequences,
  noisy: Int32Array,
  masked: Uint8Array,
  options: CorruptionOptions,
  random: Random,
): { positions: number[]; weight: number } {
  const visible = [...noisy.keys()].filter((i) => masked[i] === 0 && isLearnt(s, i));
  return { positions: corruptVisible(noisy, visible, options, random), weight: options.weight };
}

/**
 * Loss = sum over masked of CE / t, divided by the denominator: in expectation the ELBO's bound in nats per token, averaged over the learnt
 * tokens. Corrupted tokens add weight * (mean CE of their rows, the true token being the target).
 */
export function noisedBatch(x: NoisedSequences): Batch {
  const rows = new Rows();
  x.masked.forEach((flag, i) => {
    if (flag) rows.add(i, x.clean[i]!, 1 / x.t[Math.floor(i / x.length)]! / x.denominator);
  });
  const { positions, weight } = x.corrupted ?? { positions: [], weight: 0 };
  for (const i of positions) rows.add(i, x.clean[i]!, weight / positions.length);
  return {
    batch: x.batch,
    length: x.length,
    ids: x.noisy,
    ...(x.hidden ? { hidden: x.hidden } : {}),
    ...(x.visible ? { visible: x.visible } : {}),
    ...rows.fields(),
  };
}

/** A batch of the objective from clean sequences. */
export function maskedBatch(s: TokenSequences, options: MaskedOptions, random: Random): Batch {
  return noisedBatch(noised(s, options, random));
}
