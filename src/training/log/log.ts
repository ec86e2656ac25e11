/** The log of a training: a file of JSON lines, one record a line. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { logRecord, type LogRecord, type NewRecord } from './records';

/** A line that is no record, other than a last one that was cut off. */
export class LogError extends Error {
  override readonly name = 'LogError';
}

/** Records of a log's text; a last line without its end (the process was killed while it wrote) is left out. Throws LogError, naming the line. */
export function parseLog(text: string): LogRecord[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line, i) => (line === '' ? [] : [parseLine(line, i + 1)]));
}

function parseLine(line: string, number: number): LogRecord {
  try {
    return logRecord.parse(JSON.parse(line));
  } catch (cause) {
    throw new LogError(`line ${number} of the log is no record: ${line.slice(0, 80)}`, { cause });
  }
}

/** Records of a log file; none where there is no file. */
export function readLog(file: string): LogRecord[] {
  return existsSync(file) ? parseLog(readFileSync(file, 'utf8')) : [];
}

/**
 * Writes a log. A line is in the file (safe from the process being killed) when `append` returns, and on the disk after `sync`. One writer at a time.
 */
export class TrainingLog {
  private constructor(private readonly descriptor: number) {}

  /**
   * Opens a log to go on after `resumeStep` updates, 0 for a new run. Lines of later updates are dropped, as those updates will be done again; so is a torn
   * last line. The shortened file takes the old one's place in one step. Throws LogError for a file that is no log.
   */
  static open(file: string, resumeStep: number): TrainingLog {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const kept = resumeStep === 0 ? [] : parseLog(text).filter((r) => r.kind === 'run' || r.step <= resumeStep);
    const shortened = kept.map(lineOf).join('');
    if (shortened !== text) {
      const temporary = `${file}.new`;
      const descriptor = openSync(temporary, 'w');
      writeSync(descriptor, shortened);
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(temporary, file);
    }
    return new TrainingLog(openSync(file, 'a'));
  }

  append(record: NewRecord): void {
    const line = Buffer.from(lineOf(record));
    // A short write would tear the line.
    for (let at = 0; at < line.length;) at += writeSync(this.descriptor, line, at);
  }

  sync(): void {
    fsyncSync(this.descriptor);
  }

  close(): void {
    this.sync();
    closeSync(this.descriptor);
  }
}

/** JSON writes numbers that are none as null, which is how they are read back. */
function lineOf(record: NewRecord): string {
  return `${JSON.stringify(record)}\n`;
}
