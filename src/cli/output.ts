import type { Progress, TraceEntry } from '../protocol/messages';

/** Where a command writes: one object or text on standard output, progress on standard error. */
export interface Output {
  readonly json: boolean;
  /** The result: in JSON mode called exactly once, with the object. */
  result(object: object, text: () => string): void;
  /** A line for people about what goes on; replaced by the next one on a terminal, silent in JSON mode. */
  progress(line: string): void;
  note(line: string): void;
}

/** Output to the standard streams of this process. */
export function standardOutput(json: boolean): Output {
  const live = !json && process.stderr.isTTY;
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\x1b[2K');
    shown = false;
  };
  return {
    json,
    result(object, text) {
      clear();
      process.stdout.write(json ? `${JSON.stringify(object)}\n` : text());
    },
    progress(line) {
      if (json) return;
      clear();
      process.stderr.write(live ? line.slice(0, Math.max(20, process.stderr.columns - 1)) : `${line}\n`);
      shown = live;
    },
    note(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
  };
}

/** A progress report as one line. */
export function progressLine({ message, fraction }: Progress): string {
  return fraction === undefined ? message : `${String(Math.round(fraction * 100)).padStart(3)}% ${message}`;
}

/** The reasoning trace for a terminal: when, what kind of step, and what it found. */
export function traceText(trace: readonly TraceEntry[]): string {
  return trace.map(({ at, kind, text }) => `${at.toFixed(1).padStart(6)}s ${kind.padEnd(8)} ${text}\n`).join('');
}
