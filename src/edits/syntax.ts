/** Small questions about the syntax tree, and pieces of text that edits are made of. */
import type ts from 'typescript';
import { enclosingFunction, startOf, textOf, walk, type SourceUnit } from './source';
import type { Edit } from './text';
import type { EditPlace } from './kind';

/** A place whose change is given by edits. */
export function placeOf(unit: SourceUnit, node: ts.Node, edits: readonly Edit[], names: Record<string, string> = {}): EditPlace {
  return { start: startOf(unit, node), end: node.end, edits, names };
}

/** A place that is replaced as a whole. */
export function replaced(unit: SourceUnit, node: ts.Node, text: string, names: Record<string, string> = {}): EditPlace {
  return placeOf(unit, node, [{ start: startOf(unit, node), end: node.end, text }], names);
}

/** Gathers what `visit` makes of each node. */
export function gather(
  unit: SourceUnit,
  visit: (node: ts.Node) => EditPlace | undefined,
  root: ts.Node = unit.file,
): EditPlace[] {
  const found: EditPlace[] = [];
  walk(unit, root, (node) => {
    const place = visit(node);
    if (place) found.push(place);
    return undefined;
  });
  return found;
}

/** True where `[start, end)` may hold a comment. A string with slashes counts too: the caller then leaves the place alone. */
export function mayHoldComment(unit: SourceUnit, start: number, end: number): boolean {
  return /\/\/|\/\*/.test(unit.text.slice(start, end));
}

/** True where a node's text, or what is before it, may hold a comment. */
export function commented(unit: SourceUnit, node: ts.Node): boolean {
  return mayHoldComment(unit, startOf(unit, node), node.end);
}

/** Without the parentheses around it. */
export function bare({ ts: api }: SourceUnit, node: ts.Expression): ts.Expression {
  let at = node;
  while (api.isParenthesizedExpression(at)) at = at.expression;
  return at;
}

/** The nearest parent that is no parenthesis, and the child of it that holds the node. */
export function aroundParentheses({ ts: api }: SourceUnit, node: ts.Node): { parent: ts.Node; child: ts.Node } {
  let child = node;
  while (api.isParenthesizedExpression(child.parent)) child = child.parent;
  return { parent: child.parent, child };
}

/** The binary expression if the node is one with one of these operators. */
export function binary({ ts: api }: SourceUnit, node: ts.Node, ...operators: readonly string[]): ts.BinaryExpression | undefined {
  if (!api.isBinaryExpression(node)) return undefined;
  return operators.includes(api.tokenToString(node.operatorToken.kind) ?? '') ? node : undefined;
}

/** A name, `this`, or properties of these (`a.b.c`): evaluating it twice gives what once gives, as long as nothing was written between. */
export function isChain({ ts: api }: SourceUnit, node: ts.Node): boolean {
  if (node.kind === api.SyntaxKind.ThisKeyword) return true;
  if (api.isIdentifier(node)) return true;
  if (!api.isPropertyAccessExpression(node) || node.questionDotToken) return false;
  return isChain({ ts: api } as SourceUnit, node.expression);
}

/** True where two expressions have the same text. */
export function same(unit: SourceUnit, a: ts.Node, b: ts.Node): boolean {
  return textOf(unit, a) === textOf(unit, b);
}

/** True where only the truth of an expression counts. */
export function onlyTruthCounts(unit: SourceUnit, node: ts.Node): boolean {
  const { ts: api } = unit;
  const { parent, child } = aroundParentheses(unit, node);
  if (api.isIfStatement(parent) || api.isWhileStatement(parent) || api.isDoStatement(parent)) return parent.expression === child;
  if (api.isConditionalExpression(parent) || api.isForStatement(parent)) return parent.condition === child;
  if (api.isPrefixUnaryExpression(parent)) return parent.operator === api.SyntaxKind.ExclamationToken;
  return binary(unit, parent, '&&', '||') !== undefined && onlyTruthCounts(unit, parent);
}

/** White space at the start of the line of a position. */
export function indentAt(unit: SourceUnit, position: number): string {
  const line = unit.text.lastIndexOf('\n', position - 1) + 1;
  return /^[ \t]*/.exec(unit.text.slice(line))![0];
}

/** True where only white space is before a position in its line. */
export function startsLine(unit: SourceUnit, position: number): boolean {
  return unit.text.slice(unit.text.lastIndexOf('\n', position - 1) + 1, position).trim() === '';
}

/** What one level of indentation looks like in this source. */
export function indentStep(unit: SourceUnit): string {
  let step: string | undefined;
  walk(unit, unit.file, (node) => {
    if (step !== undefined) return false;
    if (!unit.ts.isBlock(node) || node.statements.length === 0) return undefined;
    const [outer, inner] = [indentAt(unit, startOf(unit, node)), indentAt(unit, startOf(unit, node.statements[0]!))];
    if (inner.length > outer.length && inner.startsWith(outer)) step = inner.slice(outer.length);
    return undefined;
  });
  return step ?? '  ';
}

/** Statements of a list in a row: what may hold `let` and be put before or after. */
export function listOf({ ts: api }: SourceUnit, statement: ts.Statement): ts.NodeArray<ts.Statement> | undefined {
  const { parent } = statement;
  return api.isBlock(parent) || api.isSourceFile(parent) || api.isModuleBlock(parent) ? parent.statements : undefined;
}

