/** Kinds that change the form of a function. */
import type ts from 'typescript';
import { isPure } from '../facts';
import { editKind, type EditPlace } from '../kind';
import { isWritten, namesOf, onlyDeclaration } from '../names';
import { enclosingFunction, startOf, textOf, walk, type SourceUnit } from '../source';
import {
  bare,
  binary,
  commented,
  gather,
  holdsLongLiteral,
  indentAt,
  indentStep,
  mayHoldComment,
  placeOf,
  usesOwnCall,
  wholeLines,
} from '../syntax';
import type { Edit } from '../text';

/** Functions that call what they are given, and never construct it. */
const callers = new Set(
  (
    'map filter forEach reduce reduceRight some every find findIndex findLast findLastIndex sort toSorted flatMap then catch finally replace ' +
    'replaceAll setTimeout setInterval setImmediate queueMicrotask nextTick requestAnimationFrame from'
  ).split(' '),
);

/** True where all that ever happens to a function is that it is called: it is never constructed, and nobody reads its `prototype`. */
function isOnlyCalled(unit: SourceUnit, node: ts.FunctionExpression): boolean {
  const { ts: api } = unit;
  const { parent } = node;
  if (api.isCallExpression(parent) && parent.arguments.includes(node)) {
    const { expression: callee } = parent;
    return callers.has(api.isPropertyAccessExpression(callee) ? callee.name.text : textOf(unit, callee));
  }
  if (api.isParenthesizedExpression(parent)) return api.isCallExpression(parent.parent) && parent.parent.expression === parent;
  if (!api.isVariableDeclaration(parent) || !api.isIdentifier(parent.name) || parent.type) return false;
  const names = namesOf(unit);
  const symbol = names.symbolOf(parent.name);
  if (!symbol || !onlyDeclaration(symbol) || !enclosingFunction(unit, parent)) return false;
  return names
    .usesOf(symbol)
    .every((use) => use === parent.name || (api.isCallExpression(use.parent) && use.parent.expression === use));
}

/**
 * `function () {}` to an arrow function. Safe: it has no name and is no generator, does not speak of `this`, `arguments`, `super` or `new.target`, and
 * is only ever called: as the callback of a function known to call it, at once, or through a local name.
 */
export const functionToArrow = editKind(
  'function-to-arrow',
  [
    'Use arrow functions.',
    'Convert function expressions to arrow functions.',
    'Turn the callbacks into arrow functions.',
    'Write the anonymous functions as arrow functions.',
    'Replace `function` by arrow functions where possible.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (
        !api.isFunctionExpression(node) ||
        node.name ||
        node.asteriskToken ||
        usesOwnCall(unit, node) ||
        !isOnlyCalled(unit, node)
      )
        return undefined;
      const open = unit.text.indexOf('(', startOf(unit, node));
      const parametersStart = node.typeParameters ? node.typeParameters.pos - 1 : open;
      const start = startOf(unit, node) + (textOf(unit, node).startsWith('async') ? 'async '.length : 0);
      if (mayHoldComment(unit, start, parametersStart) || !/^function\s*$/.test(unit.text.slice(start, parametersStart)))
        return undefined;
      const head = unit.text.slice(parametersStart, startOf(unit, node.body)).trimEnd();
      if (mayHoldComment(unit, parametersStart, startOf(unit, node.body))) return undefined;
      const headEnd = parametersStart + head.length;
      return placeOf(unit, node, [
        { start, end: parametersStart, text: '' },
        { start: headEnd, end: startOf(unit, node.body), text: ' => ' },
      ]); // prettier-ignore
    });
  },
);

