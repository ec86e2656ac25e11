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
}

const atOnce = 8;
const seed = 0x4e1d;

/** Bits per character of next-token prediction: all tokens but the first of each document in each sequence, end tokens included. */
export async function autoregressiveBits(o: HeldOutOptions): Promise<number> {
  const batch = autoregressiveBatch(sequencesOf(o));
  // The batch's loss is a mean over rows of equal weight.
  return bitsPerCharacter(o, batch, batch.targets);
}

/** Bits per character of the masked diffusion bound (LLaDA, arXiv 2502.09992, equation 3), by counted masks at stratified levels, the same at each call. */
export async function diffusionBits(o: HeldOutOptions): Promise<number> {
  const sequences = sequencesOf(o);
  const options = { maskToken: o.maskToken, noise: { masks: 'counted', levels: 'stratified' } } as const;
  return bitsPerCharacter(o, maskedBatch(sequences, options, Random.seeded(seed)), sequences.ids);
}

function sequencesOf(o: HeldOutOptions): ReturnType<PackedSequences['batch']> {
  const packed = new PackedSequences(o.heldOut, { length: o.length, seed });
  return packed.batch(0, Math.min(o.sequences, packed.count));
}

/** The batch's loss is in nats per token of `tokens`. */
async function bitsPerCharacter(o: HeldOutOptions, batch: Batch, tokens: Int32Array): Promise<number> {
  let nats = 0;
  for (const part of splitBatch(batch, atOnce)) {
    const { logp } = await o.session.step(part);
    part.values['row_weights']!.forEach((w, i) => (nats -= w * logp[i]!));
  }
  const characters = tokens.reduce((sum, id) => sum + o.charactersOf(id), 0);
  return (nats * tokens.length) / characters / Math.LN2;
}
