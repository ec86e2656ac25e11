/** Kinds that change how the flow of control is written. */
import type ts from 'typescript';
import { valueKind } from '../facts';
import { editKind } from '../kind';
import { isDeclared, namesOf } from '../names';
import { startOf, textOf, walk, type SourceUnit } from '../source';
import {
  bare,
  binary,
  commented,
  gather,
  holdsLongLiteral,
  indentAt,
  indentStep,
  leaves,
  listOf,
  mayHoldComment,
  negated,
  placeOf,
  replaced,
  startsLine,
} from '../syntax';

/** The lines inside a block, one level further out; undefined where they can't be moved. */
function insideOutdented(unit: SourceUnit, block: ts.Block, to: string): string | undefined {
  const [first] = block.statements;
  if (!first || holdsLongLiteral(unit, block)) return undefined;
  const inner = unit.text.slice(startOf(unit, block) + 1, block.end - 1);
  const from = indentAt(unit, startOf(unit, first));
  const lines = inner.replace(/^[ \t]*\r?\n/, '').trimEnd().split('\n'); // prettier-ignore
  if (!inner.startsWith('\n') || !from.startsWith(to) || lines.some((l) => l.trim() !== '' && !l.startsWith(from)))
    return undefined;
  return lines.map((l) => (l.trim() === '' ? l : to + l.slice(from.length))).join('\n');
}

/** True where what a block declares can be declared around it: no other declaration or use has one of the names. */
function mayBeOpened(unit: SourceUnit, block: ts.Block): boolean {
  const { ts: api } = unit;
  const names = namesOf(unit);
  return block.statements.every((s) => {
    if (api.isFunctionDeclaration(s) || api.isClassDeclaration(s)) return false;
    if (!api.isVariableStatement(s)) return true;
    let fine = true;
    walk(unit, s.declarationList, (node) => {
      if (!api.isIdentifier(node) || !isDeclared(unit, node)) return undefined;
      const symbol = names.symbolOf(node);
      walk(unit, unit.file, (other) => {
        if (api.isIdentifier(other) && other.text === node.text && names.symbolOf(other) !== symbol && isNameOfValue(unit, other))
          fine = false;
        return undefined;
      });
      return undefined;
    });
    return fine;
  });
}

/** False for names after a dot and keys of objects. */
function isNameOfValue({ ts: api }: SourceUnit, node: ts.Identifier): boolean {
  return (
    !(api.isPropertyAccessExpression(node.parent) && node.parent.name === node) &&
    !(api.isPropertyAssignment(node.parent) && node.parent.name === node)
  );
}

/**
 * A last `if` around the rest of a function or loop to an early `return` or `continue`. Safe: nothing comes after it, the condition's opposite is
 * exact, and names declared inside are used nowhere else.
 */
export const earlyReturn = editKind(
  'early-return',
  [
    'Use an early return.',
    'Return early instead of nesting.',
    'Invert the last if and leave early.',
    'Reduce nesting with a guard clause.',
    'Use a guard clause.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isIfStatement(node) || node.elseStatement || !api.isBlock(node.thenStatement) || !api.isBlock(node.parent))
        return undefined;
      const block = node.parent;
      const around = block.parent;
      if (block.statements.at(-1) !== node) return undefined;
      const loop = api.isIterationStatement(around, false) && !api.isLabeledStatement(around.parent);
      if (!loop && !(api.isFunctionLike(around) && 'body' in around && around.body === block)) return undefined;
      const { thenStatement } = node;
      // A guard for one line is no gain; and what leaves already needs none.
      if (thenStatement.statements.length < 2 || !startsLine(unit, startOf(unit, node)) || !mayBeOpened(unit, thenStatement))
        return undefined;
      if (mayHoldComment(unit, startOf(unit, node), startOf(unit, thenStatement))) return undefined;
      const outer = indentAt(unit, startOf(unit, node));
      const inner = insideOutdented(unit, thenStatement, outer);
      if (inner === undefined || textOf(unit, node.expression).includes('\n')) return undefined;
      const guard = `if (${negated(unit, node.expression)}) ${loop ? 'continue' : 'return'};`;
      return replaced(unit, node, `${guard}\n\n${inner}`);
    });
  },
);

