/** Learning rates as plain functions of how far a training has come. */

export interface Progress {
  /** Updates done before this one. */
  readonly step: number;
  /** Share of the training done, 0 to 1: of its steps, or of its time budget, whichever bounds it. */
  readonly share: number;
}

export type Schedule = (at: Progress) => number;

export function constant(rate: number): Schedule {
  return () => rate;
}

/** The schedule scaled up linearly over the first `steps` updates: 1/steps of it, 2/steps, ... and all of it from then on. */
export function warmUp(steps: number, schedule: Schedule): Schedule {
  return (at) => schedule(at) * Math.min(1, (at.step + 1) / Math.max(1, steps));
}

/** From `peak` down to `floor` along half a cosine (Loshchilov and Hutter, arXiv 1608.03983, without restarts). */
export function cosine(peak: number, floor = 0): Schedule {
  return ({ share }) => floor + ((peak - floor) * (1 + Math.cos(Math.PI * bounded(share)))) / 2;
}

/** `peak` until the share `from` is done, then linearly down to `floor` ("trapezoid", "warm-up stable decay"). */
export function linearDecay(peak: number, { from = 0, floor = 0 }: { from?: number; floor?: number } = {}): Schedule {
  return ({ share }) => (bounded(share) <= from ? peak : floor + ((peak - floor) * (1 - bounded(share))) / (1 - from));
}

/** The schedule warmed up again after `start` updates: for going on with moments of zero, whose first updates are the roughest. */
export function rewarmed(schedule: Schedule, start: number, steps: number): Schedule {
  return (at) => schedule(at) * Math.min(1, Math.max(0, at.step - start + 1) / Math.max(1, steps));
}

function bounded(share: number): number {
  return Math.min(1, Math.max(0, share));
}
