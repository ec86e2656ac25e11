/** Several edits, each judged in what the ones before have left, as changes of the text that all began with. */
import type { Edit } from '../text';

/** A piece of the present text: kept from the first text, or written by edits (which `marks` name). */
type Piece =
  | { readonly kept: true; readonly start: number; readonly end: number }
  | { readonly kept: false; readonly text: string; readonly marks: ReadonlySet<number> };

/** A change of the first text, and the edits that made it. */
export interface MarkedChange extends Edit {
  readonly marks: readonly number[];
}

/** The present text as pieces of the first one and what was written since. Immutable. */
export interface Composition {
  readonly base: string;
  readonly text: string;
  readonly pieces: readonly Piece[];
}

export function compose(base: string): Composition {
  return { base, text: base, pieces: [{ kept: true, start: 0, end: base.length }] };
}

const lengthOf = (piece: Piece): number => (piece.kept ? piece.end - piece.start : piece.text.length);

/** Applies disjoint edits of the present text, all under one mark. An edit that meets what others wrote takes their marks over. */
export function applyMarked(composition: Composition, edits: readonly Edit[], mark: number): Composition {
  // From the end, so that the places of those before stay true.
  const sorted = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
  let { pieces, text } = composition;
  for (const edit of sorted) {
    pieces = replace(pieces, edit, mark);
    text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  }
  return { base: composition.base, text, pieces };
}

function replace(pieces: readonly Piece[], edit: Edit, mark: number): Piece[] {
  const [before, after]: [Piece[], Piece[]] = [[], []];
  const marks = new Set([mark]);
  let [head, tail] = ['', ''];
  let at = 0;
  for (const piece of pieces) {
    const [start, end] = [at, at + lengthOf(piece)];
    at = end;
    // What was written is never parted: a new edit that meets it belongs with it.
    if (!piece.kept && start <= edit.end && end >= edit.start) {
      for (const m of piece.marks) marks.add(m);
      head += piece.text.slice(0, Math.max(0, edit.start - start));
      tail = tail + piece.text.slice(Math.max(0, Math.min(piece.text.length, edit.end - start)));
      continue;
    }
    if (!piece.kept || end <= edit.start) {
      (end <= edit.start ? before : after).push(piece);
      continue;
    }
    if (start >= edit.end) {
      after.push(piece);
      continue;
    }
    if (edit.start > start) before.push({ kept: true, start: piece.start, end: piece.start + edit.start - start });
    if (edit.end < end) after.push({ kept: true, start: piece.end - (end - edit.end), end: piece.end });
  }
  return [...before, { kept: false, text: head + edit.text + tail, marks }, ...after];
}

/** What is changed of the first text, in order, disjoint, with kept text between any two. */
export function changesOf({ base, pieces }: Composition): MarkedChange[] {
  const changes: MarkedChange[] = [];
  let at = 0;
  let [text, marks] = ['', new Set<number>()];
  const flush = (until: number): void => {
    if (marks.size > 0 && (text !== base.slice(at, until)))
      changes.push({ start: at, end: until, text, marks: [...marks].sort((a, b) => a - b) });
    [text, marks] = ['', new Set()];
  }; // prettier-ignore
  for (const piece of pieces) {
    if (piece.kept) {
      if (piece.start === piece.end) continue;
      flush(piece.start);
      at = piece.end;
    } else {
      text += piece.text;
      for (const mark of piece.marks) marks.add(mark);
    }
  }
  flush(base.length);
  return changes;
}

/** Edits of the present text as edits of the first one; undefined where they touch what was written since. */
export function inBase({ pieces }: Composition, edits: readonly Edit[]): Edit[] | undefined {
  const found: Edit[] = [];
  for (const edit of edits) {
    let at = 0;
    let there: Edit | undefined;
    for (const piece of pieces) {
      const [start, end] = [at, at + lengthOf(piece)];
      at = end;
      if (!piece.kept) {
        if (start <= edit.end && end >= edit.start) return undefined;
      } else if (edit.start >= start && edit.end <= end)
        there ??= { start: piece.start + edit.start - start, end: piece.start + edit.end - start, text: edit.text };
    }
    if (!there) return undefined;
    found.push(there);
  }
  return found;
}
