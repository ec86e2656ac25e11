/** Does a confidence of 0.7 mean right seven times of ten? */
import * as z from 'zod';
import { shareOfTrue, shareSchema } from './shares';

export interface Judged {
  /** 0..1. */
  readonly confidence: number;
  readonly right: boolean;
}

export const calibrationSchema = z.object({
  /** Expected calibration error; null where nothing was judged. */
  ece: z.number().nullable(),
  judged: z.number(),
  /** The reliability table: bins of equal width, empty ones left out. */
  bins: z.array(z.object({ from: z.number(), to: z.number(), confidence: z.number(), right: shareSchema })),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** ECE = sum over bins of n_b/n |right_b - confidence_b| (Guo et al., arXiv 1706.04599, equation 3), with a confidence of 1 in the last bin. */
export function calibrationOf(judged: readonly Judged[], bins = 10): Calibration {
  const table = Array.from({ length: bins }, (_, b) => {
    const own = judged.filter(({ confidence }) => Math.min(bins - 1, Math.floor(confidence * bins)) === b);
    const confidence = own.reduce((sum, j) => sum + j.confidence, 0) / own.length;
    return { from: b / bins, to: (b + 1) / bins, confidence, right: shareOfTrue(own.map((j) => j.right)) };
  }).filter(({ right }) => right.of > 0);
  const ece = table.reduce((sum, { confidence, right }) => sum + right.of * Math.abs(right.share! - confidence), 0);
  return { ece: judged.length === 0 ? null : ece / judged.length, judged: judged.length, bins: table };
}
