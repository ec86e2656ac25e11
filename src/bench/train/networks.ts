/** What is measured: networks, objectives, and what of the network is trained. */
import type { TransformerConfig } from '../../model/config';

export const sizes = ['6m', '25m'] as const;
export type Size = (typeof sizes)[number];
export const objectives = ['ar', 'masked', 'grpo'] as const;
export type Objective = (typeof objectives)[number];
/** All weights, or an adapter beside frozen ones. */
export const kinds = ['full', 'lora'] as const;
export type Kind = (typeof kinds)[number];
export const optimisers = ['adamw', 'muon'] as const;
export type OptimiserName = (typeof optimisers)[number];

const shared = {
  architecture: 'llada',
  vocabulary: 6144,
  normEpsilon: 1e-6,
  ropeTheta: 10000,
  tied: true,
  maxSequence: 256,
  maskToken: 256,
  endToken: 257,
} as const;

/** The embedded model's shape (6.4 million parameters), and one of its kind with 25.6 million. */
export const networks: Readonly<Record<Size, TransformerConfig>> = {
  '6m': { ...shared, layers: 6, width: 256, heads: 4, kvHeads: 4, headWidth: 64, mlpWidth: 704 },
  '25m': { ...shared, layers: 7, width: 512, heads: 8, kvHeads: 8, headWidth: 64, mlpWidth: 1408 },
};

/** Sequences in a batch, and tokens in each. */
export const batch = { sequences: 8, length: 256 } as const;
/** Of the Diffu-GRPO update's canvases: the rest of the length is the completion. */
export const promptLength = 64;
export const loraRank = 16;
