/**
 * Signs in the text itself that something is missing or doubled, as a linter would see them: a name never read, a `let` never changed, a
 * collection never filled, an operator with the same thing on both sides. They raise changes that would settle the sign.
 */
import type ts from 'typescript';
import type { SourceUnit } from './parse';
import { startOf, textOf, walk } from './parse';

export interface Hints {
  /** New text that matches is raised by so much (log scale). */
  readonly wanted: readonly { readonly pattern: RegExp; readonly raise: number; readonly why: string }[];
  /** Changes inside are raised by so much. */
  readonly doubled: readonly { readonly start: number; readonly end: number; readonly raise: number }[];
}

interface Local {
  readonly declaration: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement;
  readonly isLet: boolean;
  readonly filledBy: string | undefined;
  reads: number;
  writes: number;
  fills: number;
}

const fillers: Readonly<Record<string, RegExp>> = {
  Set: /^(?:add)$/,
  Map: /^(?:set)$/,
  array: /^(?:push|unshift|splice|fill|concat)$/,
};

function fillOf(unit: SourceUnit, node: Local['declaration']): string | undefined {
  const { ts: api } = unit;
  const { initializer } = node;
  if (!initializer) return undefined;
  if (
    api.isNewExpression(initializer) &&
    api.isIdentifier(initializer.expression) &&
    (initializer.arguments?.length ?? 0) === 0
  ) {
    const { text } = initializer.expression;
    return text === 'Set' || text === 'Map' ? text : undefined;
  }
  return api.isArrayLiteralExpression(initializer) && initializer.elements.length === 0 ? 'array' : undefined;
}

/** Names are told apart by text alone: a name declared twice in a file gives no hint. */
function locals(unit: SourceUnit): Map<string, Local> {
  const { ts: api } = unit;
  const found = new Map<string, Local>();
  const twice = new Set<string>();
  walk(unit, unit.file, (node) => {
    if (!api.isVariableDeclaration(node) && !api.isParameter(node) && !api.isBindingElement(node)) return undefined;
    if (!api.isIdentifier(node.name)) return undefined;
    const { text } = node.name;
    if (found.has(text)) twice.add(text);
    const list = node.parent as ts.Node;
    const isLet = api.isVariableDeclarationList(list) && (list.flags & api.NodeFlags.Let) !== 0;
    found.set(text, { declaration: node, isLet, filledBy: fillOf(unit, node), reads: 0, writes: 0, fills: 0 });
    return undefined;
  });
  for (const name of twice) found.delete(name);
  return found;
}

function countUse(unit: SourceUnit, node: ts.Identifier, local: Local): void {
  const { ts: api } = unit;
  const { parent } = node;
  if (parent === local.declaration && local.declaration.name === node) return;
  if (api.isPropertyAccessExpression(parent) && parent.name === node) return;
  if (api.isPropertyAssignment(parent) && parent.name === node) return;
  if (
    api.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind >= api.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= api.SyntaxKind.LastAssignment
  ) {
    local.writes += 1;
    if (parent.operatorToken.kind !== api.SyntaxKind.EqualsToken) local.reads += 1;
    return;
  }
  local.reads += 1;
  if (api.isPostfixUnaryExpression(parent) || api.isPrefixUnaryExpression(parent)) {
    if (parent.operator === api.SyntaxKind.PlusPlusToken || parent.operator === api.SyntaxKind.MinusMinusToken) local.writes += 1;
  }
  if (local.filledBy && api.isPropertyAccessExpression(parent) && fillers[local.filledBy]!.test(parent.name.text))
    local.fills += 1;
  // Handed to someone else, or filled by index: who knows.
  if (local.filledBy && !api.isPropertyAccessExpression(parent) && !api.isReturnStatement(parent)) local.fills += 1;
}

function same(unit: SourceUnit, a: ts.Node, b: ts.Node): boolean {
  return !unit.ts.isLiteralExpression(a) && textOf(unit, a) === textOf(unit, b);
}

/** Reads the hints of a file. */
export function readHints(unit: SourceUnit): Hints {
  const { ts: api } = unit;
  const known = locals(unit);
  const doubled: { start: number; end: number; raise: number }[] = [];
  const double = (node: ts.Node, raise: number): void => {
    doubled.push({ start: startOf(unit, node), end: node.end, raise });
  };
  walk(unit, unit.file, (node) => {
    if (api.isIdentifier(node)) {
      const local = known.get(node.text);
      if (local) countUse(unit, node, local);
    } else if (api.isBinaryExpression(node)) {
      const doubling = ![api.SyntaxKind.AsteriskToken, api.SyntaxKind.PlusToken].includes(node.operatorToken.kind);
      if (same(unit, node.left, node.right) && (doubling || api.isCallExpression(node.left))) double(node, 1.2);
    } else if (api.isConditionalExpression(node)) {
      if (same(unit, node.whenTrue, node.whenFalse)) double(node, 1.2);
    } else if (api.isCallExpression(node) && node.arguments.length === 2) {
      if (same(unit, node.arguments[0]!, node.arguments[1]!)) double(node, 1.2);
    }
    return undefined;
  });
  const wanted: { pattern: RegExp; raise: number; why: string }[] = [];
  for (const [name, local] of known) {
    const quoted = name.replaceAll('$', '\\$');
    if (local.reads === 0 && !name.startsWith('_'))
      wanted.push({ pattern: new RegExp(`(?<![\\w$.])${quoted}(?![\\w$])`), raise: 1.5, why: `${name} is never read` });
    if (local.isLet && local.writes === 0 && local.declaration.initializer)
      wanted.push({
        pattern: new RegExp(`(?<![\\w$.])${quoted}(?:\\+\\+|--| [-+*/]?= )`),
        raise: 1.8,
        why: `${name} is never changed`,
      });
    const filler = { Set: 'add', Map: 'set', array: 'push' }[local.filledBy ?? ''];
    if (local.fills === 0 && filler !== undefined)
      wanted.push({ pattern: new RegExp(`(?<![\\w$.])${quoted}\\.${filler}\\(`), raise: 2.5, why: `${name} is never filled` });
  }
  return { wanted, doubled };
}

/** What a change earns by the hints. */
export function hintFor(hints: Hints, texts: readonly string[], start: number, end: number): number {
  let raise = 0;
  for (const hint of hints.wanted) {
    if (texts.some((t) => hint.pattern.test(t))) raise = Math.max(raise, hint.raise);
  }
  for (const place of hints.doubled) {
    if (start >= place.start && end <= place.end) raise = Math.max(raise, place.raise);
  }
  return raise;
}
