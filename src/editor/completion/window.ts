import type { Place } from './reuse';

/** Characters sent before and after the cursor: more than the model can hold, little enough to send with every pause. */
const prefixLength = 6_000;
const suffixLength = 2_000;
/** The prefix's beginning moves in such steps only, so that it stays the same while the user types on. */
const stride = 1_024;

/** A text that is read in pieces, as a string is: of a large document only the surroundings of the cursor are ever read. */
export interface TextSource {
  /** The characters from `start` to `end`, cut to what there is. */
  slice(start: number, end: number): string;
}

/** The text around an offset that a completion is computed from: from the beginning of a line where there is one, and no half characters. */
export function windowAround(text: TextSource, offset: number): Place {
  const earliest = offset - prefixLength;
  let prefix = text.slice(earliest <= 0 ? 0 : Math.ceil(earliest / stride) * stride, offset);
  if (earliest > 0) {
    const line = prefix.indexOf('\n');
    if (line >= 0 && line < prefix.length - 1) prefix = prefix.slice(line + 1);
    else if (/^[\udc00-\udfff]/.test(prefix)) prefix = prefix.slice(1);
  }
  const suffix = text.slice(offset, offset + suffixLength);
  return { prefix, suffix: /[\ud800-\udbff]$/.test(suffix) ? suffix.slice(0, -1) : suffix };
}

/** The same text with something inserted, without building it. */
export function withInsertion(text: TextSource, at: number, inserted: string): TextSource {
  const end = at + inserted.length;
  return {
    slice(from, to) {
      const before = from < at ? text.slice(from, Math.min(to, at)) : '';
      const within = inserted.slice(Math.max(0, from - at), Math.max(0, to - at));
      const after = to > end ? text.slice(Math.max(from, end) - inserted.length, to - inserted.length) : '';
      return before + within + after;
    },
  };
}
