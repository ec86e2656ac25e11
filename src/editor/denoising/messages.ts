/** What the extension and the denoising view say to each other. Both check what they get. */
import * as z from 'zod';
import { denoisingRun } from './run';

/** Words that the view puts together itself; `{0}` and so on stand for values. */
export const viewWords = z.object({
  completion: z.string(),
  edit: z.string(),
  fix: z.string(),
  step: z.string(),
  facts: z.string(),
  speed: z.string(),
  noSpeed: z.string(),
  samples: z.string(),
  start: z.string(),
  summary: z.string(),
  remasked: z.string(),
  text: z.string(),
  maskedWord: z.string(),
  cellMasked: z.string(),
  cellGuessed: z.string(),
  cellRemasked: z.string(),
  cellNew: z.string(),
  cellWritten: z.string(),
  cellKept: z.string(),
  play: z.string(),
  pause: z.string(),
  newRun: z.string(),
  lineBreak: z.string(),
  space: z.string(),
});
export type ViewWords = z.infer<typeof viewWords>;

export const toView = z.discriminatedUnion('type', [
  /** Everything there is, oldest first; the answer to `ready`. */
  z.object({ type: z.literal('runs'), runs: z.array(denoisingRun), words: viewWords }),
  /** One more. */
  z.object({ type: z.literal('run'), run: denoisingRun }),
]);
export type ToView = z.infer<typeof toView>;

export const toHost = z.discriminatedUnion('type', [
  /** The view's script runs, for the first time or again after it was hidden. */
  z.object({ type: z.literal('ready') }),
  /** The user wants something to look at: a completion at the cursor of the last editor. */
  z.object({ type: z.literal('complete') }),
  z.object({ type: z.literal('failed'), message: z.string().max(2_000) }),
]);
export type ToHost = z.infer<typeof toHost>;

/** What the view remembers while it is hidden. */
export const viewState = z.object({
  run: z.number().int().optional(),
  frame: z.number().int().min(0),
  follow: z.boolean(),
});
export type ViewState = z.infer<typeof viewState>;
