/** Wrong names: variables, properties, methods, functions. */
import type ts from 'typescript';
import { compatible } from '../source/kinds';
import { isValueName } from '../source/scope';
import type { Emitter } from './emitter';

/** Methods that are mistaken for each other. The first of a pair is not more right than the second. */
const methodFamilies: readonly (readonly string[])[] = [
  ['indexOf', 'lastIndexOf', 'includes', 'search', 'findIndex'],
  ['findIndex', 'findLastIndex', 'find', 'findLast', 'filter', 'some', 'every', 'indexOf'],
  ['some', 'every', 'filter', 'find', 'includes'],
  ['map', 'filter', 'forEach', 'flatMap', 'find', 'some', 'every'],
  ['flat', 'flatMap'],
  ['reduce', 'reduceRight'],
  ['push', 'unshift', 'concat'],
  ['pop', 'shift'],
  ['slice', 'splice', 'substring', 'substr'],
  ['startsWith', 'endsWith', 'includes'],
  ['trim', 'trimStart', 'trimEnd', 'trimLeft', 'trimRight'],
  ['padStart', 'padEnd', 'repeat'],
  ['toLowerCase', 'toUpperCase', 'toLocaleLowerCase', 'toLocaleUpperCase'],
  ['charAt', 'charCodeAt', 'codePointAt', 'at'],
  ['replace', 'replaceAll'],
  ['match', 'matchAll', 'test', 'exec'],
  ['keys', 'values', 'entries', 'getOwnPropertyNames'],
  ['floor', 'ceil', 'round', 'trunc', 'abs', 'sign'],
  ['max', 'min'],
  ['sqrt', 'cbrt', 'pow', 'abs'],
  ['sin', 'cos', 'tan'],
  ['asin', 'acos', 'atan', 'atan2'],
  ['log', 'log2', 'log10', 'exp'],
  ['isNaN', 'isFinite', 'isInteger', 'isSafeInteger'],
  ['get', 'has', 'set', 'delete', 'add'],
  ['parse', 'stringify'],
  ['toString', 'toFixed', 'toPrecision', 'valueOf', 'toLocaleString'],
  ['sort', 'reverse', 'toSorted', 'toReversed', 'slice'],
  ['call', 'apply', 'bind'],
  ['all', 'allSettled', 'race', 'any'],
  ['getDate', 'getDay', 'getUTCDate', 'getUTCDay'],
  ['getMonth', 'getUTCMonth', 'getDate'],
  ['getFullYear', 'getUTCFullYear', 'getYear'],
  ['getHours', 'getUTCHours', 'getMinutes', 'getSeconds', 'getUTCMinutes', 'getUTCSeconds'],
  ['setDate', 'setUTCDate', 'setMonth', 'setUTCMonth', 'setFullYear', 'setUTCFullYear'],
  ['assign', 'freeze', 'create'],
  ['length', 'size'],
  ['parseInt', 'parseFloat', 'Number'],
  ['MAX_SAFE_INTEGER', 'MIN_SAFE_INTEGER', 'MAX_VALUE', 'MIN_VALUE', 'POSITIVE_INFINITY', 'NEGATIVE_INFINITY', 'EPSILON'],
  ['then', 'catch', 'finally'],
  ['join', 'concat', 'toString'],
  ['encodeURIComponent', 'encodeURI', 'escape'],
  ['decodeURIComponent', 'decodeURI', 'unescape'],
  ['setTimeout', 'setInterval', 'setImmediate'],
  ['clearTimeout', 'clearInterval'],
];

/** Siblings of a method name, closest family first. */
export function siblings(name: string): string[] {
  const out = new Set<string>();
  for (const family of methodFamilies) {
    if (family.includes(name)) family.forEach((other) => out.add(other));
  }
  out.delete(name);
  return [...out];
}

/** True where an identifier is read as a value: not declared, not a property's name, not a label. */
export function isReference(node: ts.Identifier, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (api.isPropertyAssignment(parent)) return parent.initializer === node;
  if (api.isVariableDeclaration(parent) || api.isParameter(parent) || api.isBindingElement(parent))
    return parent.initializer === node;
  if (api.isFunctionLike(parent) && !api.isArrowFunction(parent)) return false;
  if (
    api.isImportSpecifier(parent) ||
    api.isExportSpecifier(parent) ||
    api.isImportClause(parent) ||
    api.isLabeledStatement(parent)
  )
    return false;
  if (
    api.isBreakOrContinueStatement(parent) ||
    api.isClassDeclaration(parent) ||
    api.isTypeReferenceNode(parent) ||
    api.isNamespaceImport(parent)
  )
    return false;
  if (api.isJsxAttribute(parent) || api.isPropertySignature(parent) || api.isPropertyDeclaration(parent)) return false;
  return true;
}

function isAssigned(node: ts.Identifier, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isBinaryExpression(parent) && parent.left === node) {
    return (
      parent.operatorToken.kind >= api.SyntaxKind.FirstAssignment && parent.operatorToken.kind <= api.SyntaxKind.LastAssignment
    );
  }
  return (
    (api.isPrefixUnaryExpression(parent) || api.isPostfixUnaryExpression(parent)) &&
    (parent.operator === api.SyntaxKind.PlusPlusToken || parent.operator === api.SyntaxKind.MinusMinusToken)
  );
}

