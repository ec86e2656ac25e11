/** What is measured outside of the editor: the same answers by the model alone, and by decoding token by token. */
import * as z from 'zod';

export const jobSchema = z.object({
  /** The checkout. */
  root: z.string(),
  cursors: z.number().int().positive(),
  threads: z.number().int().positive(),
});
export type Job = z.infer<typeof jobSchema>;

const ratio = z.number().nullable();

export const decodingSchema = z.object({
  cursors: z.number(),
  /** Of an answer: the search for its length and all denoising steps; and of as many tokens by autoregression, with its cache. Milliseconds. */
  infill_p50_ms: z.number(),
  infill_p95_ms: z.number(),
  autoregressive_p50_ms: z.number(),
  autoregressive_p95_ms: z.number(),
  tokens_mean: z.number(),
  /** Time of autoregression over time of the infill, all cursors together: over 1, the infill is faster. */
  ratio_vs_autoregressive: ratio,
  /** The same by length of the answer; null where there was none of that length. */
  ratio_vs_autoregressive_by_tokens: z.object({ '1-4': ratio, '5-16': ratio, '17-48': ratio }),
});
export type Decoding = z.infer<typeof decodingSchema>;
