/** What the command asks of a pre-training's process. */
import * as z from 'zod';
import { settingsSchema } from './settings';

export const jobSchema = z.strictObject({
  /** Where the training keeps its settings, log, checkpoints and model. */
  folder: z.string(),
  /** Finished corpus (see corpus/shards.ts). */
  corpus: z.string(),
  /** Folder of tokenizer.json. */
  tokenizer: z.string(),
  settings: settingsSchema,
  /** Model folder to go on from where the training's own folder has no checkpoint. */
  from: z.string().nullable(),
  /** This process ends after so many, with a checkpoint. */
  minutes: z.number().positive().nullable(),
  threads: z.number().int().min(0),
  /** Seconds of training between these. */
  every: z.strictObject({
    checkpoint: z.number().min(0),
    evaluation: z.number().positive(),
    milestone: z.number().positive(),
  }),
  heldOut: z.strictObject({
    /** Sequences that the bits per character are measured on. */
    sequences: z.number().int().positive(),
    /** Gaps of each kind. */
    gaps: z.number().int().min(0),
  }),
});

export type Job = z.infer<typeof jobSchema>;

export const everyDefault: Job['every'] = { checkpoint: 120, evaluation: 900, milestone: 1800 };
export const heldOutDefault: Job['heldOut'] = { sequences: 96, gaps: 40 };
