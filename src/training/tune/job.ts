/** What the command asks of a tuning's process. */
import * as z from 'zod';
import { tuneSettings } from './settings';

export const tuneJob = z.strictObject({
  /** Where the tuning keeps its settings, log, checkpoints and model. */
  folder: z.string(),
  /** Model folder that it begins from. */
  from: z.string(),
  /** Corpus of `npm run data`, and tasks of `npm run tasks`. */
  corpus: z.string(),
  tasks: z.string(),
  settings: tuneSettings,
  threads: z.number().int().min(0),
});

export type TuneJob = z.infer<typeof tuneJob>;
