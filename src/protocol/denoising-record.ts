/** A canvas from its first step to its last, with a little of the text around it: what the denoising view replays. */
import * as z from 'zod';
import { denoisingStep } from './denoising';

export const denoisingRecord = z.object({
  /** The text right before and right after the canvas, at most `recordContext` characters of each. */
  before: z.string(),
  after: z.string(),
  /** In order, all of one canvas. */
  steps: z.array(denoisingStep).min(1),
  /** From the request for the canvas to its last step. */
  milliseconds: z.number().min(0),
  /** How many canvases were denoised together, of which this is the first. */
  samples: z.number().int().min(1),
});
export type DenoisingRecord = z.infer<typeof denoisingRecord>;
