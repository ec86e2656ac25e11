/** Names in a text, by the parser alone. */
import type ts from 'typescript';
import type { Region } from '../../edits/plan/plan';
import { walk, type SourceUnit, type Ts } from '../../edits/source';

/** True for a text that can be the name of a variable. */
export function isName(api: Ts, text: string): boolean {
  const scanner = api.createScanner(api.ScriptTarget.Latest, true, api.LanguageVariant.Standard, text);
  return scanner.scan() === api.SyntaxKind.Identifier && scanner.getTokenEnd() === text.length;
}

/** Texts of all identifiers of a source. */
export function identifiersIn(unit: SourceUnit): ReadonlySet<string> {
  const names = new Set<string>();
  walk(unit, unit.file, (node) => {
    if (unit.ts.isIdentifier(node)) names.add(node.text);
    return undefined;
  });
  return names;
}

/** The identifier that a cursor stands in, or that is all of a selection. */
export function nameAt(unit: SourceUnit, range: Region): ts.Identifier | undefined {
  let found: ts.Identifier | undefined;
  walk(unit, unit.file, (node) => {
    if (node.pos > range.end || node.end < range.start) return false;
    if (unit.ts.isIdentifier(node) && node.getStart(unit.file) <= range.start && node.end >= range.end) found = node;
    return undefined;
  });
  return found;
}
