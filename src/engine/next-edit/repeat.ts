/** The user made the same change twice: where else the same tokens stand in the same role. */
import type ts from 'typescript';
import { startOf, walk, type SourceUnit } from '../../edits/source';
import { isName, textBefore, tokensOf, type Change } from './change';
import { afterChange, type NextEdit } from './edit';

/** More places than this are a search and replace, which editors do better. */
const mostPlaces = 20;

/** Other places of what the user replaced, nearest first after the change and then from the top. `unit` is the source before, where it can be parsed. */
export function samePlaces(text: string, change: Change, unit: SourceUnit | undefined): NextEdit[] {
  const before = unit?.text ?? textBefore(text, change);
  if (!tokensOf(change.oldText).some((token) => isName(token) || /^\p{N}/u.test(token))) return [];
  const roleOf = unit ? (at: number) => syntacticRole(unit, at) : (at: number) => lexicalRole(before, at, change.oldText.length);
  const role = roleOf(change.start);
  const edits = occurrences(before, change.oldText)
    .filter((at) => at !== change.start && roleOf(at) === role)
    .flatMap((at) => afterChange(change, at, change.oldText, change.newText) ?? [])
    .filter(({ start, end, oldText }) => text.slice(start, end) === oldText);
  if (edits.length > mostPlaces) return [];
  return [...edits.filter(({ start }) => start >= change.start), ...edits.filter(({ start }) => start < change.start)];
}

/** Offsets at which the text stands as whole tokens. */
function occurrences(text: string, wanted: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const cuts = (left: number): boolean => /[\p{L}\p{M}\p{N}_$]{2}/u.test(text.slice(left - 1, left + 1));
    if (!cuts(at) && !cuts(at + wanted.length)) found.push(at);
  }
  return found;
}

/** What the first token at an offset is in its sentence: kinds of the smallest nodes around it, and which part of its parent it is. */
function syntacticRole(unit: SourceUnit, offset: number): string {
  let node: ts.Node = unit.file;
  walk(unit, unit.file, (child) => {
    if (child.pos > offset || child.end <= offset) return false;
    if (startOf(unit, child) <= offset) node = child;
    return undefined;
  });
  if (startOf(unit, node) > offset || node === unit.file) return 'between'; // a comment
  const { parent } = node as { parent?: ts.Node };
  // The part of its parent: of `a.b` the name, of `f(x)` the callee.
  const part = parent ? Object.entries(parent).find(([, value]) => value === node)?.[0] : undefined;
  const inside = startOf(unit, node) === offset ? '' : 'inside ';
  return `${inside}${node.kind} ${parent?.kind ?? ''} ${part ?? 'item'}`;
}

/** Without a parser: the tokens before and after it. */
function lexicalRole(text: string, at: number, length: number): string {
  const solid = (tokens: readonly string[]): string[] => tokens.filter((token) => token.trim() !== '');
  const left = solid(tokensOf(text.slice(Math.max(0, at - 40), at))).at(-1) ?? '';
  const right = solid(tokensOf(text.slice(at + length, at + length + 40)))[0] ?? '';
  return [left, right].map((token) => (isName(token) ? 'name' : token)).join(' ');
}
