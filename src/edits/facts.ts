/** What the text alone shows about values. Where it shows nothing, the answer is undefined, and edits leave the place alone. */
import type ts from 'typescript';
import { isDeclared, isGlobal, isWritten, namesOf } from './names';
import { enclosingFunction, walk, type SourceUnit } from './source';
import { bare, inLoop } from './syntax';

export type ValueKind = 'string' | 'number' | 'boolean' | 'array';

const methods: ReadonlyMap<string, ValueKind> = new Map(
  (
    [
      [
        'string',
        'trim trimStart trimEnd toLowerCase toUpperCase padStart padEnd charAt toFixed toISOString substring substr join repeat',
      ],
      ['number', 'charCodeAt codePointAt getTime localeCompare lastIndexOf indexOf'],
      ['boolean', 'startsWith endsWith hasOwnProperty'],
      ['array', 'split'],
    ] as const
  ).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);
/** Methods of arrays that give a new array. */
const arrayToArray = new Set([
  'map',
  'filter',
  'slice',
  'concat',
  'flat',
  'flatMap',
  'toSorted',
  'toReversed',
  'reverse',
  'sort',
  'splice',
]);
const arithmetic = new Set(['-', '*', '/', '%', '**', '|', '&', '^', '<<', '>>', '>>>']);
const comparing = new Set(['<', '>', '<=', '>=', '===', '!==', '==', '!=', 'in', 'instanceof']);
const globalCalls: Readonly<Record<string, ValueKind>> = {
  String: 'string',
  Number: 'number',
  Boolean: 'boolean',
  parseInt: 'number',
  parseFloat: 'number',
};
const staticCalls: Readonly<Record<string, ValueKind>> = {
  'Object.keys': 'array',
  'Object.values': 'array',
  'Object.entries': 'array',
  'Object.getOwnPropertyNames': 'array',
  'Array.from': 'array',
  'Array.of': 'array',
  'Array.isArray': 'boolean',
  'Date.now': 'number',
  'JSON.stringify': 'string',
};

/**
 * The kind of value of an expression, as far as its text and the declarations of its names show it. Written types (TypeScript's, or JSDoc's) are
 * believed, `.length` is a number, and methods with unmistakable names give what those of the language give.
 */
export function valueKind(unit: SourceUnit, expression: ts.Expression, depth = 0): ValueKind | undefined {
  const { ts: api } = unit;
  const { SyntaxKind } = api;
  const node = bare(unit, expression);
  const of = (e: ts.Expression): ValueKind | undefined => (depth > 6 ? undefined : valueKind(unit, e, depth + 1));
  if (api.isStringLiteralLike(node) || api.isTemplateExpression(node) || api.isTypeOfExpression(node)) return 'string';
  if (api.isNumericLiteral(node)) return 'number';
  if (node.kind === SyntaxKind.TrueKeyword || node.kind === SyntaxKind.FalseKeyword) return 'boolean';
  if (api.isArrayLiteralExpression(node)) return 'array';
  if (api.isNonNullExpression(node)) return of(node.expression);
  if (api.isAsExpression(node)) return typeKind(unit, node.type);
  if (api.isPostfixUnaryExpression(node)) return 'number';
  if (api.isPrefixUnaryExpression(node)) return node.operator === SyntaxKind.ExclamationToken ? 'boolean' : 'number';
  if (api.isPropertyAccessExpression(node)) return node.name.text === 'length' && !node.questionDotToken ? 'number' : undefined;
  if (api.isConditionalExpression(node)) return agree([of(node.whenTrue), of(node.whenFalse)]);
  if (api.isNewExpression(node)) return isGlobal(unit, node.expression, 'Array') ? 'array' : undefined;
  if (api.isBinaryExpression(node)) {
    const operator = api.tokenToString(node.operatorToken.kind) ?? '';
    if (arithmetic.has(operator)) return 'number';
    if (comparing.has(operator)) return 'boolean';
    const sides = [of(node.left), of(node.right)];
    if (operator === '+') return sides.includes('string') ? 'string' : agree(sides) === 'number' ? 'number' : undefined;
    return ['||', '&&', '??'].includes(operator) ? agree(sides) : undefined;
  }
  if (api.isCallExpression(node)) return callKind(unit, node, of);
  return api.isIdentifier(node) ? nameKind(unit, node, depth) : undefined;
}