/** `=> { return x; }` to `=> x`. Safe: the value is the same; the block holds nothing else, not even a comment. */
export const conciseArrow = editKind(
  'concise-arrow',
  [
    'Remove the braces and return from arrow functions with a single expression.',
    'Use concise arrow bodies.',
    'Shorten arrow functions that only return.',
    'Simplify the arrow function bodies.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isArrowFunction(node) || !api.isBlock(node.body) || node.body.statements.length !== 1) return undefined;
      const [statement] = node.body.statements;
      if (!statement || !api.isReturnStatement(statement) || !statement.expression || commented(unit, node.body))
        return undefined;
      const { expression } = statement;
      const text = textOf(unit, expression);
      if (text.includes('\n') && (holdsLongLiteral(unit, expression) || /[([{]$/.exec(text.split('\n')[0]!) === null))
        return undefined;
      const wrap = startsWithBrace(text) || binary(unit, expression, ',');
      const inner = outdented(text, indentAt(unit, startOf(unit, statement)), indentAt(unit, startOf(unit, node)));
      if (inner === undefined) return undefined;
      return placeOf(unit, node, [{ start: startOf(unit, node.body), end: node.body.end, text: wrap ? `(${inner})` : inner }]);
    });
  },
);

function startsWithBrace(text: string): boolean {
  return text.startsWith('{');
}

/** Lines after the first moved from one indentation to another; undefined if one of them is further out. */
function outdented(text: string, from: string, to: string): string | undefined {
  const lines = text.split('\n');
  if (lines.slice(1).some((l) => l.trim() !== '' && !l.startsWith(from))) return undefined;
  return lines.map((l, i) => (i === 0 || l.trim() === '' ? l : to + l.slice(from.length))).join('\n');
}

/** `=> x` to `=> { return x; }`. Safe: the value is the same. */
export const arrowToBlock = editKind(
  'arrow-to-block',
  [
    'Give the arrow functions block bodies with return.',
    'Add braces and a return to the arrow functions.',
    'Use block bodies in arrow functions.',
    'Expand the concise arrow functions.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isArrowFunction(node) || api.isBlock(node.body)) return undefined;
      const between = unit.text.slice(node.equalsGreaterThanToken.end, startOf(unit, node.body));
      const text = textOf(unit, bare(unit, node.body));
      if (text.includes('\n') || between.trim() !== '' || between.includes('\n') || commented(unit, node.body)) return undefined;
      const outer = indentAt(unit, startOf(unit, node));
      const block = `{\n${outer}${indentStep(unit)}return ${text};\n${outer}}`;
      return placeOf(unit, node, [{ start: startOf(unit, node.body), end: node.body.end, text: block }]);
    });
  },
);

/** What a first statement of a function gives a parameter that is undefined: `if (x === undefined) x = 1;` and the like. */
function defaultOf(unit: SourceUnit, statement: ts.Statement): { name: ts.Identifier; value: ts.Expression } | undefined {
  const { ts: api } = unit;
  if (api.isIfStatement(statement)) {
    if (statement.elseStatement) return undefined;
    const inner =
      api.isBlock(statement.thenStatement) && statement.thenStatement.statements.length === 1
        ? statement.thenStatement.statements[0]!
        : statement.thenStatement;
    const assigned = api.isExpressionStatement(inner) ? binary(unit, inner.expression, '=') : undefined;
    const asked = undefinedTest(unit, statement.expression, '===');
    if (!assigned || !asked || !api.isIdentifier(assigned.left) || assigned.left.text !== asked.text) return undefined;
    return { name: assigned.left, value: assigned.right };
  }
  if (!api.isExpressionStatement(statement)) return undefined;
  const assigned = binary(unit, statement.expression, '=');
  const choice = assigned && bare(unit, assigned.right);
  if (!assigned || !choice || !api.isIdentifier(assigned.left) || !api.isConditionalExpression(choice)) return undefined;
  const isMissing = undefinedTest(unit, choice.condition, '===');
  const isGiven = undefinedTest(unit, choice.condition, '!==');
  const [kept, value] = isMissing ? [choice.whenFalse, choice.whenTrue] : [choice.whenTrue, choice.whenFalse];
  if ((isMissing ?? isGiven)?.text !== assigned.left.text || textOf(unit, kept) !== assigned.left.text) return undefined;
  return { name: assigned.left, value };
}

