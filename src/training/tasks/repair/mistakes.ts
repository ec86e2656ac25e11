/**
 * The benchmark's own ways to break a function, as programmers do. Written apart from the operators of the repair search:
 * what breaks the code must not be a list of what mends it.
 */
import type ts from 'typescript';
import type { Edit } from '../../../repair/source/edits';
import { enclosingFunction, textOf, walk, type SourceUnit } from '../../../repair/source/parse';
import { isValueName, namesInScope } from '../../../repair/source/scope';

/** Families of faults, as studies of real bugs sort them. */
export const mistakeKinds = ['operator', 'value', 'excess logic', 'wrong variable', 'wrong function', 'missing logic'] as const;
export type MistakeKind = (typeof mistakeKinds)[number];

export interface Mistake {
  readonly kind: MistakeKind;
  readonly edit: Edit;
}

const operatorSwaps: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>'],
  '<=': ['<', '>='],
  '>': ['>=', '<'],
  '>=': ['>', '<='],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['/'],
  '+=': ['-=', '='],
  '-=': ['+='],
};

/** Names that are easily taken for one another. */
const lookalikes: readonly (readonly string[])[] = [
  ['min', 'max'],
  ['floor', 'ceil', 'round'],
  ['indexOf', 'lastIndexOf'],
  ['some', 'every'],
  ['push', 'unshift'],
  ['pop', 'shift'],
  ['padStart', 'padEnd'],
  ['trimStart', 'trimEnd'],
  ['toUpperCase', 'toLowerCase'],
  ['startsWith', 'endsWith', 'includes'],
  ['keys', 'values', 'entries'],
  ['has', 'get'],
  ['find', 'findLast'],
];

/** Every mistake this node invites. Edits are within the node. */
function mistakesAt(unit: SourceUnit, node: ts.Node): Mistake[] {
  const { ts: api } = unit;
  const out: Mistake[] = [];
  const replace = (kind: MistakeKind, target: ts.Node, text: string): void => {
    out.push({ kind, edit: { start: target.getStart(unit.file), end: target.end, text } });
  };
  if (api.isBinaryExpression(node)) {
    const operator = textOf(unit, node.operatorToken);
    for (const other of operatorSwaps[operator] ?? []) replace('operator', node.operatorToken, other);
    if (['&&', '||', '??'].includes(operator)) {
      replace('missing logic', node, textOf(unit, node.left));
      if (operator !== '??') replace('missing logic', node, textOf(unit, node.right));
    }
  } else if (api.isNumericLiteral(node)) {
    const value = Number(node.text);
    replace('value', node, String(value + 1));
    if (value > 0) replace('value', node, String(value - 1));
  } else if (node.kind === api.SyntaxKind.TrueKeyword) {
    replace('value', node, 'false');
  } else if (node.kind === api.SyntaxKind.FalseKeyword) {
    replace('value', node, 'true');
  } else if (api.isPrefixUnaryExpression(node) && node.operator === api.SyntaxKind.ExclamationToken) {
    replace('missing logic', node, textOf(unit, node.operand));
  } else if (api.isConditionalExpression(node)) {
    replace(
      'operator',
      node,
      `${textOf(unit, node.condition)} ? ${textOf(unit, node.whenFalse)} : ${textOf(unit, node.whenTrue)}`,
    );
  } else if (api.isIdentifier(node)) {
    out.push(...wrongNames(unit, node));
  } else if (api.isCallExpression(node)) {
    out.push(...wrongCalls(unit, node));
  } else if (api.isStatement(node)) {
    out.push(...lostStatements(unit, node));
  }
  if (api.isExpression(node)) out.push(...tooMuch(unit, node));
  return out;
}

/** A name in scope instead of another; a property used elsewhere in the function on the same object. */
function wrongNames(unit: SourceUnit, node: ts.Identifier): Mistake[] {
  const { ts: api } = unit;
  const parent = node.parent;
  const edit = (text: string): Mistake => ({
    kind: 'wrong variable',
    edit: { start: node.getStart(unit.file), end: node.end, text },
  });
  if (api.isPropertyAccessExpression(parent) && parent.name === node) {
    if (api.isCallExpression(parent.parent) && parent.parent.expression === parent) return [];
    return propertiesOf(unit, parent)
      .filter((name) => name !== node.text)
      .map(edit);
  }
  if (!isRead(unit, node)) return [];
  const names = namesInScope(unit, node).filter(isValueName);
  if (!names.some((name) => name.name === node.text && name.role !== 'module')) return [];
  return names.filter((name) => name.name !== node.text && name.role !== 'module').map((name) => edit(name.name));
}