function agree(kinds: readonly (ValueKind | undefined)[]): ValueKind | undefined {
  return kinds.every((k) => k === kinds[0]) ? kinds[0] : undefined;
}

function callKind(
  unit: SourceUnit,
  node: ts.CallExpression,
  of: (e: ts.Expression) => ValueKind | undefined,
): ValueKind | undefined {
  const { ts: api } = unit;
  const { expression: callee } = node;
  if (node.questionDotToken) return undefined;
  if (api.isIdentifier(callee)) return isGlobal(unit, callee, callee.text) ? globalCalls[callee.text] : undefined;
  if (!api.isPropertyAccessExpression(callee) || callee.questionDotToken) return undefined;
  const { expression: receiver, name } = callee;
  if (api.isIdentifier(receiver) && isGlobal(unit, receiver, receiver.text)) {
    if (receiver.text === 'Math') return 'number';
    const known = staticCalls[`${receiver.text}.${name.text}`];
    if (known) return known;
  }
  const method = methods.get(name.text);
  if (method) return method;
  const kind = of(receiver);
  if (kind === 'array' && arrayToArray.has(name.text)) return 'array';
  return kind === 'string' && ['slice', 'replace', 'replaceAll', 'concat', 'toString'].includes(name.text) ? 'string' : undefined;
}

/** What a written type says. */
export function typeKind(unit: SourceUnit, type: ts.TypeNode | undefined): ValueKind | undefined {
  const { ts: api } = unit;
  const { SyntaxKind } = api;
  if (!type) return undefined;
  if (type.kind === SyntaxKind.StringKeyword) return 'string';
  if (type.kind === SyntaxKind.NumberKeyword) return 'number';
  if (type.kind === SyntaxKind.BooleanKeyword) return 'boolean';
  if (api.isArrayTypeNode(type) || api.isTupleTypeNode(type)) return 'array';
  if (api.isTypeOperatorNode(type)) return type.operator === SyntaxKind.ReadonlyKeyword ? typeKind(unit, type.type) : undefined;
  if (api.isUnionTypeNode(type)) return agree(type.types.map((t) => typeKind(unit, t)));
  if (api.isLiteralTypeNode(type))
    return api.isStringLiteral(type.literal) ? 'string' : api.isNumericLiteral(type.literal) ? 'number' : undefined;
  if (!api.isTypeReferenceNode(type) || !api.isIdentifier(type.typeName)) return undefined;
  return ['Array', 'ReadonlyArray'].includes(type.typeName.text) ? 'array' : undefined;
}

/** The kind of a name: its written type, or what its declarations and all that is assigned to it agree on. */
function nameKind(unit: SourceUnit, identifier: ts.Identifier, depth: number): ValueKind | undefined {
  const { ts: api } = unit;
  const names = namesOf(unit);
  const symbol = names.symbolOf(identifier);
  if (!symbol || depth > 6) return undefined;
  const kinds: (ValueKind | undefined)[] = [];
  for (const declaration of symbol.declarations ?? []) {
    if (api.isParameter(declaration)) {
      const type = declaration.type ?? api.getJSDocType(declaration);
      if (declaration.dotDotDotToken && !declaration.type) kinds.push('array');
      else if (declaration.initializer && !type) return undefined;
      else kinds.push(typeKind(unit, type));
    } else if (api.isVariableDeclaration(declaration)) {
      const { parent } = declaration.parent;
      if (declaration.type) kinds.push(typeKind(unit, declaration.type));
      else if (declaration.initializer) kinds.push(valueKind(unit, declaration.initializer, depth + 1));
      else kinds.push(api.isForInStatement(parent) ? 'string' : undefined);
    } else return undefined;
  }
  for (const use of names.usesOf(symbol)) {
    if (!isWritten(unit, use)) continue;
    const { parent } = use;
    if (api.isPrefixUnaryExpression(parent) || api.isPostfixUnaryExpression(parent)) kinds.push('number');
    else if (!api.isBinaryExpression(parent) || parent.left !== use) return undefined;
    else if (parent.operatorToken.kind === api.SyntaxKind.EqualsToken) kinds.push(valueKind(unit, parent.right, depth + 1));
    else if (parent.operatorToken.kind === api.SyntaxKind.PlusEqualsToken)
      kinds.push(kinds[0] === 'string' ? 'string' : valueKind(unit, parent.right, depth + 1));
    else if (parent.operatorToken.kind < api.SyntaxKind.BarBarEqualsToken) kinds.push('number');
    else return undefined;
  }
  return kinds.length > 0 ? agree(kinds) : undefined;
}

