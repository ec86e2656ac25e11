/** Kinds that replace a call by a plainer call or by syntax. */
import type ts from 'typescript';
import { valueKind } from '../facts';
import { editKind, type EditPlace } from '../kind';
import { isGlobal } from '../names';
import { startOf, textOf, type SourceUnit } from '../source';
import { bare, binary, commented, gather, isChain, onlyTruthCounts, placeOf, replaced, same } from '../syntax';

/** A call of a method, not optional and without spread arguments. */
function methodCall(
  unit: SourceUnit,
  node: ts.Node,
): { receiver: ts.Expression; method: string; given: readonly ts.Expression[] } | undefined {
  const { ts: api } = unit;
  if (!api.isCallExpression(node) || node.questionDotToken || node.typeArguments) return undefined;
  const { expression: callee } = node;
  if (!api.isPropertyAccessExpression(callee) || callee.questionDotToken || (callee.flags & api.NodeFlags.OptionalChain) !== 0)
    return undefined;
  if (api.isPrivateIdentifier(callee.name) || node.arguments.some((a) => api.isSpreadElement(a))) return undefined;
  return { receiver: callee.expression, method: callee.name.text, given: node.arguments };
}

/**
 * `f.apply(undefined, a)` and `o.m.apply(o, a)` to a call with spread. Safe: `this` is the same, and the arguments are plainly an array (or `arguments`).
 * `null` as `this` only for `Math.max`, `Math.min` and the like, which do not look at it.
 */
export const spreadCall = editKind(
  'spread-call',
  [
    'Use spread instead of apply.',
    'Replace apply by a spread call.',
    'Call the function with spread arguments.',
    'Use the spread operator in the call.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const call = methodCall(unit, node);
      const [self, given] = call?.given ?? [];
      if (call?.method !== 'apply' || call.given.length !== 2 || !self || !given || commented(unit, node)) return undefined;
      if (valueKind(unit, given) !== 'array' && !isGlobal(unit, given, 'arguments') && textOf(unit, given) !== 'arguments')
        return undefined;
      const { receiver: callee } = call;
      const ofMath =
        api.isPropertyAccessExpression(callee) &&
        isGlobal(unit, callee.expression, 'Math') &&
        /^(?:null|undefined|Math)$/.test(textOf(unit, self));
      const method =
        api.isPropertyAccessExpression(callee) &&
        !callee.questionDotToken &&
        callee.expression.kind !== api.SyntaxKind.SuperKeyword;
      const sameThis = method && isChain(unit, callee.expression) && same(unit, callee.expression, self);
      const plain = api.isIdentifier(callee) && /^(?:undefined|void 0)$/.test(textOf(unit, self));
      if (!ofMath && !sameThis && !plain) return undefined;
      return replaced(unit, node, `${textOf(unit, callee)}(...${textOf(unit, given)})`);
    });
  },
);

/** `a.concat(b)` to `[...a, ...b]`. Safe: both are plainly arrays (without holes). */
export const spreadArray = editKind(
  'spread-array',
  [
    'Use array spread instead of concat.',
    'Replace concat by spread.',
    'Join the arrays with the spread operator.',
    'Use [...a, ...b] instead of concat.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const call = methodCall(unit, node);
      if (call?.method !== 'concat' || call.given.length === 0 || commented(unit, node) || textOf(unit, node).includes('\n'))
        return undefined;
      const parts = [call.receiver, ...call.given];
      if (parts.some((p) => valueKind(unit, p) !== 'array') || api.isExpressionStatement(node.parent)) return undefined;
      const texts = parts.map((p) => {
        const inner = bare(unit, p);
        if (!api.isArrayLiteralExpression(inner)) return `...${textOf(unit, inner)}`;
        return inner.elements.map((e) => textOf(unit, e)).join(', ');
      });
      if (parts.some((p) => api.isArrayLiteralExpression(p) && p.elements.some((e) => api.isOmittedExpression(e))))
        return undefined;
      return replaced(unit, node, `[${texts.filter((t) => t !== '').join(', ')}]`);
    });
  },
);

/** `Object.assign({}, a, b)` to `{ ...a, ...b }`. Safe: the target is a new plain object (no accessors, no `__proto__`), and `Object` is the global one. */
export const spreadObject = editKind(
  'spread-object',
  [
    'Use object spread instead of Object.assign.',
    'Replace Object.assign by spread.',
    'Copy the object with the spread operator.',
    'Use { ...x } instead of Object.assign.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node): EditPlace | undefined => {
      const call = methodCall(unit, node);
      if (call?.method !== 'assign' || !isGlobal(unit, call.receiver, 'Object') || call.given.length < 2 || commented(unit, node))
        return undefined;
      if (!api.isObjectLiteralExpression(call.given[0]!) || textOf(unit, node).includes('\n')) return undefined;
      const texts: string[] = [];
      for (const part of call.given) {
        const inner = bare(unit, part);
        if (api.isObjectLiteralExpression(inner)) {
          if (
            !inner.properties.every(
              (p) =>
                (api.isPropertyAssignment(p) || api.isShorthandPropertyAssignment(p)) && !textOf(unit, p).includes('__proto__'),
            )
          )
            return undefined;
          texts.push(inner.properties.map((p) => textOf(unit, p)).join(', '));
        } else texts.push(`...${binary(unit, inner, ',') ? `(${textOf(unit, inner)})` : textOf(unit, inner)}`);
      }
      const { parent } = node;
      const open =
        api.isArrowFunction(parent) ||
        api.isExpressionStatement(parent) ||
        (api.isPropertyAccessExpression(parent) && parent.expression === node);
      if (open && !api.isArrowFunction(parent)) return undefined;
      const text = `{ ${texts.filter((t) => t !== '').join(', ')} }`;
      return replaced(unit, node, open ? `(${text})` : text);
    });
  },
);

