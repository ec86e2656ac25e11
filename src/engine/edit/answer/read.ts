/** What a model's answer to an edit says: the code in it, as it fits into the file. The answer may be any text at all. */
import type ts from 'typescript';
import type { Region } from '../../../edits/plan/plan';
import { parseSource, startOf, syntaxErrors, walk, type SourceUnit } from '../../../edits/source';
import { reindent } from './indent';

/** Why an answer can't be used. */
export type Unusable =
  | { readonly why: 'unfinished' }
  | { readonly why: 'no-code' }
  | { readonly why: 'broken-text' }
  | { readonly why: 'syntax'; readonly error: string }
  | { readonly why: 'reaches-out' };

export interface Answered {
  /** What the region becomes. */
  readonly lines: string;
}

/**
 * The lines that a region becomes by an answer, checked in their place: the file parses, and the code behind the region means what it meant. `unit` has line breaks of
 * one kind, `\n`.
 */
export function readAnswer(unit: SourceUnit, region: Region, answer: string, finished: boolean): Answered | Unusable {
  const present = unit.text.slice(region.start, region.end);
  const blocks = codeBlocks(answer.replace(/\r\n?/g, '\n'));
  const closed = blocks.filter((block) => block.closed || finished);
  if (blocks.length === 0) return { why: finished ? 'no-code' : 'unfinished' };
  // A model may repeat the lines before it changes them.
  const block = closed.find(({ code: found }) => found.trim() !== present.trim()) ?? closed[0];
  return block ? fittedCode(unit, region, block.code) : { why: 'unfinished' };
}

/** The lines that a region becomes by code that is to stand in its place, checked as an answer's. */
export function fittedCode(unit: SourceUnit, region: Region, fresh: string): Answered | Unusable {
  const code = withBlankEnds(fresh, unit.text.slice(region.start, region.end));
  if (/[\uFFFD\0]/.test(code)) return { why: 'broken-text' };
  const raw = placed(unit, region, code);
  const [error] = syntaxErrors(raw);
  if (error !== undefined) return { why: 'syntax', error };
  const lines = reindent({ unit: raw, region: { start: region.start, end: region.start + code.length } }, { unit, region });
  const fitted = placed(unit, region, lines);
  const [late] = syntaxErrors(fitted);
  if (late !== undefined) return { why: 'syntax', error: late };
  const sound = syntaxErrors(unit).length === 0;
  if (sound && !sameBehind(unit, region.end, fitted, region.start + lines.length)) return { why: 'reaches-out' };
  return { lines };
}

interface CodeBlock {
  readonly code: string;
  /** False: the answer ends within it. */
  readonly closed: boolean;
}

/** Fenced code blocks of a Markdown text, without blank lines at their ends. */
export function codeBlocks(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { fence: string; lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    const fence = /^[ \t]*(`{3,}|~{3,})(.*)$/.exec(line);
    if (open === undefined) {
      if (fence && !fence[2]!.includes('`')) open = { fence: fence[1]!, lines: [] };
    } else if (fence?.[1]!.startsWith(open.fence) && fence[2]!.trim() === '') {
      blocks.push({ code: trimmed(open.lines), closed: true });
      open = undefined;
    } else open.lines.push(line);
  }
  if (open) blocks.push({ code: trimmed(open.lines), closed: false });
  return blocks;
}

function trimmed(lines: readonly string[]): string {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return first < 0 ? '' : lines.slice(first, last + 1).join('\n').replace(/[ \t]+$/, ''); // prettier-ignore
}

/** Blank lines at the ends of what was shown are not the answer's business. */
function withBlankEnds(code: string, present: string): string {
  if (code === '' || present.trim() === '') return code;
  return /^(?:[ \t]*\n)*/.exec(present)![0] + code + /(?:\n[ \t]*)*$/.exec(present)![0];
}

function placed(unit: SourceUnit, region: Region, lines: string): SourceUnit {
  return parseSource(unit.ts, unit.fileName, unit.text.slice(0, region.start) + lines + unit.text.slice(region.end));
}

/** True where the names and values behind two places are the same: an open comment or template has swallowed nothing there. */
function sameBehind(a: SourceUnit, fromA: number, b: SourceUnit, fromB: number): boolean {
  const [one, other] = [leaves(a, fromA), leaves(b, fromB)];
  return one.length === other.length && one.every((leaf, i) => leaf === other[i]);
}

function leaves(unit: SourceUnit, from: number): string[] {
  const found: string[] = [];
  walk(unit, unit.file, (node: ts.Node) => {
    if (node.end <= from) return false;
    const inner = unit.ts.forEachChild(node, () => true) === true;
    const start = startOf(unit, node);
    if (inner || node.end === start) return undefined;
    if (start >= from) found.push(unit.text.slice(start, node.end));
    else if (node.end > from) found.push('begins before');
    return undefined;
  });
  return found;
}
