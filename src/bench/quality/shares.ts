/** Shares with what they were counted from. */
import * as z from 'zod';

export const shareSchema = z.object({
  hits: z.number(),
  of: z.number(),
  /** hits / of; null where nothing was counted. */
  share: z.number().nullable(),
  /** Wilson's score interval at 95% (Wilson 1927; Brown, Cai and DasGupta 2001). */
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type Share = z.infer<typeof shareSchema>;

/** The 97.5% quantile of the normal distribution. */
const z975 = 1.959964;

export function shareOf(hits: number, of: number): Share {
  if (of === 0) return { hits, of, share: null, low: null, high: null };
  const p = hits / of;
  const z2 = z975 ** 2 / of;
  const middle = (p + z2 / 2) / (1 + z2);
  const half = (z975 / (1 + z2)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of));
  return { hits, of, share: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export function shareOfTrue(outcomes: readonly boolean[]): Share {
  return shareOf(outcomes.filter(Boolean).length, outcomes.length);
}
