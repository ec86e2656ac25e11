/** Everything that decides the course of a pre-training; kept in its folder, so that it goes on as it began. */
import * as z from 'zod';
import { sizeNames } from './sizes';

const share = z.number().min(0).max(1);

export const settingsSchema = z.strictObject({
  size: z.enum(sizeNames),
  /** Of the weights that it begins with, as a multiple of width^-0.5. */
  deviation: z.number().positive(),
  /** Tokens of a training sequence, and of the longest that the network will know. */
  length: z.number().int().min(16).max(4096),
  /** Sequences of an update. */
  sequences: z.number().int().positive(),
  /** Sequences computed at a time: gradients are added up over an update. */
  atOnce: z.number().int().positive(),
  /** Positions to be computed in all; decides the stages and the learning rate. */
  tokens: z.number().positive(),
  /** Shares of the tokens: next tokens; passing over to masked diffusion. The rest is masked diffusion. */
  stages: z.strictObject({ autoregressive: share, adaptation: share }),
  optimiser: z.enum(['muon', 'adamw']),
  learningRate: z.number().positive(),
  /** Updates in which the learning rate rises. */
  warmUp: z.number().int().min(0),
  /** Share of the tokens after which the learning rate falls, in a straight line, to a twentieth. */
  decayFrom: share,
  weightDecay: z.number().min(0),
  clip: z.number().positive(),
  /** Parts of each update's sequences by where they are from; files have the rest. */
  sources: z.strictObject({ function: share, test: share }),
  diffusion: z.strictObject({
    /** Part of the sequences that are gaps of unknown length. */
    infill: share,
    /** Part of the masked sequences whose masks form spans. */
    spans: share,
    /** Part of the updates in which visible tokens are replaced by wrong ones, and the share of them. */
    corruptedUpdates: share,
    corruptedTokens: share,
    /** Largest share of a sequence that is masked. */
    mostMasked: share.default(1),
  }),
  seed: z.number().int().min(0),
});

export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  size: '6M',
  deviation: 0.32,
  length: 256,
  sequences: 16,
  atOnce: 4,
  tokens: 24e6,
  stages: { autoregressive: 0.15, adaptation: 0.05 },
  optimiser: 'muon',
  learningRate: 6e-3,
  warmUp: 60,
  decayFrom: 0.7,
  weightDecay: 0.1,
  clip: 1,
  sources: { function: 0.3, test: 0.06 },
  diffusion: { infill: 0.3, spans: 0.3, corruptedUpdates: 0.25, corruptedTokens: 0.1, mostMasked: 1 },
  seed: 1,
};

export type Stage = 'autoregressive' | 'adaptation' | 'diffusion';

export interface Plan {
  readonly updates: number;
  /** First update of each stage; later stages begin no earlier. */
  readonly begins: Readonly<Record<Stage, number>>;
}

export function planOf(s: Pick<Settings, 'tokens' | 'length' | 'sequences' | 'stages'>): Plan {
  const updates = Math.max(1, Math.round(s.tokens / (s.length * s.sequences)));
  const adaptation = Math.round(updates * s.stages.autoregressive);
  const diffusion = Math.min(updates, adaptation + Math.round(updates * s.stages.adaptation));
  return { updates, begins: { autoregressive: 0, adaptation, diffusion } };
}

/** The stage of the update that comes after so many. */
export function stageAt({ begins }: Plan, updates: number): Stage {
  if (updates >= begins.diffusion) return 'diffusion';
  return updates >= begins.adaptation ? 'adaptation' : 'autoregressive';
}
