/** The live display of a training: a block that is redrawn on a terminal, lines elsewhere. */
import type { WriteStream } from 'node:tty';
import type { LogRecord } from './records';
import { addTo, courseOf } from './series';
import { statusBlock, statusLine } from './status';

export interface Display {
  show(record: LogRecord): void;
  /** Draws what is still to be drawn, and leaves it standing. */
  end(): void;
}

export interface DisplayOptions {
  /** Seconds between lines of updates, where lines are written. Default 10. */
  readonly lineEvery?: number;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

const redrawMs = 200;

/** `before`: what a resumed run has logged already. */
export async function openDisplay(
  stream: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>,
  before: readonly LogRecord[] = [],
  options: DisplayOptions = {},
): Promise<Display> {
  const now = options.now ?? Date.now;
  return stream.isTTY === true
    ? terminalDisplay(stream, before, now)
    : lineDisplay(stream, before, (options.lineEvery ?? 10) * 1000, now);
}

async function terminalDisplay(
  stream: NodeJS.WritableStream & Partial<Pick<WriteStream, 'columns'>>,
  before: readonly LogRecord[],
  now: () => number,
): Promise<Display> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  const course = courseOf(before);
  let drawn = -Infinity;
  const draw = (): void => {
    drawn = now();
    update(statusBlock(course, (stream.columns ?? 80) - 1));
  };
  return {
    show(record) {
      addTo(course, record);
      if (now() - drawn >= redrawMs) draw();
    },
    end() {
      draw();
      update.done();
    },
  };
}

function lineDisplay(stream: NodeJS.WritableStream, before: readonly LogRecord[], everyMs: number, now: () => number): Display {
  let run = before.findLast((r) => r.kind === 'run');
  let written = -Infinity;
  let pending: LogRecord | null = null;
  const write = (record: LogRecord): void => {
    stream.write(`${statusLine(record, run)}\n`);
  };
  return {
    show(record) {
      if (record.kind === 'run') run = record;
      pending = record.kind === 'update' && now() - written < everyMs ? record : null;
      if (pending) return;
      if (record.kind === 'update') written = now();
      write(record);
    },
    end() {
      if (pending) write(pending);
      pending = null;
    },
  };
}
