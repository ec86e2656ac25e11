import { inspect } from 'node:util';
import type { ErrorRecord } from './records';

const longest = 4000;

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function printed(value: unknown): string {
  return cut(
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 6, maxArrayLength: 100, maxStringLength: 1000, breakLength: 100 }),
  );
}

/** What a thrown value says, in text: never throws itself, whatever was thrown. */
export function describeError(error: unknown): ErrorRecord {
  try {
    if (typeof error !== 'object' || error === null) return { message: cut(String(error)) };
    const fields = error as {
      message?: unknown;
      stack?: unknown;
      expected?: unknown;
      actual?: unknown;
      generatedMessage?: unknown;
    };
    const compares = 'expected' in fields || 'actual' in fields;
    return {
      message: cut(typeof fields.message === 'string' ? fields.message : printed(error)),
      ...(compares ? { expected: printed(fields.expected), actual: printed(fields.actual) } : {}),
      ...(typeof fields.stack === 'string' ? { stack: cut(fields.stack) } : {}),
    };
  } catch {
    return { message: 'a value that cannot be printed was thrown' };
  }
}
