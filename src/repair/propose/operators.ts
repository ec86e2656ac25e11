/** Changes of operators: the commonest one-token bugs. */
import type ts from 'typescript';
import { isValueName } from '../source/scope';
import type { Emitter } from './emitter';

const boundary: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const opposite: Readonly<Record<string, string>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
};
const strictness: Readonly<Record<string, string>> = { '===': '==', '!==': '!=', '==': '===', '!=': '!==' };
const relational = ['<', '<=', '>', '>=', '===', '!=='];
const arithmetic = ['+', '-', '*', '/', '%', '**'];
const likelyArithmetic: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '/', '**': '*' };
const bitwise = ['&', '|', '^', '<<', '>>', '>>>'];
const assignments = ['=', '+=', '-=', '*=', '/=', '%='];

function replaceToken(emit: Emitter, node: ts.BinaryExpression, text: string, operator: string, delta = 0): void {
  const token = node.operatorToken;
  emit.edit(node, [{ start: token.getStart(emit.unit.file), end: token.end, text }], operator, delta);
}

function binary(node: ts.BinaryExpression, emit: Emitter): void {
  const operator = node.operatorToken.getText(emit.unit.file);
  if (relational.includes(operator) || operator in strictness) {
    const near = boundary[operator];
    if (near) replaceToken(emit, node, near, 'operator.boundary');
    const against = opposite[operator];
    if (against) replaceToken(emit, node, against, 'operator.negate');
    const mirror = mirrored[operator];
    if (mirror) replaceToken(emit, node, mirror, 'operator.mirror');
    const loose = strictness[operator];
    if (loose) replaceToken(emit, node, loose, 'operator.strictness');
    for (const other of relational) {
      if (other !== operator && ![near, against, mirror].includes(other)) replaceToken(emit, node, other, 'operator.comparison');
    }
    return;
  }
  if (arithmetic.includes(operator)) {
    const numeric = operator !== '+' || (emit.kind(node.left) !== 'string' && emit.kind(node.right) !== 'string');
    for (const other of arithmetic) {
      if (other === operator) continue;
      const likely = likelyArithmetic[operator] === other;
      replaceToken(emit, node, other, likely ? 'operator.arithmetic' : 'operator.arithmeticFar', numeric ? 0 : -2);
    }
    if (operator === '&' || operator === '|') replaceToken(emit, node, operator + operator, 'operator.logical');
    return;
  }
  if (operator === '&&' || operator === '||' || operator === '??') {
    for (const other of ['&&', '||', '??']) {
      if (other === operator) continue;
      // `??` may not stand beside `&&` or `||` without brackets; the parser drops such candidates.
      replaceToken(emit, node, other, other === '??' || operator === '??' ? 'operator.nullish' : 'operator.logical');
    }
    return;
  }
  if (bitwise.includes(operator)) {
    for (const other of bitwise) {
      if (other !== operator) replaceToken(emit, node, other, 'operator.bitwise');
    }
    if (operator === '&' || operator === '|') replaceToken(emit, node, operator + operator, 'operator.logical', -1);
    for (const other of ['*', '/', '+', '-', '%']) replaceToken(emit, node, other, 'operator.bitwise', -1);
    return;
  }
  if (operator === '=' && emit.unit.ts.isElementAccessExpression(node.left)) {
    replaceToken(emit, node, '??=', 'operator.assignment', -0.3);
    replaceToken(emit, node, '||=', 'operator.assignment', -0.6);
  }
  if (assignments.includes(operator)) {
    for (const other of assignments) {
      if (other === operator) continue;
      const usual =
        (operator === '=' && other === '+=') ||
        (operator === '+=' && (other === '-=' || other === '=')) ||
        (operator === '-=' && other === '+=') ||
        (operator === '*=' && other === '/=');
      replaceToken(emit, node, other, usual ? 'operator.assignment' : 'operator.assignmentFar');
    }
    return;
  }
  const logicalAssignments = ['||=', '&&=', '??='];
  if (logicalAssignments.includes(operator)) {
    for (const other of ['=', ...logicalAssignments]) {
      if (other !== operator) replaceToken(emit, node, other, 'operator.assignment');
    }
  }
  const bitAssignments = ['&=', '|=', '^=', '<<=', '>>=', '>>>='];
  if (bitAssignments.includes(operator)) {
    for (const other of ['=', ...bitAssignments]) {
      if (other !== operator) replaceToken(emit, node, other, 'operator.bitwise');
    }
  }
  if (operator === 'in') emit.replace(node, `!(${emit.text(node)})`, 'condition.negate');
}

