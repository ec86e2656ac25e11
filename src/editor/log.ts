import * as vscode from 'vscode';

/** Lines kept for a report of problems; the channel itself keeps all. */
const capacity = 300;

/** One entry of the log, as it was written. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** Unmask's output channel, whose last lines can be read again: VS Code gives an extension no way to read its own channel. */
export interface Log extends vscode.LogOutputChannel {
  /** The last lines, oldest first, also those that the channel's level hides. */
  readonly tail: readonly LogLine[];
}

type Level = LogLine['level'];

/** Creates the channel. The caller disposes of it. */
export function createLog(): Log {
  const channel = vscode.window.createOutputChannel('Unmask', { log: true });
  const tail: LogLine[] = [];
  const keep =
    (level: Level) =>
    (...parts: [message: string, ...args: unknown[]]): void => {
      tail.push({ at: Date.now(), level, text: parts.map(textOf).join(' ') });
      if (tail.length > capacity) tail.shift();
      channel[level](...parts);
    };
  const own: Readonly<Record<Level | 'tail', unknown>> = {
    tail,
    trace: keep('trace'),
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
  };
  // The channel itself but for these: it has more members than are worth repeating, and new editors add to them.
  return new Proxy(channel, {
    get: (target, key): unknown => (key in own ? own[key as keyof typeof own] : Reflect.get(target, key)),
  }) as Log; // the one member that a channel lacks, `tail`, is among them
}

function textOf(part: unknown): string {
  return part instanceof Error ? (part.stack ?? part.message) : String(part);
}
