/** Changes of whole expressions: off by one, defaults, optional chains, branches of conditionals, reuse of others. */
import type ts from 'typescript';
import { compatible } from '../source/kinds';
import { enclosingFunction, walk } from '../source/parse';
import { isValueName } from '../source/scope';
import { isValueExpression } from './calls';
import type { Emitter } from './emitter';
import { operand } from './emitter';

function offByOne(node: ts.Expression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const kind = emit.kind(node);
  if (kind !== 'number' && kind !== 'unknown') return;
  const { parent } = node;
  if (api.isCallExpression(parent) && parent.expression === node) return;
  if (api.isPropertyAccessExpression(parent) && parent.expression === node) return;
  if (api.isExpressionStatement(parent) || api.isPostfixUnaryExpression(parent) || api.isPrefixUnaryExpression(parent)) return;
  if (
    api.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind >= api.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= api.SyntaxKind.LastAssignment
  )
    return;
  if (api.isForOfStatement(parent) || api.isForInStatement(parent)) return;
  const text = emit.text(node);
  if (text.length > 100) return;
  const index = api.isElementAccessExpression(parent) && parent.argumentExpression === node;
  const argument = api.isCallExpression(parent);
  const likely =
    (index || argument || text.includes('length') ? 0.5 : 0) +
    (kind === 'unknown' ? -1 : 0) +
    (api.isReturnStatement(parent) ? 0.4 : 0);
  emit.replace(node, `${text} - 1`, 'expression.offByOne', likely);
  emit.replace(node, `${text} + 1`, 'expression.offByOne', likely);
  if (kind === 'number' || api.isReturnStatement(parent)) {
    emit.replace(node, `-${operand(text)}`, 'expression.negate', kind === 'unknown' ? -1.5 : 0);
    emit.replace(node, `${operand(text)} / 2`, 'expression.scale');
    emit.replace(node, `${operand(text)} * 2`, 'expression.scale');
    emit.replace(node, `${operand(text)} * 100`, 'expression.scale', -0.7);
    emit.replace(node, `${operand(text)} / 100`, 'expression.scale', -0.7);
    emit.replace(node, `1 - ${operand(text)}`, 'expression.scale', -1);
  }
  if (kind === 'number') {
    for (const constant of [...emit.vocabulary.numbers.keys()].slice(0, 8)) {
      if (constant === '0' || constant === '1' || constant === text) continue;
      for (const operator of ['%', '*', '/', '-', '+'])
        emit.replace(node, `${operand(text)} ${operator} ${constant}`, 'expression.combine', -0.9);
    }
  }
  for (const name of emit.scope(node)) {
    if (!isValueName(name) || name.role === 'module' || name.name === text) continue;
    const other = emit.vocabulary.names.get(name.name) ?? 'unknown';
    if (!compatible(other, 'number')) {
      if (other === 'array' || other === 'string') {
        emit.replace(node, `${operand(text)} % ${name.name}.length`, 'expression.combine', -0.6);
        emit.replace(node, `${operand(text)} / ${name.name}.length`, 'expression.combine', -0.6);
      }
      continue;
    }
    const weight =
      -0.15 * name.distance + (other === 'unknown' || kind === 'unknown' ? -0.8 : 0) + (api.isReturnStatement(parent) ? 0.3 : 0);
    emit.replace(node, `${text} + ${name.name}`, 'expression.combine', weight);
    emit.replace(node, `${text} - ${name.name}`, 'expression.combine', weight);
    emit.replace(node, `${operand(text)} * ${name.name}`, 'expression.combine', weight - 0.3);
    emit.replace(node, `${operand(text)} / ${name.name}`, 'expression.combine', weight - 0.4);
    emit.replace(node, `${operand(text)} % ${name.name}`, 'expression.combine', weight - 0.7);
    emit.replace(node, `${name.name} - ${operand(text)}`, 'expression.combine', weight - 0.6);
    emit.replace(node, `Math.max(${text}, ${name.name})`, 'expression.combine', weight - 0.6);
    emit.replace(node, `Math.min(${text}, ${name.name})`, 'expression.combine', weight - 0.6);
  }
}

const fallbacks = ['0', "''", '[]', '{}', 'null', 'false', '1', 'undefined'];

function defaults(node: ts.Expression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isCallExpression(parent) && parent.expression === node) return;
  const fits =
    api.isElementAccessExpression(node) ||
    api.isPropertyAccessExpression(node) ||
    api.isCallExpression(node) ||
    (api.isIdentifier(node) && !api.isBinaryExpression(parent));
  if (!fits) return;
  if (
    api.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind >= api.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= api.SyntaxKind.LastAssignment
  )
    return;
  if (
    api.isPostfixUnaryExpression(parent) ||
    api.isPrefixUnaryExpression(parent) ||
    api.isExpressionStatement(parent) ||
    api.isDeleteExpression(parent)
  )
    return;
  if (api.isPropertyAccessExpression(node) && node.name.text === 'length') return;
  const text = emit.text(node);
  const receiver = api.isPropertyAccessExpression(parent) || api.isElementAccessExpression(parent);
  const lookup = api.isElementAccessExpression(node) || (api.isCallExpression(node) && text.includes('.get('));
  fallbacks.forEach((value, i) => {
    const weight = (lookup ? 0.7 : 0) - 0.15 * i + (receiver && value !== '[]' && value !== '{}' && value !== "''" ? -1.5 : 0);
    emit.replace(node, `${text} ?? ${value}`, 'expression.default', weight);
    if (value !== 'null' && value !== 'undefined' && value !== 'false')
      emit.replace(node, `${text} || ${value}`, 'expression.default', weight - 0.4);
  });
  for (const name of emit.scope(node)) {
    if (isValueName(name) && name.role !== 'module' && name.name !== text)
      emit.replace(node, `${text} ?? ${name.name}`, 'expression.default', -0.8);
  }
}

