/** Kinds that put a newer or stricter operator in the place of an older one. */
import type ts from 'typescript';
import { isPrimitive, valueKind } from '../facts';
import { editKind } from '../kind';
import { isGlobal, namesOf } from '../names';
import { startOf, textOf, type SourceUnit } from '../source';
import { bare, binary, commented, gather, isChain, onlyTruthCounts, placeOf, replaced, same } from '../syntax';

/** The operands of a chain of `+`, first to last. */
function summands(unit: SourceUnit, node: ts.Expression): ts.Expression[] {
  const sum = binary(unit, node, '+');
  return sum ? [...summands(unit, sum.left), sum.right] : [node];
}

/**
 * Texts put together by `+` to a template. Safe: one of the first two parts is a text, so that no numbers are added, and every other part is by its form
 * no object (for which `+` and a template may ask different methods).
 */
export const templateLiteral = editKind(
  'template-literal',
  [
    'Use template literals.',
    'Replace string concatenation by a template literal.',
    'Build the strings with template literals.',
    'Use a template string instead of +.',
    'Interpolate instead of concatenating.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isExpression(node) || !binary(unit, node, '+') || binary(unit, node.parent, '+') || commented(unit, node))
        return undefined;
      const parts = summands(unit, node);
      const texts = parts.filter((p) => api.isStringLiteral(p));
      if (texts.length === 0 || texts.length === parts.length) return undefined;
      if (!parts.slice(0, 2).some((p) => valueKind(unit, p) === 'string') || !parts.every((p) => isPrimitive(unit, p)))
        return undefined;
      if (parts.some((p) => textOf(unit, p).includes('\n') || api.isTemplateLiteral(bare(unit, p)))) return undefined;
      let out = '';
      for (const part of parts) {
        const text = textOf(unit, part);
        // Escapes mean the same in a template, but for octal ones.
        if (api.isStringLiteral(part) && /\\[0-9]/.test(text)) return undefined;
        out += api.isStringLiteral(part)
          ? text.slice(1, -1).replace(/\\(['"])/g, '$1').replace(/`/g, '\\`').replace(/\$\{/g, '\\${').replace(/\$$/, '\\$') // prettier-ignore
          : `\${${textOf(unit, bare(unit, part))}}`;
      }
      return out.length > 120 ? undefined : replaced(unit, node, `\`${out}\``);
    });
  },
);

/** Names that texts, numbers and every object have: there `'' && ''.length` and `''?.length` would differ. */
const builtIn = new Set(
  [Object.prototype, String.prototype, Number.prototype, Boolean.prototype, BigInt.prototype, Symbol.prototype].flatMap((p) =>
    Object.getOwnPropertyNames(p),
  ),
);

/** The place in `a.b.c` right after its beginning `a`, as a node: the access to `.b`. Undefined if it begins otherwise or holds calls. */
function accessAfter(unit: SourceUnit, chain: ts.Expression, head: ts.Expression): ts.PropertyAccessExpression | undefined {
  const { ts: api } = unit;
  if (!api.isPropertyAccessExpression(chain)) return undefined;
  if (same(unit, chain.expression, head))
    return chain.questionDotToken || api.isPrivateIdentifier(chain.name) ? undefined : chain;
  return accessAfter(unit, chain.expression, head);
}

/**
 * `a && a.b` to `a?.b`. Safe: only the truth of the whole counts, reading `a` twice is like reading it once, and `b` is a property that
 * texts, numbers and booleans do not have, so that every falsy `a` stays falsy. `a.b` may be compared (`===`) with a text, a number or true.
 * With `a != null &&` every property will do.
 */
export const optionalChaining = editKind(
  'optional-chaining',
  [
    'Use optional chaining.',
    'Replace the && guard by optional chaining.',
    'Simplify the checks with ?.',
    'Use ?. instead of testing for the object first.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const both = binary(unit, node, '&&');
      if (!both || !onlyTruthCounts(unit, both) || commented(unit, both)) return undefined;
      const left = binary(unit, both.left, '&&')?.right ?? both.left;
      const nullTest = binary(unit, left, '!=');
      const guardsNull = nullTest !== undefined && /^(?:null|undefined)$/.test(textOf(unit, nullTest.right));
      const head = guardsNull ? nullTest.left : left;
      const comparison = binary(unit, both.right, '===');
      const chain = comparison ? comparison.left : both.right;
      if (comparison) {
        const { right } = comparison;
        if (!api.isStringLiteral(right) && !api.isNumericLiteral(right) && right.kind !== api.SyntaxKind.TrueKeyword)
          return undefined;
      }
      if (!isChain(unit, head) || head.kind === api.SyntaxKind.ThisKeyword) return undefined;
      // An undeclared name could only be tested by `typeof`; it throws in both forms.
      const access = accessAfter(unit, chain, head);
      if (!access || (!guardsNull && builtIn.has(access.name.text))) return undefined;
      const dot = unit.text.indexOf('.', access.expression.end);
      return placeOf(unit, both, [
        { start: startOf(unit, left), end: startOf(unit, chain), text: '' },
        { start: dot, end: dot, text: '?' },
      ]); // prettier-ignore
    });
  },
);

