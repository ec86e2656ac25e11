/** An edit that waits while its document changes: it moves along with changes beside it, and ends with one inside. Pure, no editor in it. */

/** A half-open range of characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A change of a document: `length` characters from `offset` on became `text`. */
export interface DocumentChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Where a region is after changes, given in the order in which they apply, each at offsets of the text that those before it have left; undefined where one
 * of them touched the region's own text. What is inserted right at its start or end stands beside it.
 */
export function rebase(region: Span, changes: readonly DocumentChange[]): Span | undefined {
  let { start, end } = region;
  for (const { offset, length, text } of changes) {
    const grown = text.length - length;
    if (offset + length <= start) {
      start += grown;
      end += grown;
    } else if (offset < end) return undefined;
  }
  return { start, end };
}

/**
 * VS Code tells the changes of one event by their offsets in the text before all of them. From the last to the first they can be applied one by one: a
 * change never moves those before it.
 */
export function inOrder(changes: readonly DocumentChange[]): DocumentChange[] {
  return [...changes].sort((a, b) => b.offset - a.offset || b.length - a.length);
}

/** Replaces `[start, end)` by `text`; offsets count from the region's start. */
export interface RegionChange extends Span {
  readonly text: string;
}

/** Where changes are after disjoint others were made. */
export function shiftBy(changes: readonly RegionChange[], made: readonly RegionChange[]): RegionChange[] {
  return changes.map((change) => {
    const by = made.reduce((sum, m) => (m.end <= change.start ? sum + m.text.length - (m.end - m.start) : sum), 0);
    return { start: change.start + by, end: change.end + by, text: change.text };
  });
}

/** A text with disjoint changes made, given in any order. */
export function withChanges(text: string, changes: readonly RegionChange[]): string {
  return [...changes]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((now, { start, end, text: added }) => now.slice(0, start) + added + now.slice(end), text);
}