/** True for a value that prints the same whether it is added to a text or put into a template: no object. */
export function isPrimitive(unit: SourceUnit, node: ts.Expression): boolean {
  const kind = valueKind(unit, node);
  return kind !== undefined && kind !== 'array';
}

const pureMethods = new Set(
  (
    'trim trimStart trimEnd toLowerCase toUpperCase padStart padEnd charAt charCodeAt codePointAt substring substr slice split startsWith endsWith ' +
    'includes indexOf lastIndexOf concat join toFixed repeat getTime at'
  ).split(' '),
);

/** True where evaluating an expression changes nothing and waits for nothing, whatever its names hold. */
export function isPure(unit: SourceUnit, root: ts.Node): boolean {
  const { ts: api } = unit;
  let pure = true;
  walk(unit, root, (node) => {
    if (api.isFunctionLike(node) || api.isClassLike(node) || api.isNewExpression(node) || api.isTaggedTemplateExpression(node))
      pure = false;
    else if (api.isAwaitExpression(node) || api.isYieldExpression(node) || api.isDeleteExpression(node)) pure = false;
    else if (api.isPostfixUnaryExpression(node)) pure = false;
    else if (api.isPrefixUnaryExpression(node))
      pure &&= node.operator !== api.SyntaxKind.PlusPlusToken && node.operator !== api.SyntaxKind.MinusMinusToken;
    else if (api.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      pure &&= kind < api.SyntaxKind.FirstAssignment || kind > api.SyntaxKind.LastAssignment;
    } else if (api.isCallExpression(node)) pure &&= isPureCall(unit, node);
    return pure;
  });
  return pure;
}

function isPureCall(unit: SourceUnit, node: ts.CallExpression): boolean {
  const { ts: api } = unit;
  const { expression: callee } = node;
  if (api.isIdentifier(callee)) return isGlobal(unit, callee, callee.text) && callee.text in globalCalls;
  if (!api.isPropertyAccessExpression(callee)) return false;
  const { expression: receiver } = callee;
  if (api.isIdentifier(receiver) && isGlobal(unit, receiver, receiver.text)) {
    if (receiver.text === 'Math' || `${receiver.text}.${callee.name.text}` in staticCalls) return true;
  }
  return pureMethods.has(callee.name.text);
}

/**
 * True for an array that nothing else can change while a loop goes over it: made on the spot, or held by a name that is only
 * read, indexed and asked for its methods up to `before`, and that is not mentioned between `from` and `before`.
 */
export function isPrivateArray(unit: SourceUnit, expression: ts.Expression, from: number, before: number): boolean {
  const { ts: api } = unit;
  if (valueKind(unit, expression) !== 'array') return false;
  const node = bare(unit, expression);
  if (!api.isIdentifier(node)) return isMade(unit, node);
  const names = namesOf(unit);
  const symbol = names.symbolOf(node)!;
  const [declaration] = symbol.declarations ?? [];
  if (!declaration || !api.isVariableDeclaration(declaration) || !declaration.initializer) return false;
  if (!isMade(unit, bare(unit, declaration.initializer))) return false;
  const owner = enclosingFunction(unit, declaration);
  if (!owner || owner !== enclosingFunction(unit, node)) return false;
  const again = inLoop(unit, node);
  return names.usesOf(symbol).every((use) => {
    if (isDeclared(unit, use) || use === node) return true;
    if (use.pos >= before && !again) return enclosingFunction(unit, use) === owner;
    if (isWritten(unit, use) || (use.pos >= from && use.pos < before) || enclosingFunction(unit, use) !== owner) return false;
    return (
      (api.isPropertyAccessExpression(use.parent) || api.isElementAccessExpression(use.parent)) && use.parent.expression === use
    );
  });
}

/** True where an array expression makes a new array, of which nobody else has heard. */
function isMade({ ts: api }: SourceUnit, node: ts.Expression): boolean {
  if (api.isArrayLiteralExpression(node)) return true;
  // These give back the array that they were called on.
  const sameArray = ['sort', 'reverse'];
  return (
    api.isCallExpression(node) &&
    api.isPropertyAccessExpression(node.expression) &&
    !sameArray.includes(node.expression.name.text)
  );
}