/** No `else` after a branch that leaves. Safe: the branch never goes on, and names declared in the `else` are used nowhere else. */
export const noElseReturn = editKind(
  'no-else-return',
  [
    'Remove the else after return.',
    'Drop the unnecessary else.',
    'No else after a return, please.',
    'Remove else blocks that follow a return.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const otherwise = api.isIfStatement(node) ? node.elseStatement : undefined;
      if (!api.isIfStatement(node) || !otherwise || !listOf(unit, node) || !leaves(unit, node.thenStatement)) return undefined;
      if (!startsLine(unit, startOf(unit, node)) || mayHoldComment(unit, node.thenStatement.end, startOf(unit, otherwise)))
        return undefined;
      const outer = indentAt(unit, startOf(unit, node));
      if (api.isIfStatement(otherwise))
        return placeOf(unit, node, [{ start: node.thenStatement.end, end: startOf(unit, otherwise), text: `\n${outer}` }]);
      if (!api.isBlock(otherwise) || !mayBeOpened(unit, otherwise)) return undefined;
      const inner = insideOutdented(unit, otherwise, outer);
      return inner === undefined
        ? undefined
        : placeOf(unit, node, [{ start: node.thenStatement.end, end: node.end, text: `\n${inner}` }]);
    });
  },
);

/** The value that a branch returns, if that is all it does. */
function soleReturn(unit: SourceUnit, statement: ts.Statement | undefined): ts.Expression | undefined {
  const { ts: api } = unit;
  const only = statement && api.isBlock(statement) && statement.statements.length === 1 ? statement.statements[0] : statement;
  return only && api.isReturnStatement(only) ? only.expression : undefined;
}

/** `if (c) return a; return b;`, and the same with `else`. */
function twoReturns(
  unit: SourceUnit,
  node: ts.Node,
): { condition: ts.Expression; yes: ts.Expression; no: ts.Expression; end: number } | undefined {
  const { ts: api } = unit;
  if (!api.isIfStatement(node)) return undefined;
  const list = listOf(unit, node);
  const last = node.elseStatement ?? list?.[list.indexOf(node) + 1];
  const [yes, no] = [soleReturn(unit, node.thenStatement), soleReturn(unit, last)];
  if (!list || !last || !yes || !no || mayHoldComment(unit, startOf(unit, node), last.end)) return undefined;
  return { condition: node.expression, yes, no, end: last.end };
}

function literalTruth({ ts: api }: SourceUnit, node: ts.Expression): boolean | undefined {
  return node.kind === api.SyntaxKind.TrueKeyword ? true : node.kind === api.SyntaxKind.FalseKeyword ? false : undefined;
}

/** Two returns to one with `? :`. Safe: the same parts are evaluated in the same order. */
export const ifToTernary = editKind(
  'if-to-ternary',
  [
    'Return with a conditional expression.',
    'Use a ternary for the two returns.',
    'Replace the if with a ternary return.',
    'Combine the returns into one conditional expression.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const found = twoReturns(unit, node);
      if (!found || (literalTruth(unit, found.yes) !== undefined && literalTruth(unit, found.no) !== undefined)) return undefined;
      const { condition, yes, no, end } = found;
      const low = (e: ts.Expression): boolean =>
        api.isConditionalExpression(bare(unit, e)) || binary(unit, e, ',', '=') !== undefined || api.isYieldExpression(e) || api.isArrowFunction(e); // prettier-ignore
      if ([condition, yes, no].some(low)) return undefined;
      const text = `return ${textOf(unit, condition)} ? ${textOf(unit, yes)} : ${textOf(unit, no)};`;
      if (text.length > 100 || text.includes('\n')) return undefined;
      return { start: startOf(unit, node), end, edits: [{ start: startOf(unit, node), end, text }], names: {} };
    });
  },
);

/** The truth of a condition as a value: itself where it is a boolean already. */
function truthOf(unit: SourceUnit, condition: ts.Expression, turned: boolean): string {
  const node = bare(unit, condition);
  const { ts: api } = unit;
  const doubled = turned && api.isPrefixUnaryExpression(node) && node.operator === api.SyntaxKind.ExclamationToken;
  if (doubled) return truthOf(unit, node.operand, false);
  if (turned) return negated(unit, condition);
  return valueKind(unit, condition) === 'boolean'
    ? textOf(unit, bare(unit, condition))
    : `Boolean(${textOf(unit, bare(unit, condition))})`;
}

