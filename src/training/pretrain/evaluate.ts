/** How well a network predicts held-out code, as a language model of either kind. */
import type { Batch } from '../batch';
import { PackedSequences, type PackedTokens } from '../data/packing';
import type { TrainingSession } from '../graph/training-session';
import { autoregressiveBatch } from '../objectives/autoregressive';
import { maskedBatch } from '../objectives/masked';
import { splitBatch } from '../objectives/split';
import { Random } from '../random';

/** Code points that a token of the vocabulary stands for. */
export type TokenLengths = (id: number) => number;

export interface HeldOutOptions {
  /** Forward only, over sequences of the length. */
  readonly session: TrainingSession;
  readonly heldOut: PackedTokens;
  readonly length: number;
  readonly sequences: number;
  readonly maskToken: number;
  readonly charactersOf: TokenLengths;
  readonly signal?: AbortSignal;
}

const atOnce = 8;
const seed = 0x4e1d;

export interface Bits {
  /** Bits per character (code point). */
  readonly perCharacter: number;
  /** Of that figure, from the spread between groups of sequences; NaN with fewer than two groups. */
  readonly standardError: number;
  readonly characters: number;
}

/** Next-token prediction: all tokens but the first of each document in each sequence, end tokens included. */
export async function autoregressiveBits(o: HeldOutOptions): Promise<Bits> {
  const batch = autoregressiveBatch(sequencesOf(o));
  // The batch's loss is a mean over rows of equal weight.
  return bitsOf(o, batch, batch.targets.length, (part) => part.targets);
}

/** The masked diffusion bound (LLaDA, arXiv 2502.09992, equation 3), by counted masks at stratified levels, the same at each call. */
export async function diffusionBits(o: HeldOutOptions): Promise<Bits> {
  const sequences = sequencesOf(o);
  const options = { maskToken: o.maskToken, noise: { masks: 'counted', levels: 'stratified' } } as const;
  const batch = maskedBatch(sequences, options, Random.seeded(seed));
  return bitsOf(o, batch, sequences.ids.length, (part, at) => sequences.ids.subarray(at, at + part.ids.length));
}

function sequencesOf(o: HeldOutOptions): ReturnType<PackedSequences['batch']> {
  const packed = new PackedSequences(o.heldOut, { length: o.length, seed });
  return packed.batch(0, Math.min(o.sequences, packed.count));
}

/** The batch's loss is in nats per token of so many. `tokensOf`: those of a part that begins at a position of the batch. */
async function bitsOf(
  o: HeldOutOptions,
  batch: Batch,
  count: number,
  tokensOf: (part: Batch, at: number) => Int32Array,
): Promise<Bits> {
  const groups: Group[] = [];
  let at = 0;
  for (const part of splitBatch(batch, atOnce)) {
    o.signal?.throwIfAborted();
    const { logp } = await o.session.step(part);
    const nats = part.values['row_weights']!.reduce((sum, w, i) => sum - w * logp[i]!, 0);
    const characters = tokensOf(part, at).reduce((sum, id) => sum + o.charactersOf(id), 0);
    groups.push({ bits: (nats * count) / Math.LN2, characters });
    at += part.ids.length;
  }
  return ratioOf(groups);
}

export interface Group {
  readonly bits: number;
  readonly characters: number;
}

/** Sum of bits over sum of characters, with the standard error of that ratio (linearised: Cochran, Sampling Techniques, section 6.3). */
export function ratioOf(groups: readonly Group[]): Bits {
  const characters = groups.reduce((sum, g) => sum + g.characters, 0);
  const perCharacter = groups.reduce((sum, g) => sum + g.bits, 0) / characters;
  const squares = groups.reduce((sum, g) => sum + (g.bits - perCharacter * g.characters) ** 2, 0);
  const n = groups.length;
  return { perCharacter, standardError: n < 2 ? NaN : Math.sqrt((squares * n) / (n - 1)) / characters, characters };
}
