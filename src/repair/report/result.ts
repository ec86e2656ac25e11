/** Turns what was found into the answer on the wire. */
import { createHash } from 'node:crypto';
import { createTwoFilesPatch } from 'diff';
import type { FixResult } from '../../protocol/messages';

/** Unified diff of one file, with the path relative to the project. */
export function unifiedDiff(file: string, before: string, after: string): string {
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, { context: 3 }).replace(/^=+\n/, '');
}

/** sha256 of a text, hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An answer without a fix. */
export function withoutFix(
  status: 'not-fixed' | 'no-failing-test' | 'error',
  file: string,
  facts: Pick<FixResult, 'candidatesTried' | 'testsRun' | 'seconds' | 'device' | 'trace'> & { readonly error?: string },
): FixResult {
  return { status, file, diff: '', source: 'none', alternatives: [], ...facts };
}