function chains(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isPropertyAccessExpression(node)) {
    const dotEnd = node.name.getStart(emit.unit.file);
    const start = node.expression.end;
    if (node.questionDotToken) emit.edit(node, [{ start, end: dotEnd, text: '.' }], 'chain.drop');
    else if (!(api.isIdentifier(node.expression) && /^[A-Z]/.test(node.expression.text)))
      emit.edit(node, [{ start, end: dotEnd, text: '?.' }], 'chain.add');
  } else if (api.isElementAccessExpression(node) && !node.questionDotToken) {
    emit.edit(node, [{ start: node.expression.end, end: node.expression.end, text: '?.' }], 'chain.add', -1);
  }
}

function branches(node: ts.ConditionalExpression, emit: Emitter): void {
  const yes = emit.text(node.whenTrue);
  const no = emit.text(node.whenFalse);
  emit.replace(node, `${emit.text(node.condition)} ? ${no} : ${yes}`, 'condition.swapBranches');
  emit.replace(node, yes, 'condition.oneBranch');
  emit.replace(node, no, 'condition.oneBranch');
}

/** Replaces an expression by another of the same function: what is needed often stands close by. */
function reuse(node: ts.Expression, emit: Emitter, pool: readonly { text: string; node: ts.Expression }[]): void {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isIdentifier(node) || api.isExpressionStatement(parent)) return;
  if (api.isCallExpression(parent) && parent.expression === node) return;
  const text = emit.text(node);
  const kind = emit.kind(node);
  for (const other of pool) {
    if (other.text === text || !compatible(kind, emit.kind(other.node))) continue;
    emit.replace(node, other.text, 'expression.reuse', kind === 'unknown' ? -0.7 : 0);
  }
}

const pools = new WeakMap<ts.Node, readonly { text: string; node: ts.Expression }[]>();

function poolOf(node: ts.Node, emit: Emitter): readonly { text: string; node: ts.Expression }[] {
  const home = enclosingFunction(emit.unit, node) ?? emit.unit.file;
  let pool = pools.get(home);
  if (!pool) {
    const found = new Map<string, ts.Expression>();
    walk(emit.unit, home, (inner) => {
      if (isValueExpression(inner, emit) && !(emit.unit.ts.isCallExpression(inner.parent) && inner.parent.expression === inner)) {
        const text = emit.text(inner);
        if (text.length <= 40 && !text.includes('=>')) found.set(text, inner);
      }
      return undefined;
    });
    pool = [...found].slice(0, 40).map(([text, expression]) => ({ text, node: expression }));
    pools.set(home, pool);
  }
  return pool;
}

/** Changes of an index: mirrored, last element, neighbours. */
function indexes(node: ts.ElementAccessExpression, emit: Emitter): void {
  const array = emit.text(node.expression);
  const index = node.argumentExpression;
  const text = emit.text(index);
  if (!/^[\w$.[\]]+$/.test(array)) return;
  if (!text.includes('length')) {
    emit.replace(index, `${array}.length - 1`, 'index.last');
    emit.replace(index, `${array}.length - 1 - ${text}`, 'index.mirror');
    emit.replace(index, `${operand(text)} % ${array}.length`, 'index.wrap');
  } else {
    emit.replace(index, '0', 'index.last');
  }
  emit.replace(node, array, 'index.drop', -1);
  const outer = node.expression;
  if (emit.unit.ts.isElementAccessExpression(outer)) {
    const first = emit.text(outer.argumentExpression);
    if (first !== text) emit.replace(node, `${emit.text(outer.expression)}[${text}][${first}]`, 'index.swap');
  }
}

/** Changes of expressions at one node. */
export function expressionChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  chains(node, emit);
  if (api.isConditionalExpression(node)) branches(node, emit);
  if (api.isElementAccessExpression(node)) indexes(node, emit);
  if (!isValueExpression(node, emit)) return;
  offByOne(node, emit);
  defaults(node, emit);
  reuse(node, emit, poolOf(node, emit));
  if (api.isIdentifier(node) && api.isBinaryExpression(node.parent) && emit.vocabulary.names.get(node.text) !== 'number') {
    emit.replace(node, `${node.text}.length`, 'wrap.call', -0.3);
  }
  if (api.isIdentifier(node) && emit.kind(node) !== 'number' && emit.kind(node) !== 'boolean') {
    for (const property of emit.vocabulary.properties.keys()) {
      if (!emit.vocabulary.methods.has(property) && !api.isPropertyAccessExpression(node.parent))
        emit.replace(node, `${node.text}.${property}`, 'name.addProperty');
    }
    for (const name of emit.scope(node)) {
      if (
        isValueName(name) &&
        name.role !== 'module' &&
        (emit.vocabulary.names.get(name.name) === 'number' || emit.vocabulary.names.get(name.name) === undefined) &&
        name.name !== node.text &&
        !api.isElementAccessExpression(node.parent)
      ) {
        emit.replace(node, `${node.text}[${name.name}]`, 'name.addIndex');
      }
    }
  }
}
