/** What an edit is about: the selected lines, or what is around the cursor. */
import type ts from 'typescript';
import { enclosingStatement, startOf, type SourceUnit } from '../source';
import type { Region } from './plan';

/**
 * The whole lines of a selection; for an empty one the innermost named function around it (not a callback), else the statement, else the line. A selection
 * that ends at a line's very beginning does not mean that line.
 */
export function regionAround(unit: SourceUnit, asked: Region): Region {
  const { text } = unit;
  const start = Math.min(asked.start, text.length);
  let end = Math.min(Math.max(asked.end, start), text.length);
  if (end > start) {
    if (end > 0 && text[end - 1] === '\n') end--;
    return wholeLines(text, { start, end: Math.max(start, end) });
  }
  const node = nodeAt(unit, start);
  const holder = node && holderOf(unit, node);
  return wholeLines(text, holder ? { start: startOf(unit, holder), end: holder.end } : { start, end: start });
}

/** From the first line's start to the last line's end, its line break not included. */
function wholeLines(text: string, { start, end }: Region): Region {
  const next = text.indexOf('\n', end);
  // At 0 a search from -1 would begin at 0, too.
  return { start: start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1, end: next < 0 ? text.length : next };
}

/** The smallest node around a position; blanks and comments before a node are none of it, but the blanks of its line are. */
function nodeAt(unit: SourceUnit, position: number): ts.Node | undefined {
  const { ts: api, file, text } = unit;
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    const start = startOf(unit, node);
    const line = text.lastIndexOf('\n', start - 1) + 1;
    if (position < (text.slice(line, start).trim() === '' ? line : start) || position > node.end) return;
    found = node;
    api.forEachChild(node, visit);
  };
  api.forEachChild(file, visit);
  return found;
}

function holderOf(unit: SourceUnit, node: ts.Node): ts.Node | undefined {
  const { ts: api } = unit;
  for (let at: ts.Node | undefined = node; at && !api.isSourceFile(at); at = at.parent as ts.Node | undefined) {
    if (api.isFunctionDeclaration(at) || api.isMethodDeclaration(at) || api.isConstructorDeclaration(at) || api.isAccessor(at))
      return at;
    const value = api.isVariableDeclaration(at) || api.isPropertyAssignment(at) ? at.initializer : undefined;
    if (value && (api.isArrowFunction(value) || api.isFunctionExpression(value)))
      return api.isVariableDeclaration(at) ? at.parent.parent : at;
  }
  return enclosingStatement(unit, node);
}
