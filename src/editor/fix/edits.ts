import { diffLines } from 'diff';

/** Replace the half-open character range of the old text by `text`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The smallest readable set of changes from one text to another: changed lines, each cut to what differs in them, so that
 * cursors, breakpoints and decorations beside the change stay where they are. In order, disjoint.
 */
export function minimalChanges(oldText: string, newText: string): TextChange[] {
  const changes: TextChange[] = [];
  let offset = 0;
  let removed = '';
  let added = '';
  const flush = (): void => {
    if (removed !== '' || added !== '') changes.push(trimmed(offset, removed, added));
    offset += removed.length;
    removed = '';
    added = '';
  };
  for (const part of diffLines(oldText, newText)) {
    if (part.removed) removed += part.value;
    else if (part.added) added += part.value;
    else {
      flush();
      offset += part.value.length;
    }
  }
  flush();
  return changes;
}

function trimmed(offset: number, before: string, after: string): TextChange {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  if (splitsPair(before, head) || splitsPair(after, head)) head--;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  if (splitsPair(before, before.length - tail) || splitsPair(after, after.length - tail)) tail--;
  return { start: offset + head, end: offset + before.length - tail, text: after.slice(head, after.length - tail) };
}

/** True between a high and a low surrogate, or between \r and \n: no edit may begin or end there. */
function splitsPair(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const left = text.charCodeAt(at - 1);
  const right = text.charCodeAt(at);
  return (left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff) || (left === 13 && right === 10);
}
