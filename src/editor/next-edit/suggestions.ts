/** Suggested edits of a document that goes on changing. Pure. */
import type { TextChange } from './tracker';

export interface SuggestedEdit {
  readonly start: number;
  readonly end: number;
  readonly oldText: string;
  readonly newText: string;
}

/** The edits at their places after a change; without those that it touched. */
export function shifted(edits: readonly SuggestedEdit[], { offset, length, text }: TextChange): SuggestedEdit[] {
  const by = text.length - length;
  return edits.flatMap((edit) => {
    if (edit.end < offset || (edit.end === offset && length > 0)) return [edit];
    if (edit.start > offset + length || (edit.start === offset + length && length > 0))
      return [{ ...edit, start: edit.start + by, end: edit.end + by }];
    return [];
  });
}

/** True where a change has just done what an edit says. */
export function does({ start, end, newText }: SuggestedEdit, { offset, length, text }: TextChange, textNow: string): boolean {
  const within = offset >= start && offset + length <= end;
  return (
    within && end - start + text.length - length === newText.length && textNow.slice(start, start + newText.length) === newText
  );
}

/**
 * Whether VS Code shows an edit as ghost text: it has to lie on the cursor's line, not before the cursor, and what is replaced has to stay visible in what
 * replaces it (its characters in their order). Others it leaves out without a word.
 */
export function fitsGhostText(edit: SuggestedEdit, cursor: number, lineEnd: number): boolean {
  if (edit.start < cursor || edit.end > lineEnd || /[\r\n]/.test(edit.newText)) return false;
  let at = 0;
  for (const char of edit.oldText) {
    at = edit.newText.indexOf(char, at) + 1;
    if (at === 0) return false;
  }
  return edit.newText !== edit.oldText;
}