/** `c ? true : false`, and returns of true and false, to the condition itself. Safe: `Boolean(c)` is put where c is no boolean by its form. */
export const simplifyBoolean = editKind(
  'simplify-boolean',
  [
    'Simplify the boolean expression.',
    'Return the condition directly.',
    'Remove the redundant true and false.',
    'Simplify: no need for explicit true/false here.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (namesOf(unit).texts.has('Boolean')) return undefined;
      if (api.isConditionalExpression(node) && !commented(unit, node)) {
        const [yes, no] = [literalTruth(unit, node.whenTrue), literalTruth(unit, node.whenFalse)];
        if (yes === undefined || no === undefined || yes === no) return undefined;
        const text = truthOf(unit, node.condition, no);
        // Where the conditional was, anything that binds closer than `? :` can stand.
        return binary(unit, bare(unit, node.condition), ',', '=') ? undefined : replaced(unit, node, text);
      }
      const found = twoReturns(unit, node);
      const [yes, no] = found ? [literalTruth(unit, found.yes), literalTruth(unit, found.no)] : [];
      if (!found || yes === undefined || no === undefined || yes === no) return undefined;
      const text = `return ${truthOf(unit, found.condition, no)};`;
      return {
        start: startOf(unit, node),
        end: found.end,
        edits: [{ start: startOf(unit, node), end: found.end, text }],
        names: {},
      };
    });
  },
);

/** Braces around single statements. Safe: a block with one statement does what that does; declarations of functions are left alone. */
export const addBraces = editKind(
  'add-braces',
  [
    'Add braces to single-line if and loop bodies.',
    'Always use curly braces.',
    'Put braces around every branch and loop body.',
    'Add the missing curly braces.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const { parent } = node as { parent?: ts.Node };
      if (!parent || !api.isStatement(node) || api.isBlock(node) || api.isFunctionDeclaration(node) || api.isEmptyStatement(node))
        return undefined;
      const branch =
        api.isIfStatement(parent) &&
        (parent.thenStatement === node || (parent.elseStatement === node && !api.isIfStatement(node)));
      const body = api.isIterationStatement(parent, false) && !api.isDoStatement(parent);
      if ((!branch && !body) || textOf(unit, node).includes('\n') || !textOf(unit, node).endsWith(';')) return undefined;
      // An empty statement list would be shared with the comment after it.
      const before = unit.text.slice(0, startOf(unit, node)).trimEnd().length;
      if (unit.text.slice(before, startOf(unit, node)).trim() !== '' || mayHoldComment(unit, node.pos, startOf(unit, node)))
        return undefined;
      const outer = indentAt(unit, startOf(unit, parent));
      const elseAfter = api.isIfStatement(parent) && parent.thenStatement === node && parent.elseStatement;
      const gap = elseAfter ? /^\s*/.exec(unit.text.slice(node.end))![0].length : 0;
      const text = ` {\n${outer}${indentStep(unit)}${textOf(unit, node)}\n${outer}}${elseAfter ? ' ' : ''}`;
      return placeOf(unit, node, [{ start: before, end: node.end + gap, text }]);
    });
  },
);

/** `if (!c) A else B` to `if (c) B else A`. Safe: the opposite of the condition is exact. */
export const invertIf = editKind(
  'invert-if',
  [
    'Invert the negated condition and swap the branches.',
    'Put the positive case first.',
    'Avoid the negated condition: swap if and else.',
    'Swap the branches so that the condition is not negated.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isIfStatement(node) || !node.elseStatement || !api.isBlock(node.elseStatement) || !api.isBlock(node.thenStatement))
        return undefined;
      if (mayHoldComment(unit, startOf(unit, node), startOf(unit, node.thenStatement))) return undefined;
      const condition = bare(unit, node.expression);
      const isNegated = api.isPrefixUnaryExpression(condition) && condition.operator === api.SyntaxKind.ExclamationToken;
      if (!isNegated && !binary(unit, condition, '!==', '!=')) return undefined;
      const text = negated(unit, node.expression);
      const { thenStatement: yes, elseStatement: no } = node;
      return placeOf(unit, node, [
        { start: startOf(unit, node.expression), end: node.expression.end, text },
        { start: startOf(unit, yes), end: yes.end, text: textOf(unit, no) },
        { start: startOf(unit, no), end: no.end, text: textOf(unit, yes) },
      ]); // prettier-ignore
    });
  },
);
