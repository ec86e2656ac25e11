/** How an edit is drawn into the text that it would change: what goes is struck out, what comes stands behind it. Pure, no editor in it. */
import type { DenoisingStep } from '../../protocol/denoising';
import { inDocument, type Proposal, type ProposedHunk } from './proposal';
import type { RegionChange } from './rebase';

/** Most characters of new text shown in the line; the rest is in the hover and in the diff. */
const mostShown = 160;
/** Stands for a line break in text that is drawn into one line. */
const breakMark = ' ⏎ ';

export interface Mark {
  /** Half-open range of the document; may be empty. */
  readonly start: number;
  readonly end: number;
  /** New text drawn behind the range; empty: the range only goes. */
  readonly added: string;
  readonly hunk: ProposedHunk;
}

/** Marks of hunks, in the order of the text. */
export function marksOf(proposal: Proposal): Mark[] {
  return proposal.hunks
    .flatMap((hunk) => inDocument(proposal, [hunk]).flatMap((change) => marksOfChange(proposal, change, hunk)))
    .sort((a, b) => a.start - b.start);
}

/**
 * The marks of one change. Where whole lines become others each new line stands behind the old one in its place, for text can be drawn into lines that are
 * there, but no line between them; what is left over stands in the last one.
 */
function marksOfChange({ text, region }: Proposal, { start, end, text: fresh }: RegionChange, hunk: ProposedHunk): Mark[] {
  const old = text.slice(start - region.start, end - region.start).split(/(?<=\n|\r(?!\n))/);
  if (/[\r\n]$/.test(old.at(-1)!)) old.push('');
  const lines = fresh.split(/\r\n|\r|\n/);
  let at = start;
  const marks = old.flatMap((whole, i): Mark[] => {
    const line = whole.replace(/[\r\n]+$/, '');
    const from = at;
    at += whole.length;
    const added = i < old.length - 1 ? (lines[i] ?? '') : lines.slice(i).join('\n');
    if (old.length > 1 && line === added) return [];
    // Blanks before a line that goes need no line through them, and what comes stands at their end.
    const blanks = i > 0 && line.trim() !== '' ? line.length - line.trimStart().length : 0;
    return [{ start: from + blanks, end: from + line.length, added: inOneLine(i > 0 ? added.trimStart() : added), hunk }];
  });
  // Where only line breaks come or go no line shows it.
  return marks.length > 0 ? marks : [{ start, end, added: inOneLine(fresh), hunk }];
}

/** A text as it can stand within a line: blanks that stay, line breaks as signs, indentation after them left out. */
export function inOneLine(text: string): string {
  const lines = text.split(/\r\n|\r|\n/);
  const joined = lines.map((line, i) => (i === 0 ? line : line.trimStart())).join(breakMark);
  const shown = joined.length > mostShown ? `${joined.slice(0, mostShown - 1)}…` : joined;
  return shown.replaceAll('\t', '  ').replaceAll(' ', '\u00a0');
}

/** A hunk as a unified diff without its head: what goes and what comes, for a hover. */
export function hunkDiff(proposal: Proposal, hunk: ProposedHunk): string {
  const { text } = proposal;
  return hunk.changes
    .map(({ start, end, text: added }) => {
      const from = text.lastIndexOf('\n', start - 1) + 1;
      const next = text.indexOf('\n', end);
      const to = next < 0 ? text.length : next;
      const lines = (mark: string, part: string): string[] => part.split(/\r\n|\r|\n/).map((line) => mark + line.replace(/\r$/, ''));
      const before = text.slice(from, to).replace(/\r$/, '');
      const after = (text.slice(from, start) + added + text.slice(end, to)).replace(/\r$/, '');
      return [...lines('-', before), ...(after === '' ? [] : lines('+', after))].join('\n');
    })
    .join('\n');
} // prettier-ignore

/** One position of a canvas as it is drawn while it denoises. */
export interface LiveMark {
  readonly start: number;
  readonly end: number;
  readonly state: 'masked' | 'remasked' | 'written';
  /** New text behind the old one, where there is any. */
  readonly added: string;
}

/** What to draw of a step: masked positions, and those that were written with other text than stands there. `by` is how far the region moved since. */
export function liveMarks(step: DenoisingStep, text: string, by: number): LiveMark[] {
  // Positions that stand for no place of their own: the region as a whole waits.
  if (step.cells.every(({ at }) => at === undefined)) return [{ start: step.range.start + by, end: step.range.end + by, state: 'masked', added: '' }]; // prettier-ignore
  return step.cells.flatMap((cell): LiveMark[] => {
    if (!cell.at) return [];
    const { start, end } = cell.at;
    const place = { start: start + by, end: end + by };
    if (cell.text === null) return [{ ...place, state: cell.state === 'remasked' ? 'remasked' : 'masked', added: '' }];
    return cell.text === text.slice(start, end) ? [] : [{ ...place, state: 'written', added: inOneLine(cell.text) }];
  });
}
