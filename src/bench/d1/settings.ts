/** Sizes and recipes of the experiment: d1's, scaled to what two processor cores train in minutes. */
import type { TransformerConfig } from '../../model/config';
import { endToken, maskToken, tokens } from './alphabet';

export const network: TransformerConfig = {
  architecture: 'llada',
  layers: 3,
  width: 64,
  heads: 4,
  kvHeads: 4,
  headWidth: 16,
  mlpWidth: 176,
  vocabulary: tokens.length,
  normEpsilon: 1e-5,
  ropeTheta: 10000,
  tied: true,
  maxSequence: 80,
  maskToken,
  endToken,
};

/** Supervised learning: the base's corpus, and SFT on traces. */
export const supervised = {
  base: { learningRate: 1e-2, sequences: 64, warmUp: 100 },
  /** d1 trains 20 epochs on 1,000 traces (s1K); the same number here. */
  sft: { learningRate: 1e-3, sequences: 32, warmUp: 20, traces: 1000 },
} as const;

/** Diffu-GRPO as in d1: G 6, clip 0.5, beta 0.04, prompt mask 0.15, temperature 0.9, two tokens a step; blocks are a quarter of a completion, d1's an eighth. */
export const grpo = {
  learningRate: 3e-4,
  warmUp: 4,
  prompts: 8,
  group: 6,
  innerUpdates: 4,
  clip: 0.2,
  temperature: 0.9,
  blockLength: 8,
  tokensPerStep: 2,
} as const;

/** Held-out puzzles that every score is taken on. */
export const heldOut = 200;

/** P2's eta where remasking is measured (see RemaskOptions). */
export const remaskEta = 1;
