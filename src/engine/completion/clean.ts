/** All that is done to a raw infill before it may be shown, in its order. Pure: texts in, text or the reason for silence out. */
import { balance } from './balance';
import {
  cutLoops,
  dropDoubledIndentation,
  dropFollowingLines,
  dropRepeatedWord,
  dropSuffixOverlap,
  eolOf,
  holdsControls,
  indentationOf,
  limitLines,
  matchIndentation,
  ontoGrid,
  repeatsNeighbour,
  trimLineEnds,
} from './filters';
import { syntaxOf } from './lex';

export interface Gap {
  readonly prefix: string;
  readonly suffix: string;
  /** VS Code's id of the language. */
  readonly languageId: string;
  /** Most lines of the completion, the cursor's own included. */
  readonly maxLines: number;
}

export type Cleaned = { readonly text: string } | { readonly text: undefined; readonly why: string };

/** Characters on either side that a completion is judged by: what is further away neither opens nor closes anything in it. */
export const nearBefore = 8_000;
export const nearAfter = 4_000;
/** Characters of a raw infill that are looked at: more than any canvas holds. */
const longestRaw = 4_000;

/** A raw infill for a document of any length and either kind of line break, as it may be shown there. */
export function finish(raw: string, gap: Gap): Cleaned {
  const near = nearby(gap);
  const cleaned = clean(raw.slice(0, longestRaw).replaceAll(/\r\n?/g, '\n'), {
    ...gap,
    prefix: near.prefix.replaceAll('\r\n', '\n'),
    suffix: near.suffix.replaceAll('\r\n', '\n'),
  });
  if (cleaned.text === undefined) return cleaned;
  return { text: cleaned.text.replaceAll('\n', eolOf(near.prefix, near.suffix)) };
}

/** The text around the gap that is looked at: whole lines before it where there are any, never half a character. */
export function nearby({ prefix, suffix }: Pick<Gap, 'prefix' | 'suffix'>): { prefix: string; suffix: string } {
  let before = prefix.slice(-nearBefore);
  if (before.length < prefix.length) before = before.slice(Math.max(before.indexOf('\n') + 1, isLow(before, 0) ? 1 : 0));
  const end = isLow(suffix, nearAfter) ? nearAfter - 1 : nearAfter;
  return { prefix: before, suffix: suffix.slice(0, end) };
}

/** Runs a raw infill through all filters; texts with `\n` only. */
export function clean(raw: string, { prefix, suffix, languageId, maxLines }: Gap): Cleaned {
  if (holdsControls(raw)) return { text: undefined, why: 'the completion holds control characters' };
  let text = limitLines(raw, maxLines);
  text = dropDoubledIndentation(text, prefix);
  text = dropRepeatedWord(text, prefix);
  if (text.trim() === '') return { text: undefined, why: 'the completion is empty' };
  text = dropFollowingLines(dropSuffixOverlap(text, suffix), prefix, suffix);
  text = cutLoops(text);
  if (text.trim() === '') return { text: undefined, why: 'the completion only repeats what follows' };
  // Something at the cursor, so that the cursor's own line counts.
  const indentation = indentationOf(`${prefix}.${suffix}`);
  text = ontoGrid(matchIndentation(text, indentation), prefix, indentation);
  text = trimLineEnds(balance(text, prefix, suffix, syntaxOf(languageId)));
  if (text.trim() === '') return { text: undefined, why: 'the completion would unbalance brackets or quotes' };
  if (repeatsNeighbour(text, prefix, suffix)) return { text: undefined, why: 'the completion only repeats a line beside it' };
  return { text };
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