function undefinedTest(unit: SourceUnit, condition: ts.Expression, operator: '===' | '!=='): ts.Identifier | undefined {
  const { ts: api } = unit;
  const test = binary(unit, bare(unit, condition), operator, operator.slice(0, -1));
  if (!test) return undefined;
  const strict = api.tokenToString(test.operatorToken.kind) === operator;
  if (strict && api.isIdentifier(test.left) && textOf(unit, test.right) === 'undefined') return test.left;
  if (!api.isTypeOfExpression(test.left) || !api.isStringLiteral(test.right) || test.right.text !== 'undefined') return undefined;
  return api.isIdentifier(test.left.expression) ? test.left.expression : undefined;
}

/**
 * `if (x === undefined) x = 1;` at the start of a function to `x = 1` in its parameters. Safe: `arguments` and "use strict" are not in the body, and the
 * value is pure and reads only parameters before it or names from outside. (The function's `length` may change: that is in the nature of the request.)
 */
export const defaultParameters = editKind(
  'default-parameter',
  [
    'Use a default parameter for {name}.',
    'Give {name} its default in the parameter list.',
    'Move the default of {name} into the signature.',
    'Use default parameters.',
    'Replace the undefined checks by default parameters.',
  ],
  (unit) => {
    const { ts: api } = unit;
    const found: EditPlace[] = [];
    walk(unit, unit.file, (node) => {
      if (!api.isFunctionLike(node) || !('body' in node) || !node.body || !api.isBlock(node.body)) return undefined;
      const [statement] = node.body.statements;
      const given = statement && defaultOf(unit, statement);
      if (!given || /\barguments\b|^\{\s*['"]use /.test(textOf(unit, node.body)) || commented(unit, statement)) return undefined;
      const index = node.parameters.findIndex((p) => textOf(unit, p.name) === given.name.text);
      const parameter = node.parameters[index];
      if (
        !parameter ||
        parameter.initializer ||
        parameter.dotDotDotToken ||
        api.isSetAccessor(node) ||
        !isPure(unit, given.value)
      )
        return undefined;
      const own = node.parameters.slice(0, index);
      if (!readsOnly(unit, given.value, node, own)) return undefined;
      const lines = wholeLines(unit, statement);
      const edits: Edit[] = [
        { ...lines, text: '' },
        { start: parameter.end, end: parameter.end, text: ` = ${textOf(unit, given.value)}` },
      ];
      if (parameter.questionToken)
        edits.push({ start: startOf(unit, parameter.questionToken), end: parameter.questionToken.end, text: '' });
      // An arrow function with a bare parameter has no parentheses to hold a default.
      if (
        api.isArrowFunction(node) &&
        unit.text[startOf(unit, node)] !== '(' &&
        node.parameters.length === 1 &&
        !textOf(unit, node).startsWith('async')
      )
        return undefined;
      if (textOf(unit, given.value).includes('\n')) return undefined;
      found.push({ start: startOf(unit, parameter), end: statement.end, edits, names: { name: given.name.text } });
      return undefined;
    });
    return found;
  },
);

/** True where a value means the same in a function's parameter list as in its body. */
function readsOnly(unit: SourceUnit, value: ts.Node, owner: ts.Node, own: readonly ts.ParameterDeclaration[]): boolean {
  const { ts: api } = unit;
  const names = namesOf(unit);
  let fine = true;
  walk(unit, value, (node) => {
    const symbol = api.isIdentifier(node) ? names.symbolOf(node) : undefined;
    for (const d of symbol?.declarations ?? []) {
      if (d.pos < owner.pos || d.end > owner.end) continue;
      if (!own.some((p) => p === d) || names.usesOf(symbol!).some((use) => isWritten(unit, use))) fine = false;
    }
    return fine;
  });
  return fine;
}
