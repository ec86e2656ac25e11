/** What the denoising view is given of each run. */
import * as z from 'zod';
import { denoisingRecord } from '../../protocol/denoising-record';

/** One canvas that was denoised for the user, with what it was for. */
export const denoisingRun = z.object({
  /** Grows with time. */
  id: z.number().int().min(0),
  kind: z.enum(['completion', 'edit', 'fix']),
  /** Where it happened, for people: `stats.js:12`. */
  place: z.string(),
  /** What became of it, for people. */
  outcome: z.string(),
  /** When it ended, in milliseconds since 1970. */
  at: z.number(),
  model: z.string(),
  record: denoisingRecord,
});
export type DenoisingRun = z.infer<typeof denoisingRun>;
