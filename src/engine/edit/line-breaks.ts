/** Kinds of edits and the model know one kind of line break: texts with others are edited as if they had it, and keep theirs. */
import type { Edit } from '../../edits/text';

export interface PlainText {
  /** With `\n` for every `\r\n`. */
  readonly text: string;
  /** An offset of the original in the plain text. One between `\r` and `\n` counts as before both. */
  toPlain(offset: number): number;
  /** An offset of the plain text in the original. */
  toOriginal(offset: number): number;
  /** A change of the plain text as one of the original, with line breaks of the kind that stands near it. */
  restore(change: Edit): Edit;
}

export function plainText(original: string): PlainText {
  /** Offset in the plain text of each `\n` that had a `\r` before it. */
  const pairs: number[] = [];
  const text = original.replace(/\r\n/g, (_pair, at: number) => {
    pairs.push(at - pairs.length);
    return '\n';
  });
  /** Number of pairs whose `\n` stands before a plain offset. */
  const before = (offset: number): number => lowerBound(pairs, offset);
  const toOriginal = (offset: number): number => offset + before(offset);
  return {
    text,
    toPlain: (offset) => {
      // The k-th pair's \r stands at its plain offset plus k in the original.
      let [low, high] = [0, pairs.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (pairs[middle]! + middle < offset) low = middle + 1;
        else high = middle;
      }
      return offset - low;
    },
    toOriginal,
    restore: ({ start, end, text: written }) => ({
      start: toOriginal(start),
      end: toOriginal(end),
      text: written.replaceAll('\n', breakNear(original, toOriginal(start))),
    }),
  };
}

/** The line break that ends the line of an offset, else the one before it. */
function breakNear(text: string, offset: number): string {
  const next = text.indexOf('\n', offset);
  const at = next >= 0 ? next : text.lastIndexOf('\n', offset);
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** How many of the sorted numbers are below a limit. */
function lowerBound(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
