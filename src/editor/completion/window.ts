import type { Place } from './reuse';

/** Characters sent before and after the cursor: more than the model can hold, little enough to send with every pause. */
const prefixLength = 6_000;
const suffixLength = 2_000;
/** The prefix's beginning moves in such steps only, so that it stays the same while the user types on. */
const stride = 1_024;

/** The text around an offset that a completion is computed from. */
export function windowAround(text: string, offset: number): Place {
  return { prefix: text.slice(windowStart(text, offset), offset), suffix: text.slice(offset, offset + suffixLength) };
}

function windowStart(text: string, offset: number): number {
  const earliest = offset - prefixLength;
  if (earliest <= 0) return 0;
  const stepped = Math.ceil(earliest / stride) * stride;
  const line = text.indexOf('\n', stepped);
  return line >= 0 && line < offset ? line + 1 : stepped;
}