/** What a condition tests to be neither null nor undefined (`is` true), or to be one of them (`is` false). */
function nullishTest(unit: SourceUnit, condition: ts.Expression): { tested: ts.Expression; is: boolean } | undefined {
  const node = bare(unit, condition);
  const nothing = (e: ts.Expression): boolean => /^(?:null|undefined)$/.test(textOf(unit, e));
  const loose = binary(unit, node, '!=', '==');
  if (loose && nothing(loose.right)) return { tested: loose.left, is: binary(unit, loose, '!=') !== undefined };
  for (const [join, compare] of [
    ['&&', '!=='],
    ['||', '==='],
  ] as const) {
    // prettier-ignore
    const both = binary(unit, node, join);
    const [a, b] = both ? [binary(unit, bare(unit, both.left), compare), binary(unit, bare(unit, both.right), compare)] : [];
    if (!a || !b || !same(unit, a.left, b.left)) continue;
    const kinds = [textOf(unit, a.right), textOf(unit, b.right)].sort().join(' ');
    if (kinds === 'null undefined') return { tested: a.left, is: compare === '!==' };
  }
  return undefined;
}

/** `a != null ? a : b` to `a ?? b`, and `if (a == null) a = b` to `a ??= b`. Safe: the test is exactly that of `??`; `a` is read once instead of twice. */
export const nullishCoalescing = editKind(
  'nullish-coalescing',
  [
    'Use nullish coalescing.',
    'Use ?? instead of the null check.',
    'Replace the null and undefined test by ??.',
    'Simplify the null check with the nullish operator.',
  ],
  (unit) => {
    const { ts: api } = unit;
    const simple = (e: ts.Expression): string => {
      const node = bare(unit, e);
      const low =
        binary(unit, node, '||', '&&', '=', ',') ??
        (api.isConditionalExpression(node) || api.isArrowFunction(node) || api.isYieldExpression(node));
      return low ? `(${textOf(unit, node)})` : textOf(unit, e);
    };
    return gather(unit, (node) => {
      if (api.isConditionalExpression(node)) {
        const test = nullishTest(unit, node.condition);
        if (!test || !isChain(unit, test.tested) || commented(unit, node)) return undefined;
        const [kept, other] = test.is ? [node.whenTrue, node.whenFalse] : [node.whenFalse, node.whenTrue];
        return same(unit, bare(unit, kept), test.tested)
          ? replaced(unit, node, `${textOf(unit, test.tested)} ?? ${simple(other)}`)
          : undefined;
      }
      if (!api.isIfStatement(node) || node.elseStatement || commented(unit, node)) return undefined;
      const test = nullishTest(unit, node.expression);
      const only =
        api.isBlock(node.thenStatement) && node.thenStatement.statements.length === 1
          ? node.thenStatement.statements[0]!
          : node.thenStatement;
      const assigned = api.isExpressionStatement(only) ? binary(unit, only.expression, '=') : undefined;
      if (!test || test.is || !assigned || !isChain(unit, test.tested) || !same(unit, assigned.left, test.tested))
        return undefined;
      return replaced(unit, node, `${textOf(unit, test.tested)} ??= ${textOf(unit, assigned.right)};`);
    });
  },
);

