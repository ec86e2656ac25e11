import type { Change } from './change';

/** A change that may follow: in the text as it is now, `[start, end)` holds `oldText`. */
export interface NextEdit {
  readonly start: number;
  readonly end: number;
  readonly oldText: string;
  readonly newText: string;
}

/** An edit found in the text before the user's change, at its place now. Undefined where it touches what the user changed. */
export function afterChange(change: Change, start: number, oldText: string, newText: string): NextEdit | undefined {
  const end = start + oldText.length;
  if (start < change.start + change.oldText.length && end > change.start) return undefined;
  const shift = start >= change.start ? change.newText.length - change.oldText.length : 0;
  return { start: start + shift, end: end + shift, oldText, newText };
}
