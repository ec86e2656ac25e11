/** Kinds that write the same thing in the usual or the shorter way. */
import type ts from 'typescript';
import { editKind } from '../kind';
import { isDeclared, isGlobal, namesOf } from '../names';
import { startOf, textOf, type SourceUnit } from '../source';
import { aroundParentheses, binary, commented, gather, placeOf } from '../syntax';

/** `5 === x` to `x === 5`. Safe: a literal has no effects. */
export const literalOnTheRight = editKind(
  'literal-on-the-right',
  [
    'Put the variable first in comparisons.',
    'No Yoda conditions.',
    'Write the literal on the right side of the comparison.',
    'Turn the reversed comparisons around.',
  ],
  (unit) => {
    const { ts: api } = unit;
    const turned: Readonly<Record<string, string>> = {
      '===': '===',
      '!==': '!==',
      '==': '==',
      '!=': '!=',
      '<': '>',
      '>': '<',
      '<=': '>=',
      '>=': '<=',
    };
    const literal = (e: ts.Expression): boolean =>
      api.isLiteralExpression(e) ||
      ['null', 'undefined', 'true', 'false'].includes(textOf(unit, e)) ||
      (api.isPrefixUnaryExpression(e) && api.isNumericLiteral(e.operand));
    return gather(unit, (node) => {
      const test = binary(unit, node, ...Object.keys(turned));
      if (!test || !literal(test.left) || literal(test.right) || commented(unit, test)) return undefined;
      const { left, right, operatorToken: op } = test;
      // Operators that bind as loosely as the comparison would read differently on its left.
      const loose = api.isBinaryExpression(right) || api.isConditionalExpression(right) || startsLikeStatement(unit, right, test);
      if (loose) return undefined;
      return placeOf(unit, test, [
        { start: startOf(unit, left), end: left.end, text: textOf(unit, right) },
        { start: startOf(unit, op), end: op.end, text: turned[textOf(unit, op)]! },
        { start: startOf(unit, right), end: right.end, text: textOf(unit, left) },
      ]); // prettier-ignore
    });
  },
);

/** True where an expression at the start of a statement would be read as something else. */
function startsLikeStatement({ ts: api }: SourceUnit, node: ts.Expression, at: ts.Node): boolean {
  return (
    api.isExpressionStatement(at.parent) &&
    (api.isObjectLiteralExpression(node) || api.isFunctionExpression(node) || api.isClassExpression(node))
  );
}

/** `catch (e)` to `catch` where the error is not used. Safe: nothing reads it. */
export const optionalCatchBinding = editKind(
  'optional-catch-binding',
  [
    'Remove the unused catch binding.',
    'Drop unused catch parameters.',
    'Use optional catch binding.',
    'Leave out the unused error variable of catch.',
  ],
  (unit) => {
    const { ts: api } = unit;
    const names = namesOf(unit);
    return gather(unit, (node) => {
      if (!api.isCatchClause(node) || !node.variableDeclaration || !api.isIdentifier(node.variableDeclaration.name))
        return undefined;
      const { name } = node.variableDeclaration;
      const symbol = names.symbolOf(name);
      // A `var` of the same name inside is another variable, whose writes the binding catches.
      const again = gather(
        unit,
        (n) => (api.isIdentifier(n) && n.text === name.text && isDeclared(unit, n) ? placeOf(unit, n, []) : undefined),
        node.block,
      );
      if (!symbol || again.length > 0 || names.usesOf(symbol).length !== 1) return undefined;
      const close = unit.text.indexOf(')', node.variableDeclaration.end) + 1;
      const start = startOf(unit, node) + 'catch'.length;
      const { block } = node;
      return commentFree(unit, start, close) ? placeOf(unit, node, [{ start, end: startOf(unit, block), text: ' ' }]) : undefined;
    });
  },
);

function commentFree(unit: SourceUnit, start: number, end: number): boolean {
  return !unit.text.slice(start, end).includes('/');
}

/** `Object.prototype.hasOwnProperty.call(o, k)` to `Object.hasOwn(o, k)`. Safe: it is the same question, asked of the global `Object`. */
export const objectHasOwn = editKind(
  'object-has-own',
  [
    'Use Object.hasOwn.',
    'Replace hasOwnProperty.call by Object.hasOwn.',
    'Use Object.hasOwn instead of Object.prototype.hasOwnProperty.',
    'Modernise the own-property checks.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isCallExpression(node) || node.arguments.length !== 2 || node.arguments.some((a) => api.isSpreadElement(a)))
        return undefined;
      if (textOf(unit, node.expression) !== 'Object.prototype.hasOwnProperty.call') return undefined;
      let head: ts.Expression = node.expression;
      while (api.isPropertyAccessExpression(head)) head = head.expression;
      if (!isGlobal(unit, head, 'Object')) return undefined;
      return placeOf(unit, node, [{ start: startOf(unit, node.expression), end: node.expression.end, text: 'Object.hasOwn' }]);
    });
  },
);

/** `a['b']` to `a.b`. Safe: the same property, as long as its name is written as one. */
export const dotNotation = editKind(
  'dot-notation',
  [
    'Use dot notation.',
    'Use dot notation where possible.',
    'Replace the brackets with dots for fixed property names.',
    'Access fixed properties with a dot.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isElementAccessExpression(node) || !api.isStringLiteral(node.argumentExpression) || node.questionDotToken)
        return undefined;
      const { text } = node.argumentExpression;
      if (!/^[A-Za-z_$][\w$]*$/.test(text) || textOf(unit, node.argumentExpression).includes('\\')) return undefined;
      const { expression } = node;
      if (
        api.isNumericLiteral(expression) ||
        aroundParentheses(unit, node).parent.kind === api.SyntaxKind.ExpressionWithTypeArguments
      )
        return undefined;
      if (unit.text.slice(expression.end, node.end).includes('/')) return undefined;
      return placeOf(unit, node, [{ start: expression.end, end: node.end, text: `.${text}` }]);
    });
  },
);