/** A little likeness of names: `start` and `begin` are far, `left` and `leftIndex` are near. */
function likeness(a: string, b: string): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  return Math.min(same / Math.max(a.length, b.length), 0.8);
}

function variableChanges(node: ts.Identifier, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (!isReference(node, emit) || node.text === 'undefined') return;
  const callee = (api.isCallExpression(node.parent) || api.isNewExpression(node.parent)) && node.parent.expression === node;
  const shorthand = api.isShorthandPropertyAssignment(node.parent);
  const assigned = isAssigned(node, emit);
  const kind = emit.kind(node);
  for (const sibling of callee ? siblings(node.text) : []) emit.replace(node, sibling, 'name.function', 0.5);
  for (const other of emit.scope(node)) {
    if (other.name === node.text) continue;
    const otherKind = emit.vocabulary.names.get(other.name) ?? 'unknown';
    if (callee) {
      if (other.role === 'function' || other.role === 'import' || otherKind === 'function')
        emit.replace(node, other.name, 'name.function');
      continue;
    }
    if (!isValueName(other) && kind !== 'function') continue;
    if (assigned && !other.mutable) continue;
    const alike =
      (compatible(kind, otherKind) ? 0 : -1.5) +
      likeness(node.text, other.name) -
      0.15 * other.distance -
      (other.role === 'module' ? 1 : 0);
    if (shorthand) emit.replace(node, `${node.text}: ${other.name}`, 'name.variable', alike);
    else emit.replace(node, other.name, 'name.variable', alike);
  }
}

function propertyChanges(node: ts.PropertyAccessExpression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { name } = node;
  if (!api.isIdentifier(name)) return;
  const called = api.isCallExpression(node.parent) && node.parent.expression === node;
  const start = name.getStart(emit.unit.file);
  const put = (text: string, operator: string, delta = 0): void => {
    if (text !== name.text) emit.edit(node, [{ start, end: name.end, text }], operator, delta);
  };
  const family = siblings(name.text);
  family.forEach((other, i) => {
    put(other, 'name.method', -0.08 * i);
  });
  const seen = called ? emit.vocabulary.methods : emit.vocabulary.properties;
  for (const other of seen.keys()) {
    if (!family.includes(other) && emit.vocabulary.methods.has(other) === called)
      put(other, 'name.property', likeness(name.text, other));
  }
  if (
    api.isIdentifier(node.expression) &&
    (node.expression.text === 'Object' || node.expression.text === 'Math' || node.expression.text === 'Number')
  )
    return;
  if (!called) {
    for (const extra of ['length', 'size', 'name', 'value', 'id', 'key', 'index']) {
      if (!emit.vocabulary.properties.has(extra)) put(extra, 'name.property', -1.5);
    }
    emit.replace(node, emit.text(node.expression), 'name.dropProperty');
  }
}

/** Order of names in a destructuring pattern, and keys of object literals. */
function patternChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if ((api.isArrayBindingPattern(node) || api.isParameter(node)) && api.isArrayBindingPattern(node)) {
    const texts = node.elements.map((e) => emit.text(e));
    if (texts.length >= 2) {
      emit.replace(node, `[${[texts[1]!, texts[0]!, ...texts.slice(2)].join(', ')}]`, 'name.pattern');
      emit.replace(node, `[, ${texts.join(', ')}]`, 'name.pattern', -1);
    }
    return;
  }
  if (api.isObjectLiteralExpression(node)) objectChanges(node, emit);
}

function objectChanges(node: ts.ObjectLiteralExpression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { properties } = node;
  const list = (texts: readonly string[]): string => `{ ${texts.join(', ')} }`;
  const texts = properties.map((p) => emit.text(p));
  for (let i = 0; i + 1 < properties.length && i < 8; i += 1) {
    const a = properties[i]!;
    const b = properties[i + 1]!;
    if (api.isSpreadAssignment(a) || api.isSpreadAssignment(b)) {
      const swapped = [...texts];
      swapped[i] = texts[i + 1]!;
      swapped[i + 1] = texts[i]!;
      emit.replace(node, list(swapped), 'operand.swap');
    }
    for (const other of properties.slice(i + 1, i + 5)) {
      if (api.isPropertyAssignment(a) && api.isPropertyAssignment(other)) {
        const one = a.initializer;
        const two = other.initializer;
        emit.edit(
          node,
          [
            { start: one.getStart(emit.unit.file), end: one.end, text: emit.text(two) },
            { start: two.getStart(emit.unit.file), end: two.end, text: emit.text(one) },
          ],
          'operand.swap',
          -0.5,
        );
      }
    }
  }
  if (properties.length <= 12) {
    for (let i = 0; i < properties.length; i += 1)
      emit.replace(node, list(texts.filter((_, j) => j !== i)), 'literal.element', -1);
  }
}

/** Name changes at one node. */
export function nameChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isIdentifier(node)) variableChanges(node, emit);
  else if (api.isPropertyAccessExpression(node)) propertyChanges(node, emit);
  else patternChanges(node, emit);
}