/** Start of the line after a node if nothing else is on its last line; else the node's end. For taking whole lines away. */
export function wholeLines(unit: SourceUnit, node: ts.Node): { start: number; end: number } {
  const start = startOf(unit, node);
  const rest = /^[ \t]*(?:\r?\n)/.exec(unit.text.slice(node.end));
  if (!rest || !startsLine(unit, start)) return { start, end: node.end };
  return { start: unit.text.lastIndexOf('\n', start - 1) + 1, end: node.end + rest[0].length };
}

/** True where a text literal goes over several lines: then its lines can't be moved. */
export function holdsLongLiteral(unit: SourceUnit, root: ts.Node): boolean {
  const { ts: api } = unit;
  let found = false;
  walk(unit, root, (node) => {
    const literal = api.isTemplateLiteral(node) || api.isStringLiteral(node) || api.isJsxText(node);
    if (literal && textOf(unit, node).includes('\n')) found = true;
    return !found;
  });
  return found;
}

/** Calls `visit` for nodes of a function's own body: not those of functions inside it. Arrow functions are entered if `arrows`. */
export function walkOwn(unit: SourceUnit, root: ts.Node, visit: (node: ts.Node) => void, arrows = false): void {
  const { ts: api } = unit;
  walk(unit, root, (node) => {
    if (node !== root && api.isFunctionLike(node) && !(arrows && api.isArrowFunction(node))) return false;
    visit(node);
    return undefined;
  });
}

/** True where the code of a function (with its arrow functions) speaks of its own call: `this`, `arguments`, `super`, `new.target`. */
export function usesOwnCall(unit: SourceUnit, root: ts.Node): boolean {
  const { ts: api } = unit;
  let found = false;
  walk(unit, root, (node) => {
    // Members of classes and plain functions have their own; but computed names and heritage do not, so that classes count as a whole.
    if (node !== root && (api.isFunctionDeclaration(node) || api.isFunctionExpression(node))) return false;
    if (
      node.kind === api.SyntaxKind.ThisKeyword ||
      node.kind === api.SyntaxKind.SuperKeyword ||
      api.isMetaProperty(node) ||
      (api.isIdentifier(node) && node.text === 'arguments')
    )
      found = true;
    return !found;
  });
  return found;
}

/** True where `node` is in a loop of its own function. */
export function inLoop(unit: SourceUnit, node: ts.Node): boolean {
  const { ts: api } = unit;
  const owner = enclosingFunction(unit, node);
  for (let at: ts.Node | undefined = node.parent; at && at !== owner; at = at.parent as ts.Node | undefined)
    if (api.isIterationStatement(at, false)) return true;
  return false;
}

/** True where `inner` is `outer` or lies in it. */
export function within(inner: ts.Node, outer: ts.Node): boolean {
  return inner.pos >= outer.pos && inner.end <= outer.end;
}

/** True for a statement that never lets the next one run. */
export function leaves({ ts: api }: SourceUnit, statement: ts.Statement | undefined): boolean {
  if (!statement) return false;
  if (api.isBlock(statement)) return leaves({ ts: api } as SourceUnit, statement.statements.at(-1));
  return api.isReturnStatement(statement) || api.isThrowStatement(statement) || api.isBreakOrContinueStatement(statement);
}

/** An expression that can stand next to any operator as it is. */
export function isPrimary(unit: SourceUnit, node: ts.Expression): boolean {
  const { ts: api } = unit;
  return (
    api.isIdentifier(node) ||
    api.isLiteralExpression(node) ||
    api.isTemplateExpression(node) ||
    api.isPropertyAccessExpression(node) ||
    api.isElementAccessExpression(node) ||
    api.isCallExpression(node) ||
    api.isParenthesizedExpression(node) ||
    api.isArrayLiteralExpression(node) ||
    node.kind === api.SyntaxKind.ThisKeyword ||
    node.kind === api.SyntaxKind.TrueKeyword ||
    node.kind === api.SyntaxKind.FalseKeyword ||
    node.kind === api.SyntaxKind.NullKeyword
  );
}

/** The text of a condition's opposite, exact for every value (so `<` is not turned: NaN). */
export function negated(unit: SourceUnit, condition: ts.Expression): string {
  const { ts: api } = unit;
  const node = bare(unit, condition);
  if (api.isPrefixUnaryExpression(node) && node.operator === api.SyntaxKind.ExclamationToken) {
    const inner = textOf(unit, bare(unit, node.operand));
    return inner;
  }
  const opposite: Readonly<Record<string, string>> = { '===': '!==', '!==': '===', '==': '!=', '!=': '==' };
  if (api.isBinaryExpression(node)) {
    const turned = opposite[api.tokenToString(node.operatorToken.kind) ?? ''];
    if (turned !== undefined) {
      const { operatorToken: op } = node;
      return unit.text.slice(startOf(unit, node), startOf(unit, op)) + turned + unit.text.slice(op.end, node.end);
    }
  }
  return isPrimary(unit, node) ? `!${textOf(unit, node)}` : `!(${textOf(unit, node)})`;
}