function unary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, emit: Emitter): void {
  const { SyntaxKind } = emit.unit.ts;
  const inner = emit.text(node.operand);
  const prefix = node.kind === SyntaxKind.PrefixUnaryExpression;
  if (node.operator === SyntaxKind.PlusPlusToken || node.operator === SyntaxKind.MinusMinusToken) {
    const token = node.operator === SyntaxKind.PlusPlusToken ? '++' : '--';
    const other = token === '++' ? '--' : '++';
    emit.replace(node, prefix ? other + inner : inner + other, 'operator.increment');
    const isStatement =
      emit.unit.ts.isExpressionStatement(node.parent) ||
      (emit.unit.ts.isForStatement(node.parent) && node.parent.incrementor === node);
    if (!isStatement) {
      emit.replace(node, prefix ? inner + token : token + inner, 'operator.fixity');
      emit.replace(node, inner, 'unary.drop');
      emit.replace(node, `${inner} ${token === '++' ? '+' : '-'} 1`, 'operator.fixity', -0.5);
    } else {
      const step = token === '++' ? '+=' : '-=';
      emit.replace(node, `${inner} ${step} 2`, 'operator.step');
      for (const name of emit.scope(node)) {
        const kind = emit.vocabulary.names.get(name.name);
        if (isValueName(name) && name.name !== inner && (kind === 'number' || (kind === undefined && name.role !== 'module')))
          emit.replace(node, `${inner} ${step} ${name.name}`, 'operator.step', kind === 'number' ? 0.4 : -0.5);
      }
    }
    return;
  }
  emit.replace(node, inner, 'unary.drop');
  if (node.operator === SyntaxKind.MinusToken && !emit.unit.ts.isNumericLiteral(node.operand))
    emit.replace(node, `Math.abs(${inner})`, 'wrap.call', -1);
}

/** Swaps the two sides of an operator for which that matters. */
function swapOperands(node: ts.BinaryExpression, emit: Emitter): void {
  const operator = node.operatorToken.getText(emit.unit.file);
  const left = emit.text(node.left);
  const right = emit.text(node.right);
  if (left === right) return;
  const swap = (weight: number): void => {
    emit.edit(
      node,
      [
        { start: node.left.getStart(emit.unit.file), end: node.left.end, text: right },
        { start: node.right.getStart(emit.unit.file), end: node.right.end, text: left },
      ],
      'operand.swap',
      weight,
    );
  };
  if (['-', '/', '%', '**', '<<', '>>', '>>>', '??', 'in'].includes(operator)) swap(0);
  else if (operator === '||' || operator === '&&') swap(-1);
  else if (operator === '+' && emit.kind(node) !== 'number') swap(0);
}

/** `(a + b) + c` and `a + (b + c)`: the same tokens grouped the other way. */
function regroup(node: ts.BinaryExpression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const strip = (e: ts.Expression): ts.Expression => (api.isParenthesizedExpression(e) ? strip(e.expression) : e);
  const left = strip(node.left);
  const right = strip(node.right);
  const operator = node.operatorToken.getText(emit.unit.file);
  const isOperator = (text: string): boolean => [...arithmetic, ...bitwise, '&&', '||', '??'].includes(text);
  if (!isOperator(operator)) return;
  if (api.isBinaryExpression(left)) {
    const inner = left.operatorToken.getText(emit.unit.file);
    if (isOperator(inner) && !(inner === operator && ['+', '*', '&&', '||'].includes(operator))) {
      emit.replace(
        node,
        `${emit.text(left.left)} ${inner} (${emit.text(left.right)} ${operator} ${emit.text(node.right)})`,
        'operand.regroup',
      );
    }
  }
  if (api.isBinaryExpression(right)) {
    const inner = right.operatorToken.getText(emit.unit.file);
    if (isOperator(inner) && !(inner === operator && ['+', '*', '&&', '||'].includes(operator))) {
      emit.replace(
        node,
        `(${emit.text(node.left)} ${operator} ${emit.text(right.left)}) ${inner} ${emit.text(right.right)}`,
        'operand.regroup',
      );
      emit.replace(
        node,
        `${emit.text(node.left)} ${operator} ${emit.text(right.left)} ${inner} ${emit.text(right.right)}`,
        'operand.regroup',
      );
    }
  }
}

/** One side alone: the operator and its other operand were too much. */
function dropOperand(node: ts.BinaryExpression, emit: Emitter): void {
  const { SyntaxKind } = emit.unit.ts;
  const token = node.operatorToken.kind;
  if (token >= SyntaxKind.FirstAssignment && token <= SyntaxKind.LastAssignment) return;
  const logical =
    token === SyntaxKind.AmpersandAmpersandToken ||
    token === SyntaxKind.BarBarToken ||
    token === SyntaxKind.QuestionQuestionToken;
  const comparison = emit.kind(node) === 'boolean' && !logical;
  const name = logical ? 'condition.drop' : 'operand.drop';
  const penalty = comparison ? -1.5 : 0;
  const simple = (e: ts.Expression): number => (emit.unit.ts.isNumericLiteral(e) ? 0.7 : 0);
  emit.replace(node, emit.text(node.left), name, penalty + simple(node.right));
  emit.replace(node, emit.text(node.right), name, penalty - 0.3 + simple(node.left));
}

/** Operator changes at one node. */
export function operatorChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isBinaryExpression(node)) {
    binary(node, emit);
    swapOperands(node, emit);
    regroup(node, emit);
    dropOperand(node, emit);
  } else if (api.isPrefixUnaryExpression(node) || api.isPostfixUnaryExpression(node)) {
    unary(node, emit);
  }
}
