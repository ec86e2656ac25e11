/** Kinds that turn one form of loop into another. */
import type ts from 'typescript';
import { isPure, valueKind } from '../facts';
import { editKind } from '../kind';
import { isFresh, isWritten, namesOf } from '../names';
import { enclosingFunction, startOf, textOf, walk, type SourceUnit } from '../source';
import { binary, commented, gather, mayHoldComment, placeOf, wholeLines, within } from '../syntax';
import type { Edit } from '../text';

interface IndexLoop {
  readonly index: ts.Identifier;
  readonly array: ts.Identifier;
}

/** `for (let i = 0; i < a.length; i++)` over an array with a name that the loop does not change. */
function indexLoop(unit: SourceUnit, node: ts.ForStatement): IndexLoop | undefined {
  const { ts: api } = unit;
  const { initializer: list, condition, incrementor: step } = node;
  if (!list || !condition || !step || !api.isVariableDeclarationList(list) || list.declarations.length !== 1) return undefined;
  const { name: index, initializer: from } = list.declarations[0]!;
  if (!api.isIdentifier(index) || !from || textOf(unit, from) !== '0') return undefined;
  const test = binary(unit, condition, '<');
  if (
    !test ||
    textOf(unit, test.left) !== index.text ||
    !api.isPropertyAccessExpression(test.right) ||
    test.right.name.text !== 'length'
  )
    return undefined;
  const { expression: array } = test.right;
  if (!api.isIdentifier(array) || valueKind(unit, array) !== 'array') return undefined;
  if (![`${index.text}++`, `++${index.text}`, `${index.text} += 1`].includes(textOf(unit, step))) return undefined;
  const names = namesOf(unit);
  const [i, a] = [names.symbolOf(index), names.symbolOf(array)];
  if (!i || !a || names.usesOf(i).some((use) => !within(use, node) || (isWritten(unit, use) && !within(use, step))))
    return undefined;
  const written = names.usesOf(a).filter((use) => isWritten(unit, use));
  // An assignment in another function might run while the loop does.
  const fixed = written.every((use) => !within(use, node) && enclosingFunction(unit, use) === enclosingFunction(unit, node));
  return fixed ? { index, array } : undefined;
}

/** The `a[i]` that a use of the index belongs to. */
function elementRead(unit: SourceUnit, use: ts.Identifier, array: ts.Identifier): ts.ElementAccessExpression | undefined {
  const { ts: api } = unit;
  const { parent } = use;
  if (!api.isElementAccessExpression(parent) || parent.argumentExpression !== use || parent.questionDotToken) return undefined;
  if (!api.isIdentifier(parent.expression) || namesOf(unit).symbolOf(parent.expression) !== namesOf(unit).symbolOf(array))
    return undefined;
  return isTarget(unit, parent) ? undefined : parent;
}

function isTarget(unit: SourceUnit, node: ts.Expression): boolean {
  const { ts: api } = unit;
  const { parent } = node;
  if (api.isDeleteExpression(parent) || api.isPrefixUnaryExpression(parent) || api.isPostfixUnaryExpression(parent)) return true;
  // Patterns and calls on the element itself (`a[i](x)` would see another `this`).
  if (
    api.isArrayLiteralExpression(parent) ||
    api.isPropertyAssignment(parent) ||
    api.isForInStatement(parent) ||
    api.isForOfStatement(parent)
  )
    return true;
  if (api.isCallExpression(parent) && parent.expression === node) return true;
  return api.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind >= api.SyntaxKind.FirstAssignment && parent.operatorToken.kind <= api.SyntaxKind.LastAssignment; // prettier-ignore
}

