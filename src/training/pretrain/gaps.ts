/** Gaps in code as people leave them, cut from its text rather than from its tokens: what stands around a cursor is tokenised on its own in use, too. */
import { leadOf } from '../../diffusion/window';
import type { InfillExample } from '../objectives/infill';
import type { Random } from '../random';

export type GapKind = 'lines' | 'rest' | 'expression' | 'span';

/** How often each kind is tried first. */
const kinds: readonly (readonly [kind: GapKind, share: number])[] = [
  ['lines', 0.35],
  ['rest', 0.25],
  ['expression', 0.2],
  ['span', 0.2],
];

/** Half-open range of UTF-16 offsets. */
export interface TextGap {
  readonly start: number;
  readonly end: number;
}

export interface GapLimits {
  /** Most characters. */
  readonly characters: number;
  /** Most lines of a gap of whole lines. */
  readonly lines: number;
}

export const gapLimits: GapLimits = { characters: 240, lines: 4 };

/** A random gap in a text; of another kind where the text has none of the first. Null in texts of hardly anything. */
export function drawTextGap(text: string, random: Random, limits: GapLimits = gapLimits): TextGap | null {
  let u = random.uniform();
  const first = kinds.find(([, share]) => (u -= share) < 0)?.[0] ?? 'span';
  return gapOfKind(first, text, random, limits) ?? gapOfKind('span', text, random, limits);
}

/** A random gap of one kind; null where a few tries find none. */
export function gapOfKind(kind: GapKind, text: string, random: Random, limits: GapLimits = gapLimits): TextGap | null {
  for (let attempt = 0; attempt < 4; attempt++) {
    const gap = drawers[kind](text, random, limits);
    if (gap && gap.end > gap.start && gap.end - gap.start <= limits.characters && text.slice(gap.start, gap.end).trim() !== '')
      return gap;
  }
  return null;
}

type Drawer = (text: string, random: Random, limits: GapLimits) => TextGap | null;

const drawers: Readonly<Record<GapKind, Drawer>> = {
  lines(text, random, limits) {
    const first = lineAt(text, random.below(text.length));
    let { end } = first;
    for (let more = random.below(limits.lines); more > 0 && end < text.length; more--) end = lineAt(text, end + 1).end;
    // With the line break and indentation before it, as after pressing no key, or without, as after Enter.
    const bare = first.start + /^[ \t]*/.exec(text.slice(first.start, first.end))![0].length;
    return { start: random.uniform() < 0.5 ? bare : Math.max(0, first.start - 1), end };
  },
  rest(text, random, limits) {
    const line = lineAt(text, random.below(text.length));
    const start = wordBound(text, line.start + random.below(Math.max(1, line.end - line.start)), random);
    let { end } = line;
    // Sometimes what follows belongs to it, as a block does to its head.
    for (let more = random.uniform() < 0.3 ? random.below(limits.lines) : 0; more > 0 && end < text.length; more--)
      end = lineAt(text, end + 1).end;
    return { start, end };
  },
  expression(text, random, limits) {
    const from = random.below(text.length);
    const opening = /[([{]|[^=!<>]=(?![=>])|\breturn\b|=>/g;
    opening.lastIndex = from;
    const match = opening.exec(text);
    if (!match) return null;
    const start = match.index + match[0].length + (text[match.index + match[0].length] === ' ' ? 1 : 0);
    const end = expressionEnd(text, start, limits.characters);
    return end === null ? null : { start, end };
  },
  span(text, random, limits) {
    const start = wordBound(text, random.below(text.length), random);
    const length = 1 + Math.floor(Math.min(limits.characters, 80) * random.uniform() ** 2);
    return { start, end: wordBound(text, Math.min(text.length, start + length), random) };
  },
};

/** The line around a position, without its line break. */
function lineAt(text: string, at: number): TextGap {
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', Math.max(at, start));
  return { start, end: end < 0 ? text.length : end };
}

/** The position, or more often the end of the word that it is in: people pause there. Never inside a surrogate pair. */
function wordBound(text: string, at: number, random: Random): number {
  let bound = at;
  if (random.uniform() < 0.75)
    while (bound > 0 && bound < text.length && /\w/.test(text[bound - 1]!) && /\w/.test(text[bound]!)) bound++;
  return isLow(text, bound) ? bound + 1 : bound;
}

function isLow(text: string, at: number): boolean {
  return at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** Where the expression ends that starts here: before the bracket that closes around it, a semicolon, or a comma or line break at its own depth. */
function expressionEnd(text: string, start: number, most: number): number | null {
  let depth = 0;
  for (let i = start; i < Math.min(text.length, start + most); i++) {
    const c = text[i]!;
    if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) {
      if (depth === 0) return i;
      depth--;
    } else if (depth === 0 && (c === ';' || c === ',' || c === '\n')) return i;
  }
  return null;
}

/** The gap as tokens. A blank or line break before it becomes part of it, as in the sampler's gaps. */
export function infillExample(text: string, gap: TextGap, encode: (text: string) => number[]): InfillExample {
  const start = gap.start - leadOf(text.slice(0, gap.start)).length;
  return {
    prefix: encode(text.slice(0, start)),
    middle: encode(text.slice(start, gap.end)),
    suffix: encode(text.slice(gap.end)),
  };
}
