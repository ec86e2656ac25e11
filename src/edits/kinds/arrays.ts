/** Kinds that turn loops over arrays into calls, and calls into loops. */
import type ts from 'typescript';
import { isPrivateArray } from '../facts';
import { editKind, type EditPlace } from '../kind';
import { isDeclared, isWritten, namesOf } from '../names';
import { startOf, textOf, walk, type SourceUnit } from '../source';
import { gather, listOf, mayHoldComment, placeOf, within } from '../syntax';

/** True where a body could jump out, wait, or speak of what a function of its own would have. */
function isBoundToPlace(unit: SourceUnit, root: ts.Node): boolean {
  const { ts: api } = unit;
  let bound = false;
  walk(unit, root, (node) => {
    if (node !== root && api.isFunctionLike(node) && !api.isArrowFunction(node)) return false;
    if (
      api.isReturnStatement(node) ||
      api.isBreakOrContinueStatement(node) ||
      api.isAwaitExpression(node) ||
      api.isYieldExpression(node)
    )
      bound = true;
    return !bound;
  });
  return bound;
}

/**
 * `a.forEach((x) => { ... })` to `for (const x of a)`. Safe: the array is one that nothing else can change, the callback takes one parameter, and
 * holds no `return` or `var`. (Arrays are taken to have no holes.)
 */
export const forEachToForOf = editKind(
  'foreach-to-for-of',
  [
    'Use for...of instead of forEach.',
    'Replace forEach by a for...of loop.',
    'Convert the forEach calls to for...of loops.',
    'No forEach, please: use a loop.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isExpressionStatement(node) || !api.isCallExpression(node.expression) || !listOf(unit, node)) return undefined;
      const { expression: callee, arguments: given } = node.expression;
      const [callback] = given;
      if (
        !api.isPropertyAccessExpression(callee) ||
        callee.name.text !== 'forEach' ||
        callee.questionDotToken ||
        given.length !== 1
      )
        return undefined;
      if (
        !callback ||
        !api.isArrowFunction(callback) ||
        !api.isBlock(callback.body) ||
        callback.parameters.length !== 1 ||
        callback.modifiers
      )
        return undefined;
      const [parameter] = callback.parameters;
      if (!parameter || parameter.initializer || parameter.dotDotDotToken || parameter.type || callback.type) return undefined;
      if (isBoundToPlace(unit, callback.body) || /\bvar\b/.test(textOf(unit, callback.body))) return undefined;
      if (callback.body.statements.some((s) => api.isFunctionDeclaration(s)) || redeclares(unit, parameter.name, callback.body))
        return undefined;
      if (
        !isPrivateArray(unit, callee.expression, node.pos, node.end) ||
        mayHoldComment(unit, startOf(unit, node), startOf(unit, callback.body))
      )
        return undefined;
      const array = textOf(unit, callee.expression);
      const names = namesOf(unit);
      // The loop's variable would hide a variable of the same name in the expression that it goes over.
      const own = identifiers(unit, parameter.name).map((n) => n.text);
      const clash = identifiers(unit, callee.expression).some((n) => own.includes(n.text) && names.symbolOf(n));
      const keyword = isReassigned(unit, parameter.name) ? 'let' : 'const';
      if (clash || array.includes('\n')) return undefined;
      return placeOf(unit, node, [
        { start: startOf(unit, node), end: startOf(unit, callback.body), text: `for (${keyword} ${textOf(unit, parameter.name)} of ${array}) ` },
        { start: callback.body.end, end: node.end, text: '' },
      ]); // prettier-ignore
    });
  },
);

function identifiers(unit: SourceUnit, root: ts.Node): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  walk(unit, root, (n) => {
    if (unit.ts.isIdentifier(n)) found.push(n);
    return undefined;
  });
  return found;
}

function isReassigned(unit: SourceUnit, name: ts.BindingName): boolean {
  const names = namesOf(unit);
  let written = false;
  walk(unit, name, (n) => {
    const symbol = unit.ts.isIdentifier(n) && isDeclared(unit, n) ? names.symbolOf(n) : undefined;
    if (symbol && names.usesOf(symbol).some((use) => isWritten(unit, use))) written = true;
    return undefined;
  });
  return written;
}

/** True where a body's own declarations take a name of the pattern again, which a loop's variable would only hide. */
function redeclares(unit: SourceUnit, name: ts.BindingName, body: ts.Block): boolean {
  return body.statements.some(
    (s) =>
      unit.ts.isVariableStatement(s) && s.declarationList.declarations.some((d) => textOf(unit, d.name) === textOf(unit, name)),
  );
}

/**
 * A list filled by a loop to `map`: `const out = []; for (const x of a) out.push(f(x));`. Safe: the array is one that nothing else can change, and the
 * value does not wait or mention the list. (Arrays are taken to have no holes.)
 */
export const loopToMap = editKind(
  'loop-to-map',
  [
    'Use map instead of the loop.',
    'Replace the loop that fills {name} by map.',
    'Build {name} with map.',
    'Turn the push loop into a map call.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node): EditPlace | undefined => {
      if (!api.isForOfStatement(node) || node.awaitModifier || !api.isVariableDeclarationList(node.initializer)) return undefined;
      const list = listOf(unit, node);
      const before = list?.[list.indexOf(node) - 1];
      if (!before || !api.isVariableStatement(before) || before.declarationList.declarations.length !== 1) return undefined;
      const { name: out, initializer: empty, type } = before.declarationList.declarations[0]!;
      if (!api.isIdentifier(out) || !empty || !api.isArrayLiteralExpression(empty) || empty.elements.length > 0 || type)
        return undefined;
      const only =
        api.isBlock(node.statement) && node.statement.statements.length === 1 ? node.statement.statements[0]! : node.statement;
      const call = api.isExpressionStatement(only) && api.isCallExpression(only.expression) ? only.expression : undefined;
      const [value] = call?.arguments ?? [];
      if (
        !call ||
        !value ||
        call.arguments.length !== 1 ||
        textOf(unit, call.expression) !== `${out.text}.push` ||
        api.isSpreadElement(value)
      )
        return undefined;
      const names = namesOf(unit);
      const symbol = names.symbolOf(out);
      if (!symbol || names.usesOf(symbol).some((use) => within(use, value) || within(use, node.expression))) return undefined;
      if (
        isBoundToPlace(unit, value) ||
        mayHoldComment(unit, startOf(unit, before), node.end) ||
        /\barguments\b/.test(textOf(unit, value))
      )
        return undefined;
      const [variable] = node.initializer.declarations;
      if (!variable || variable.type || (node.initializer.flags & api.NodeFlags.BlockScoped) === 0) return undefined;
      if (!isPrivateArray(unit, node.expression, node.pos, node.end)) return undefined;
      const body = textOf(unit, value);
      const text = `${textOf(unit, node.expression)}.map((${textOf(unit, variable.name)}) => ${body.startsWith('{') ? `(${body})` : body})`;
      const end = textOf(unit, before).endsWith(';') ? ';' : '';
      const edit = { start: startOf(unit, empty), end: node.end, text: text + end };
      return { start: startOf(unit, before), end: node.end, edits: [edit], names: { name: out.text } };
    });
  },
);
