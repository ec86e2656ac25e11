/** Everything that decides the course of a tuning. */
import * as z from 'zod';

const share = z.number().min(0).max(1);

/** d1's four: neither, one of the two, or supervised first and then rewarded. */
export const tuneArms = ['sft', 'grpo', 'sft+grpo'] as const;
export type TuneArm = (typeof tuneArms)[number];

/** What a tuning is about: corrections of a text as it stands, in one pass (diffusion/proofread.ts), or answers that a model writes (repair/model/canvas.ts). */
export const lessons = ['proofreading', 'answers'] as const;
export type Lesson = (typeof lessons)[number];

export const tuneSettings = z.strictObject({
  lesson: z.enum(lessons),
  arm: z.enum(tuneArms),
  /** Minutes of the whole; the two phases of `sft+grpo` share them, so that no arm gets more than another. */
  minutes: z.number().positive(),
  /** Of the minutes, in `sft+grpo`, that are supervised. */
  supervised: share,
  /**
   * How far the weights that are kept lie from those that it began with towards those that it ended with: between them, what was learnt is mostly kept, and what was
   * known before, too (WiSE-FT, arXiv 2109.01903).
   */
  towards: share,
  sft: z
    .strictObject({
      sequences: z.number().int().positive(),
      learningRate: z.number().positive(),
      warmUp: z.number().int().min(0),
      /** Shares of an update's sequences; what is left is code with masks or gaps in it, as in pre-training. */
      proofread: share,
      ranking: share.default(0),
      /** What a nat of the model's log odds counts beside the search's own opinion of a change, in ranking. */
      rankingWeight: z.number().positive().default(0.5),
      repair: share,
      reasoned: share,
      keep: share,
      edits: share,
    })
    .refine(
      ({ proofread, ranking, repair, reasoned, keep, edits }) =>
        proofread + ranking + repair + reasoned + keep + edits <= 1 + 1e-9,
      'the shares of an update are more than the whole of it',
    ),
  grpo: z.strictObject({
    prompts: z.number().int().positive(),
    group: z.number().int().min(2),
    learningRate: z.number().positive(),
    temperature: z.number().positive(),
    /** Part of the tasks whose code is right: leaving it alone is what pays there. */
    keep: share,
    /** Of answers: updates on the same rollouts (d1's mu). */
    innerUpdates: z.number().int().positive(),
    /** Tokens of a completion's canvas. */
    completion: z.number().int().positive(),
    tokensPerStep: z.number().positive(),
    promptMask: share,
    /** Of proofreading: sequences of the supervised part's mixture in every update; see proofread/rehearsal.ts. */
    rehearsal: z.number().int().min(0).default(0),
  }),
  seed: z.number().int().min(0),
});

export type TuneSettings = z.infer<typeof tuneSettings>;

const shared = { arm: 'sft+grpo', minutes: 60, supervised: 0.6, seed: 1 } as const;
const ofAnswers = { innerUpdates: 4, completion: 96, tokensPerStep: 2, promptMask: 0.15 } as const;

export const defaultTuning: Readonly<Record<Lesson, TuneSettings>> = {
  proofreading: {
    ...shared,
    lesson: 'proofreading',
    towards: 0.75,
    sft: {
      sequences: 16,
      learningRate: 4e-3,
      warmUp: 20,
      proofread: 0.75,
      ranking: 0,
      rankingWeight: 0.5,
      repair: 0,
      reasoned: 0,
      keep: 0,
      edits: 0,
    },
    // One pass serves a whole group, so that groups may be large.
    grpo: { ...ofAnswers, prompts: 8, group: 16, learningRate: 1e-4, temperature: 1, keep: 0.1, rehearsal: 0 },
  },
  answers: {
    ...shared,
    lesson: 'answers',
    towards: 1,
    sft: {
      sequences: 16,
      learningRate: 2e-3,
      warmUp: 20,
      proofread: 0,
      ranking: 0,
      rankingWeight: 0.5,
      repair: 0.15,
      reasoned: 0.3,
      keep: 0.05,
      edits: 0.2,
    },
    grpo: { ...ofAnswers, prompts: 4, group: 8, learningRate: 1e-4, temperature: 0.9, keep: 0.1, rehearsal: 0 },
  },
};