/** Data properties that the function reads from the same expression. */
function propertiesOf(unit: SourceUnit, access: ts.PropertyAccessExpression): string[] {
  const { ts: api } = unit;
  const names = new Set<string>();
  const base = textOf(unit, access.expression);
  const scope = enclosingFunction(unit, access);
  if (scope)
    walk(unit, scope, (node) => {
      if (!api.isPropertyAccessExpression(node) || textOf(unit, node.expression) !== base) return undefined;
      if (!(api.isCallExpression(node.parent) && node.parent.expression === node)) names.add(node.name.text);
      return undefined;
    });
  return [...names];
}

function isRead(unit: SourceUnit, node: ts.Identifier): boolean {
  const { ts: api } = unit;
  const parent = node.parent;
  if (api.isCallExpression(parent) && parent.expression === node) return false;
  if (api.isShorthandPropertyAssignment(parent) || api.isBindingElement(parent) || api.isParameter(parent)) return false;
  if ('name' in parent && parent.name === node) return false;
  if (api.isBinaryExpression(parent) && parent.left === node) {
    const { kind } = parent.operatorToken;
    return kind < api.SyntaxKind.FirstAssignment || kind > api.SyntaxKind.LastAssignment;
  }
  return !api.isPostfixUnaryExpression(parent) && !api.isPrefixUnaryExpression(parent);
}

/** Another method, arguments the wrong way round, a call left out. */
function wrongCalls(unit: SourceUnit, node: ts.CallExpression): Mistake[] {
  const { ts: api } = unit;
  const out: Mistake[] = [];
  const whole = { start: node.getStart(unit.file), end: node.end };
  const callee = node.expression;
  if (api.isPropertyAccessExpression(callee)) {
    const { name } = callee;
    const group = lookalikes.find((names) => names.includes(name.text)) ?? [];
    for (const other of group) {
      if (other === name.text) continue;
      out.push({ kind: 'wrong function', edit: { start: name.getStart(unit.file), end: name.end, text: other } });
    }
    if (node.arguments.length === 0)
      out.push({ kind: 'missing logic', edit: { ...whole, text: textOf(unit, callee.expression) } });
  }
  const [first, second] = node.arguments;
  if (first && second) {
    const swapped = [second, first, ...node.arguments.slice(2)].map((argument) => textOf(unit, argument)).join(', ');
    out.push({ kind: 'wrong variable', edit: { ...whole, text: `${textOf(unit, callee)}(${swapped})` } });
    const fewer = node.arguments.slice(0, -1).map((argument) => textOf(unit, argument)).join(', '); // prettier-ignore
    out.push({ kind: 'missing logic', edit: { ...whole, text: `${textOf(unit, callee)}(${fewer})` } });
  }
  return out;
}

/** A statement, a guard or an else-branch that was forgotten. */
function lostStatements(unit: SourceUnit, node: ts.Statement): Mistake[] {
  const { ts: api } = unit;
  const start = node.getStart(unit.file);
  const line = unit.text.lastIndexOf('\n', start) + 1;
  const whole = { start: unit.text.slice(line, start).trim() === '' ? line - 1 : start, end: node.end };
  const lost = (text = '', from = whole): Mistake => ({ kind: 'missing logic', edit: { ...from, text } });
  if (!api.isBlock(node.parent)) return [];
  if (api.isExpressionStatement(node) || api.isContinueStatement(node) || api.isBreakStatement(node)) return [lost()];
  if (!api.isIfStatement(node)) return [];
  if (node.elseStatement) return [lost('', { start: node.thenStatement.end, end: node.end })];
  return [lost()];
}

/** One too many: a negation, a step further. */
function tooMuch(unit: SourceUnit, node: ts.Expression): Mistake[] {
  const { ts: api } = unit;
  const parent = node.parent;
  const start = node.getStart(unit.file);
  const put = (text: string): Mistake => ({ kind: 'excess logic', edit: { start, end: node.end, text } });
  const isCondition =
    (api.isIfStatement(parent) && parent.expression === node) ||
    (api.isConditionalExpression(parent) && parent.condition === node);
  if (isCondition) return [put(`!(${textOf(unit, node)})`)];
  const counts =
    (api.isElementAccessExpression(parent) && parent.argumentExpression === node) ||
    (api.isPropertyAccessExpression(node) && node.name.text === 'length') ||
    (api.isBinaryExpression(parent) && parent.operatorToken.kind === api.SyntaxKind.LessThanToken && parent.right === node);
  if (counts && !api.isStringLiteralLike(node)) return [put(`${textOf(unit, node)} + 1`), put(`${textOf(unit, node)} - 1`)];
  return [];
}

/** All mistakes that can be made inside the functions of a file. */
export function findMistakes(unit: SourceUnit): Mistake[] {
  const out: Mistake[] = [];
  walk(unit, unit.file, (node) => {
    if (enclosingFunction(unit, node)) out.push(...mistakesAt(unit, node));
    return undefined;
  });
  return out;
}
