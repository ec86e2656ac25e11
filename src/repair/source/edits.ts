/** Text edits, and the identity of a candidate up to white space and comments. */
import type ts from 'typescript';
import { applyEdits, type Edit } from '../../edits/text';
import { walk, type SourceUnit, type Ts } from './parse';

export { applyEdits, disjoint, type Edit } from '../../edits/text';

/** The tokens of a text, without white space and comments. Regular expressions count as the pieces the scanner sees, templates as their texts and what stands between. */
export function tokensOf(api: Ts, text: string): string[] {
  const scanner = api.createScanner(api.ScriptTarget.Latest, true, api.LanguageVariant.Standard, text);
  const out: string[] = [];
  /** Braces that are open; true: of a place in a template, whose text goes on behind it. */
  const open: boolean[] = [];
  for (let kind = scanner.scan(); kind !== api.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === api.SyntaxKind.TemplateHead) open.push(true);
    else if (kind === api.SyntaxKind.OpenBraceToken) open.push(false);
    else if (kind === api.SyntaxKind.CloseBraceToken && open.pop() === true && scanner.reScanTemplateToken(false) === api.SyntaxKind.TemplateMiddle) open.push(true); // prettier-ignore
    out.push(scanner.getTokenText());
  }
  return out;
}

/** Number of tokens that differ between two texts (removed plus added in the middle part that is not common). */
export function tokenDistance(api: Ts, before: string, after: string): number {
  const a = tokensOf(api, before);
  const b = tokensOf(api, after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return Math.max(a.length, b.length) - head - tail + Math.min(a.length, b.length) - head - tail;
}

/**
 * Identity of a candidate: the tokens of the statements around its changes. Two candidates with one key are the same program.
 */
export function candidateKey(unit: SourceUnit, edits: readonly Edit[]): string {
  const from = Math.min(...edits.map((e) => e.start));
  const to = Math.max(...edits.map((e) => e.end));
  const region = regionAround(unit, from, to);
  const shifted = edits.map((e) => ({ start: e.start - region.start, end: e.end - region.start, text: e.text }));
  const text = applyEdits(unit.text.slice(region.start, region.end), shifted);
  return `${region.start} ${tokensOf(unit.ts, text).join(' ')}`;
}

/** Characters of a statement that are parsed for each candidate; a longer one is most often a module's wrapper, and what stands in it does as well. */
const longestRegion = 4_000;

interface Run {
  readonly start: number;
  readonly end: number;
  readonly statements: readonly ts.Statement[];
}

/**
 * The run of statements that holds `[from, to)` and can be parsed by itself: top-level ones, or, where that is one long statement, those of the outermost function in
 * it that holds the place.
 */
export function regionAround(unit: SourceUnit, from: number, to: number): { start: number; end: number } {
  let run = runOf(unit.file.statements, from, to);
  if (!run) return { start: 0, end: unit.text.length };
  while (run.statements.length === 1 && run.end - run.start > longestRegion) {
    const inner = runOf(bodyAround(unit, run.statements[0]!, from, to)?.statements ?? [], from, to);
    if (!inner || inner.start > from || inner.end < to) break;
    run = inner;
  }
  return { start: run.start, end: run.end };
}

function runOf(all: readonly ts.Statement[], from: number, to: number): Run | undefined {
  const statements = all.filter((statement) => statement.end >= from && statement.pos <= to);
  return statements.length === 0 ? undefined : { start: statements[0]!.pos, end: statements.at(-1)!.end, statements };
}

/** The body of the outermost function within a statement that holds `[from, to)`. None where `await` or `yield` are words of their own in it. */
function bodyAround(unit: SourceUnit, statement: ts.Statement, from: number, to: number): ts.Block | undefined {
  const { ts: api } = unit;
  let found: ts.FunctionLikeDeclaration | undefined;
  walk(unit, statement, (node) => {
    if (found || node.pos > from || node.end < to) return false;
    if (!api.isFunctionLike(node) || !('body' in node)) return undefined;
    const { body } = node;
    if (!body || !api.isBlock(body) || body.getStart(unit.file) >= from || body.end <= to) return undefined;
    found = node;
    return false;
  });
  if (!found?.body || !api.isBlock(found.body)) return undefined;
  const isAsync = found.modifiers?.some(({ kind }) => kind === api.SyntaxKind.AsyncKeyword) ?? false;
  return isAsync || found.asteriskToken ? undefined : found.body;
}

/** Without the head and tail that old and new text share. */
export function minimal(text: string, edit: Edit): Edit {
  const old = text.slice(edit.start, edit.end);
  let head = 0;
  while (head < old.length && head < edit.text.length && old[head] === edit.text[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < edit.text.length - head &&
    old[old.length - 1 - tail] === edit.text[edit.text.length - 1 - tail]
  )
    tail += 1;
  return { start: edit.start + head, end: edit.end - tail, text: edit.text.slice(head, edit.text.length - tail) };
}