/** True where nothing in a loop's body could change the array before its element is read for the last time. */
function readBeforeAll(unit: SourceUnit, body: ts.Node, reads: readonly ts.Node[]): boolean {
  const { ts: api } = unit;
  const last = Math.max(...reads.map((r) => startOf(unit, r)));
  let fine = true;
  walk(unit, body, (node) => {
    if (node.end > last) {
      if (api.isFunctionLike(node) && reads.some((r) => within(r, node))) fine = false;
      if (api.isIterationStatement(node, false) && reads.some((r) => within(r, node))) fine = false;
      return fine;
    }
    const acts =
      api.isCallExpression(node) ||
      api.isNewExpression(node) ||
      api.isAwaitExpression(node) ||
      api.isYieldExpression(node) ||
      api.isDeleteExpression(node) ||
      api.isTaggedTemplateExpression(node);
    if (acts && !isPure(unit, node)) fine = false;
    const assigns = api.isBinaryExpression(node) && node.operatorToken.kind >= api.SyntaxKind.FirstAssignment && node.operatorToken.kind <= api.SyntaxKind.LastAssignment; // prettier-ignore
    if (assigns && !api.isIdentifier(node.left)) fine = false;
    return fine;
  });
  return fine;
}

const plurals: readonly (readonly [RegExp, string])[] = [[/ies$/, 'y'], [/(?:xes|sses|ches|shes)$/, ''], [/children$/i, 'child'], [/([^s])s$/, '$1']]; // prettier-ignore

/** A name for one of many: that of the array in the singular, if it is free. */
function elementName(unit: SourceUnit, array: string): string | undefined {
  const found = plurals.find(([pattern]) => pattern.test(array));
  const singular = found?.[1] === '' ? array.slice(0, -2) : found && array.replace(found[0], found[1]);
  return [singular, 'item', 'element', 'entry'].find((name) => name !== undefined && isFresh(unit, name));
}

/**
 * Index loops to `for...of`. Safe: the text shows an array that the loop's own code does not assign, the index serves only to read the element, and the
 * element is read before anything that could change it (a first `const x = a[i]`, or no effects before the last read).
 */
export const loopToForOf = editKind(
  'loop-to-for-of',
  [
    'Use for...of.',
    'Convert the index loop to for...of.',
    'Replace the for loop by a for-of loop.',
    'Loop over the elements with for...of.',
    'Use a for...of loop over {array}.',
    'Iterate over {array} directly, without an index.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const loop = api.isForStatement(node) ? indexLoop(unit, node) : undefined;
      if (!loop || !api.isForStatement(node) || mayHoldComment(unit, startOf(unit, node), startOf(unit, node.statement)))
        return undefined;
      const names = namesOf(unit);
      const uses = names.usesOf(names.symbolOf(loop.index)!).filter((use) => within(use, node.statement));
      const reads = uses.map((use) => elementRead(unit, use, loop.array));
      if (reads.length === 0 || reads.some((r) => r === undefined)) return undefined;
      const edits: Edit[] = [];
      const first = api.isBlock(node.statement) ? node.statement.statements[0] : undefined;
      const [declaration] = first && api.isVariableStatement(first) ? first.declarationList.declarations : [];
      let variable: string | undefined;
      const rest = api.isBlock(node.statement) && node.statement.statements.length > 1;
      if (
        reads.length === 1 &&
        rest &&
        first &&
        declaration &&
        declaration.initializer === reads[0] &&
        !declaration.type &&
        api.isVariableStatement(first)
      ) {
        if (first.declarationList.declarations.length !== 1 || commented(unit, first)) return undefined;
        variable = `${/^\w+/.exec(textOf(unit, first))![0]} ${textOf(unit, declaration.name)}`;
        edits.push({ ...wholeLines(unit, first), text: '' });
      } else {
        const name = elementName(unit, loop.array.text);
        if (name === undefined || !readBeforeAll(unit, node.statement, reads as ts.Node[])) return undefined;
        variable = `const ${name}`;
        for (const read of reads) edits.push({ start: startOf(unit, read!), end: read!.end, text: name });
      }
      const head = {
        start: startOf(unit, node.initializer!),
        end: node.incrementor!.end,
        text: `${variable} of ${loop.array.text}`,
      };
      return placeOf(unit, node, [head, ...edits], { array: loop.array.text });
    });
  },
);
