/** When a crashed engine may start again. Plain data, so that it can be stated, tested and shown. */
export interface RestartPolicy {
  /** Crashes allowed within the window; one more and the client gives up until told to restart. */
  readonly maxCrashes: number;
  readonly windowMs: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

export const defaultRestartPolicy: RestartPolicy = { maxCrashes: 4, windowMs: 120_000, baseDelayMs: 200, maxDelayMs: 5_000 };

export type RestartDecision =
  { readonly restart: true; readonly delayMs: number } | { readonly restart: false; readonly crashes: number };

/** Decides after the last of `crashTimes` (milliseconds, ascending): the delay doubles with every crash in the window. */
export function decideRestart(policy: RestartPolicy, crashTimes: readonly number[], now: number): RestartDecision {
  const crashes = crashTimes.filter((time) => now - time <= policy.windowMs).length;
  if (crashes > policy.maxCrashes) return { restart: false, crashes };
  return { restart: true, delayMs: Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.max(0, crashes - 1)) };
}
