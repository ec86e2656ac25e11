/** Everything that decides the course of a tuning. */
import * as z from 'zod';

const share = z.number().min(0).max(1);

/** d1's four: neither, one of the two, or supervised first and then rewarded. */
export const tuneArms = ['sft', 'grpo', 'sft+grpo'] as const;
export type TuneArm = (typeof tuneArms)[number];

export const tuneSettings = z.strictObject({
  arm: z.enum(tuneArms),
  /** Minutes of the whole; the two phases of `sft+grpo` share them, so that no arm gets more than another. */
  minutes: z.number().positive(),
  /** Of the minutes, in `sft+grpo`, that are supervised. */
  supervised: share,
  sft: z.strictObject({
    sequences: z.number().int().positive(),
    learningRate: z.number().positive(),
    warmUp: z.number().int().min(0),
    /** Shares of an update's sequences; what is left are gaps in code, as in pre-training. */
    repair: share,
    reasoned: share,
    keep: share,
    edits: share,
  }),
  grpo: z.strictObject({
    prompts: z.number().int().positive(),
    group: z.number().int().min(2),
    innerUpdates: z.number().int().positive(),
    learningRate: z.number().positive(),
    temperature: z.number().positive(),
    /** Tokens of a completion's canvas. */
    completion: z.number().int().positive(),
    tokensPerStep: z.number().positive(),
    promptMask: share,
    /** Part of the tasks whose code is right: leaving it alone is what pays there. */
    keep: share,
  }),
  seed: z.number().int().min(0),
});

export type TuneSettings = z.infer<typeof tuneSettings>;

export const defaultTuning: TuneSettings = {
  arm: 'sft+grpo',
  minutes: 60,
  supervised: 0.6,
  sft: { sequences: 16, learningRate: 2e-3, warmUp: 20, repair: 0.15, reasoned: 0.3, keep: 0.05, edits: 0.2 },
  grpo: {
    prompts: 4,
    group: 8,
    innerUpdates: 4,
    learningRate: 1e-4,
    temperature: 0.9,
    completion: 96,
    tokensPerStep: 2,
    promptMask: 0.15,
    keep: 0.1,
  },
  seed: 1,
};
