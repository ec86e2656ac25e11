/** What one denoising step looks like from outside: enough to show a canvas as it fills, and to replay it later. */
import * as z from 'zod';

/** One position of a canvas, as it stands after a step. */
export const denoisingCell = z.object({
  /** Null where the position is masked. */
  text: z.string().nullable(),
  /**
   * `unmasked`: written in this very step. `remasked`: what stood here was masked again in this step. `masked`: waits still. `kept`: written before, or
   * never masked.
   */
  state: z.enum(['masked', 'unmasked', 'remasked', 'kept']),
  /** Probability of the text (of the best guess where masked), 0..1; null where the model was not asked. */
  confidence: z.number().min(0).max(1).nullable(),
  /** Half-open range of characters in the request's text that this position replaces; absent where it is new (an infill). */
  at: z.object({ start: z.number().int().min(0), end: z.number().int().min(0) }).optional(),
});
export type DenoisingCell = z.infer<typeof denoisingCell>;

/** A canvas after one denoising step. Sent as `Progress.denoising` while a request runs; a list of them is a record that can be replayed. */
export const denoisingStep = z.object({
  /** Steps of one canvas carry the same number; a request may denoise several, one after the other. */
  canvas: z.number().int().min(0),
  /** Half-open range of characters in the request's text that the canvas stands for. */
  range: z.object({ start: z.number().int().min(0), end: z.number().int().min(0) }),
  /** Counts from 0 within its canvas. Step 0 of a request that masks present text may hold no new token: it shows what was masked. */
  step: z.number().int().min(0),
  cells: z.array(denoisingCell),
  /** Forward passes of the whole request so far, this one included. */
  stepsSoFar: z.number().int().min(0),
  /** Tokens written by the whole request so far, for each second of it; null before the first. */
  tokensPerSecond: z.number().min(0).nullable(),
  /** Device that the model truly runs on, for example `cpu`. */
  device: z.string(),
});
export type DenoisingStep = z.infer<typeof denoisingStep>;