/** `==` to `===`. Safe: both sides are plainly of one primitive kind, or one is `typeof`. */
export const strictEquality = editKind(
  'strict-equality',
  [
    'Use strict equality.',
    'Use === and !== instead of == and !=.',
    'Compare strictly.',
    'Replace loose equality by strict equality.',
  ],
  (unit) =>
    gather(unit, (node) => {
      const test = binary(unit, node, '==', '!=');
      if (!test) return undefined;
      const [a, b] = [valueKind(unit, test.left), valueKind(unit, test.right)];
      if (a === undefined || a !== b || a === 'array') return undefined;
      const { operatorToken: op } = test;
      return placeOf(unit, test, [{ start: op.end, end: op.end, text: '=' }]);
    }),
);

/** `x = x + 1` to `x += 1`, `x = x || y` to `x ||= y`. Safe: `x` is a declared variable, so that reading and writing it does nothing else. */
export const compoundAssignment = editKind(
  'compound-assignment',
  [
    'Use compound assignment.',
    'Use the shorthand assignment operators.',
    'Shorten the assignments with operators like +=.',
    'Write x = x + y as x += y.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const assigned = binary(unit, node, '=');
      if (!assigned || !api.isIdentifier(assigned.left) || commented(unit, assigned)) return undefined;
      const sum = binary(unit, assigned.right, '+', '-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>', '>>>', '||', '&&', '??');
      const [declared] = namesOf(unit).symbolOf(assigned.left)?.declarations ?? [];
      if (!sum || !declared || !same(unit, sum.left, assigned.left)) return undefined;
      if (!api.isVariableDeclaration(declared) && !api.isParameter(declared) && !api.isBindingElement(declared)) return undefined;
      const operator = api.tokenToString(sum.operatorToken.kind)!;
      return replaced(
        unit,
        node,
        `${assigned.left.text} ${operator}= ${textOf(unit, binary(unit, bare(unit, sum.right), ',') ? sum.right : bare(unit, sum.right))}`,
      );
    });
  },
);

/** `Math.pow(a, b)` to `a ** b`. Safe: `Math` is the global one; the operator does the same to all that `pow` accepts. */
export const powerOperator = editKind(
  'power-operator',
  ['Use the ** operator.', 'Replace Math.pow by **.', 'Use the exponentiation operator.', 'Write powers with **.'],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (
        !api.isCallExpression(node) ||
        textOf(unit, node.expression) !== 'Math.pow' ||
        node.arguments.length !== 2 ||
        commented(unit, node)
      )
        return undefined;
      const [base, exponent] = node.arguments;
      if (!base || !exponent || api.isSpreadElement(base) || api.isSpreadElement(exponent)) return undefined;
      if (!api.isPropertyAccessExpression(node.expression) || !isGlobal(unit, node.expression.expression, 'Math'))
        return undefined;
      const open = (e: ts.Expression): string => {
        const plain =
          api.isIdentifier(e) ||
          api.isNumericLiteral(e) ||
          api.isPropertyAccessExpression(e) ||
          api.isCallExpression(e) ||
          api.isElementAccessExpression(e) ||
          api.isParenthesizedExpression(e);
        return plain ? textOf(unit, e) : `(${textOf(unit, e)})`;
      };
      const text = `${open(base)} ** ${open(exponent)}`;
      const { parent } = node;
      const tight =
        api.isPrefixUnaryExpression(parent) ||
        api.isTypeOfExpression(parent) ||
        api.isAwaitExpression(parent) ||
        api.isPropertyAccessExpression(parent) ||
        api.isElementAccessExpression(parent) ||
        binary(unit, parent, '**') !== undefined ||
        (api.isCallExpression(parent) && parent.expression === node);
      return replaced(unit, node, tight ? `(${text})` : text);
    });
  },
);
