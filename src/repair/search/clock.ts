/** The time a request has, and what of it is kept back for the proof. */
export interface Clock {
  /** Seconds since the request began. */
  elapsed(): number;
  /** Seconds until the whole budget ends. */
  left(): number;
  /** Seconds the search may still use: what is left without the reserve for the proof. */
  searchLeft(): number;
  /** Keeps this many seconds back for the proof. */
  reserve(seconds: number): void;
  readonly total: number;
}

/** Starts a clock of `total` seconds; `now` gives milliseconds. */
export function startClock(total: number, now: () => number = () => performance.now()): Clock {
  const begin = now();
  let kept = Math.min(1, total * 0.2);
  const elapsed = (): number => (now() - begin) / 1000;
  return {
    total,
    elapsed,
    left: () => Math.max(0, total - elapsed()),
    searchLeft: () => Math.max(0, total - kept - elapsed()),
    reserve(seconds) {
      kept = Math.min(Math.max(seconds, 0.2), total * 0.5);
    },
  };
}
