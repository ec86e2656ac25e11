/** The reasoning trace: entries in order, each passed on as it is written. */
import type { Progress, TraceEntry } from '../../protocol/messages';
import type { Clock } from '../search/clock';

export interface Trace {
  readonly entries: readonly TraceEntry[];
  add(kind: TraceEntry['kind'], text: string, line?: number): void;
  /** A passing remark that isn't kept. */
  say(message: string): void;
}

/** Starts a trace that reports to `onProgress`. */
export function startTrace(clock: Clock, onProgress: (progress: Progress) => void): Trace {
  const entries: TraceEntry[] = [];
  const fraction = (): number => Math.min(1, clock.elapsed() / clock.total);
  return {
    entries,
    add(kind, text, line) {
      const entry: TraceEntry = {
        kind,
        text,
        at: Math.round(clock.elapsed() * 1000) / 1000,
        ...(line === undefined ? {} : { line }),
      };
      entries.push(entry);
      onProgress({ message: text, fraction: fraction(), trace: entry });
    },
    say(message) {
      onProgress({ message, fraction: fraction() });
    },
  };
}
