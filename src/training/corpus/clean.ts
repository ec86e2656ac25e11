/** Texts as they are learnt: no licence headers, no long prose, tidy blanks. Code and literals stay as they were. */
import type { Comment, Range, Syntax } from './syntax';

export interface CleanOptions {
  /** Longest comment that stays, in characters; runs of line comments count as one. */
  readonly longestComment: number;
}

export const cleanOptions: CleanOptions = { longestComment: 400 };

export interface CleanedText {
  readonly text: string;
  /** Comments that were taken out, by why. */
  readonly removed: Readonly<Record<CommentFault, number>>;
}

export type CommentFault = 'licence' | 'directive' | 'address' | 'long';

const faults: readonly (readonly [CommentFault, RegExp])[] = [
  ['licence', /copyright|\blicen[cs]ed?\b|@license|@preserve|SPDX-|all rights reserved|\(c\) ?\d{4}/i],
  [
    'directive',
    /^\s*[*!]?\s*(eslint|jshint|jslint|jscs|istanbul|c8 |v8 |prettier-|tslint|global |globals |exported |# ?source)/i,
  ],
  ['address', /[\w.+-]+@[\w-]+\.[a-z]{2,}/i],
];

/** CRLF and lone CR become LF, and a byte order mark goes: to be done before the syntax is looked at. */
export function normalised(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}

/** The text without comments that teach nothing, trailing blanks and blank lines beyond one. */
export function cleaned(text: string, syntax: Pick<Syntax, 'comments' | 'literals'>, options: CleanOptions): CleanedText {
  const removed: Record<CommentFault, number> = { licence: 0, directive: 0, address: 0, long: 0 };
  const cuts: Range[] = [];
  for (const run of commentRuns(text, syntax.comments)) {
    const fault = faultOf(text.slice(run.start, run.end), options);
    if (fault === null) continue;
    removed[fault]++;
    cuts.push(wholeLines(text, run));
  }
  return { text: tidied(text, syntax.literals, cuts), removed };
}

/** Comments with runs of line comments on consecutive lines joined. */
function commentRuns(text: string, comments: readonly Comment[]): Range[] {
  const runs: { start: number; end: number; lines: boolean }[] = [];
  for (const c of comments) {
    const last = runs.at(-1);
    if (last?.lines === true && !c.block && /^\n[ \t]*$/.test(text.slice(last.end, c.start))) last.end = c.end;
    else runs.push({ start: c.start, end: c.end, lines: !c.block });
  }
  return runs;
}

function faultOf(comment: string, options: CleanOptions): CommentFault | null {
  const inner = comment.slice(2);
  for (const [fault, pattern] of faults) if (pattern.test(inner)) return fault;
  return comment.length > options.longestComment ? 'long' : null;
}

/** The range with the blanks before it and the line break after it, if nothing else is on its lines. */
function wholeLines(text: string, { start, end }: Range): Range {
  const first = text.lastIndexOf('\n', start - 1) + 1;
  const rest = /^[ \t]*(\n|$)/.exec(text.slice(end, end + 200));
  return text.slice(first, start).trim() === '' && rest ? { start: first, end: end + rest[0].length } : { start, end };
}

/** The text without the cuts, blanks tidied outside of literals. */
function tidied(text: string, literals: readonly Range[], cuts: readonly Range[]): string {
  const out: string[] = [];
  let cut = 0;
  const code = (from: number, to: number): void => {
    let piece = '';
    let at = from;
    for (; cut < cuts.length && cuts[cut]!.start < to; cut++) {
      piece += text.slice(at, Math.max(at, cuts[cut]!.start));
      at = Math.max(at, cuts[cut]!.end);
    }
    piece += text.slice(at, to);
    out.push(piece.replace(/[ \t\f\v]+\n/g, '\n').replace(/\n{3,}/g, '\n\n'));
  };
  let at = 0;
  for (const literal of literals) {
    code(at, literal.start);
    out.push(text.slice(literal.start, literal.end));
    at = literal.end;
  }
  code(at, text.length);
  const whole = out
    .join('')
    .replace(/^\s*\n/, '')
    .trimEnd();
  return whole === '' ? '' : `${whole}\n`;
}
