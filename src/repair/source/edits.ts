/** Text edits, and the identity of a candidate up to white space and comments. */
import { applyEdits, type Edit } from '../../edits/text';
import type { SourceUnit, Ts } from './parse';

export { applyEdits, disjoint, type Edit } from '../../edits/text';

/** The tokens of a text, without white space and comments. Regular expressions and templates count as the pieces the scanner sees. */
export function tokensOf(api: Ts, text: string): string[] {
  const scanner = api.createScanner(api.ScriptTarget.Latest, true, api.LanguageVariant.Standard, text);
  const out: string[] = [];
  for (let kind = scanner.scan(); kind !== api.SyntaxKind.EndOfFileToken; kind = scanner.scan()) out.push(scanner.getTokenText());
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
 * Identity of a candidate: the tokens of the changed top-level statements. Two candidates with one key are the same program.
 */
export function candidateKey(unit: SourceUnit, edits: readonly Edit[]): string {
  const from = Math.min(...edits.map((e) => e.start));
  const to = Math.max(...edits.map((e) => e.end));
  const region = regionAround(unit, from, to);
  const shifted = edits.map((e) => ({ start: e.start - region.start, end: e.end - region.start, text: e.text }));
  const text = applyEdits(unit.text.slice(region.start, region.end), shifted);
  return `${region.start} ${tokensOf(unit.ts, text).join(' ')}`;
}

/** The run of top-level statements that holds `[from, to)`. */
export function regionAround(unit: SourceUnit, from: number, to: number): { start: number; end: number } {
  let start = unit.text.length;
  let end = 0;
  for (const statement of unit.file.statements) {
    if (statement.end >= from && statement.pos <= to) {
      start = Math.min(start, statement.pos);
      end = Math.max(end, statement.end);
    }
  }
  return start < end ? { start, end } : { start: 0, end: unit.text.length };
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