/** What a comparison with the result of `indexOf` asks: is it there (true), or not (false)? */
function membership(unit: SourceUnit, node: ts.Node): { call: ts.Expression; is: boolean } | undefined {
  const { ts: api } = unit;
  if (api.isPrefixUnaryExpression(node) && node.operator === api.SyntaxKind.TildeToken)
    return onlyTruthCounts(unit, node) ? { call: node.operand, is: true } : undefined;
  if (!api.isBinaryExpression(node)) return undefined;
  const asked = `${api.tokenToString(node.operatorToken.kind) ?? ''} ${textOf(unit, node.right)}`;
  if (['!== -1', '!= -1', '> -1', '>= 0'].includes(asked)) return { call: node.left, is: true };
  return ['=== -1', '== -1', '< 0'].includes(asked) ? { call: node.left, is: false } : undefined;
}

/**
 * `a.indexOf(x) !== -1` to `a.includes(x)`. Safe: `x` is plainly a text, or a number as it is written (NaN is the one value for which the two differ);
 * all that has the one method in the language (texts, arrays, typed arrays, buffers) has the other.
 */
export const includesInstead = editKind(
  'includes',
  [
    'Use includes instead of indexOf.',
    'Replace the indexOf checks by includes.',
    'Use includes().',
    'Simplify the indexOf comparison.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const asked = membership(unit, node);
      const call = asked && methodCall(unit, asked.call);
      if (!asked || call?.method !== 'indexOf' || call.given.length !== 1 || commented(unit, node)) return undefined;
      const [sought] = call.given;
      if (!sought || (valueKind(unit, sought) !== 'string' && !api.isNumericLiteral(sought))) return undefined;
      const text = `${asked.is ? '' : '!'}${textOf(unit, call.receiver)}.includes(${textOf(unit, sought)})`;
      const { parent } = node;
      // `x.indexOf(y) < 0 == z` and the like: better left alone than put right.
      if (api.isBinaryExpression(parent) && !binary(unit, parent, '&&', '||', '=', '??', ',')) return undefined;
      return replaced(unit, node, text);
    });
  },
);

/** `s.charAt(0) === 'a'` and `s.indexOf('ab') === 0` to `startsWith`. Safe: only texts have `charAt`; with `indexOf` the receiver is plainly a text. */
export const startsWithInstead = editKind(
  'starts-with',
  [
    'Use startsWith.',
    'Use startsWith instead of comparing the beginning by hand.',
    'Replace the prefix check by startsWith.',
    'Check the prefix with startsWith.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      const test = binary(unit, node, '===', '==', '!==', '!=');
      const call = test && methodCall(unit, test.left);
      if (!test || !call || call.given.length === 0 || commented(unit, test)) return undefined;
      const not = binary(unit, test, '!==', '!=') ? '!' : '';
      const { receiver, method, given } = call;
      let prefix: ts.Expression | undefined;
      const isText = valueKind(unit, receiver) === 'string';
      const [first, second] = given;
      if (method === 'charAt' && given.length === 1 && textOf(unit, first!) === '0') prefix = single(unit, test.right, 1);
      else if (
        isText &&
        method === 'indexOf' &&
        given.length === 1 &&
        textOf(unit, test.right) === '0' &&
        valueKind(unit, first!) === 'string'
      )
        prefix = first;
      else if (
        isText &&
        /^(?:slice|substr|substring)$/.test(method) &&
        textOf(unit, first!) === '0' &&
        second &&
        api.isNumericLiteral(second)
      )
        prefix = single(unit, test.right, Number(second.text));
      if (!prefix || (api.isBinaryExpression(test.parent) && !binary(unit, test.parent, '&&', '||', '=', '??', ',')))
        return undefined;
      return replaced(unit, node, `${not}${textOf(unit, receiver)}.startsWith(${textOf(unit, prefix)})`);
    });
  },
);

/** A text as it is written, of a certain length. */
function single({ ts: api }: SourceUnit, node: ts.Expression, length: number): ts.Expression | undefined {
  return api.isStringLiteral(node) && node.text.length === length ? node : undefined;
}

/** `{ a: a }` to `{ a }`, in objects and patterns. Safe: it means the same, except for `__proto__`. */
export const objectShorthand = editKind(
  'object-shorthand',
  [
    'Use object shorthand.',
    'Use shorthand properties.',
    'Shorten properties that repeat their name.',
    'Use property shorthand in the object literals.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (api.isPropertyAssignment(node) && api.isIdentifier(node.name) && api.isIdentifier(node.initializer)) {
        if (node.name.text !== node.initializer.text || node.name.text === '__proto__' || commented(unit, node)) return undefined;
        // `undefined`, `NaN` and the like can be written so too, but nobody does.
        return ['undefined', 'NaN', 'Infinity'].includes(node.name.text) ? undefined : replaced(unit, node, node.name.text);
      }
      if (
        !api.isBindingElement(node) ||
        !node.propertyName ||
        !api.isIdentifier(node.propertyName) ||
        !api.isIdentifier(node.name)
      )
        return undefined;
      if (node.propertyName.text !== node.name.text || commented(unit, node)) return undefined;
      return placeOf(unit, node, [{ start: startOf(unit, node.propertyName), end: startOf(unit, node.name), text: '' }]);
    });
  },
);
