/** A light guess of what kind of value an expression or a name holds: enough to try like for like first. Never used to rule a change out. */
import type ts from 'typescript';
import type { SourceUnit } from './parse';
import { walk } from './parse';

export type Kind = 'number' | 'string' | 'boolean' | 'array' | 'object' | 'function' | 'regexp' | 'set' | 'map' | 'unknown';

const resultsByKind: readonly (readonly [Kind, string])[] = [
  ['number', 'indexOf lastIndexOf findIndex findLastIndex charCodeAt codePointAt search push unshift localeCompare getTime'],
  ['string', 'trim trimStart trimEnd toLowerCase toUpperCase padStart padEnd repeat charAt join replace replaceAll substring'],
  ['string', 'toFixed toString normalize toISOString'],
  ['array', 'split map filter sort reverse flat flatMap splice keys values entries toSorted toReversed match'],
  ['boolean', 'includes startsWith endsWith some every has test isArray isInteger isNaN isFinite hasOwnProperty'],
];

const methodResult: ReadonlyMap<string, Kind> = new Map(
  resultsByKind.flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);

const stringMethods = new Set(
  (
    'trim trimStart trimEnd toLowerCase toUpperCase padStart padEnd repeat charAt charCodeAt codePointAt replace replaceAll substring split ' +
    'startsWith endsWith normalize match localeCompare'
  ).split(' '),
);
const arrayMethods = new Set(
  (
    'push pop shift unshift map filter reduce reduceRight sort reverse flat flatMap splice join some every find findIndex findLast forEach ' +
    'fill toSorted toReversed'
  ).split(' '),
);

/** Guessed kinds of names; a name is counted once a file, whatever its scope: a guess, and cheap. */
export type NameKinds = ReadonlyMap<string, Kind>;

function annotated(unit: SourceUnit, type: ts.TypeNode | undefined): Kind | undefined {
  if (!type) return undefined;
  const { SyntaxKind } = unit.ts;
  switch (type.kind) {
    case SyntaxKind.NumberKeyword:
      return 'number';
    case SyntaxKind.StringKeyword:
      return 'string';
    case SyntaxKind.BooleanKeyword:
      return 'boolean';
    case SyntaxKind.ArrayType:
    case SyntaxKind.TupleType:
      return 'array';
    case SyntaxKind.FunctionType:
      return 'function';
    default:
      return undefined;
  }
}

/** Guesses the kind of an expression. */
export function kindOf(unit: SourceUnit, node: ts.Expression, names: NameKinds): Kind {
  const { ts: api } = unit;
  const { SyntaxKind } = api;
  if (api.isParenthesizedExpression(node) || api.isAsExpression(node) || api.isNonNullExpression(node))
    return kindOf(unit, node.expression, names);
  if (api.isNumericLiteral(node)) return 'number';
  if (api.isStringLiteralLike(node) || api.isTemplateExpression(node)) return 'string';
  if (api.isArrayLiteralExpression(node)) return 'array';
  if (api.isObjectLiteralExpression(node)) return 'object';
  if (api.isArrowFunction(node) || api.isFunctionExpression(node)) return 'function';
  if (api.isRegularExpressionLiteral(node)) return 'regexp';
  if (api.isNewExpression(node) && api.isIdentifier(node.expression)) {
    const { text } = node.expression;
    return text === 'Set' ? 'set' : text === 'Map' ? 'map' : text === 'Array' ? 'array' : 'object';
  }
  if (node.kind === SyntaxKind.TrueKeyword || node.kind === SyntaxKind.FalseKeyword) return 'boolean';
  if (api.isIdentifier(node))
    return names.get(node.text) ?? (node.text === 'Infinity' || node.text === 'NaN' ? 'number' : 'unknown');
  if (api.isPrefixUnaryExpression(node)) return node.operator === SyntaxKind.ExclamationToken ? 'boolean' : 'number';
  if (api.isPostfixUnaryExpression(node)) return 'number';
  if (api.isTypeOfExpression(node)) return 'string';
  if (api.isPropertyAccessExpression(node))
    return node.name.text === 'length' || node.name.text === 'size' ? 'number' : (names.get(`.${node.name.text}`) ?? 'unknown');
  if (api.isConditionalExpression(node)) {
    const yes = kindOf(unit, node.whenTrue, names);
    return yes === 'unknown' ? kindOf(unit, node.whenFalse, names) : yes;
  }
  if (api.isCallExpression(node)) {
    if (api.isPropertyAccessExpression(node.expression)) {
      const object = node.expression.expression;
      if (api.isIdentifier(object) && object.text === 'Math') return 'number';
      const name = node.expression.name.text;
      if (name === 'slice' || name === 'concat') return kindOf(unit, object, names);
      return methodResult.get(name) ?? 'unknown';
    }
    if (api.isIdentifier(node.expression)) {
      const { text } = node.expression;
      if (text === 'Number' || text === 'parseInt' || text === 'parseFloat') return 'number';
      if (text === 'String') return 'string';
      if (text === 'Boolean' || text === 'isNaN') return 'boolean';
      return names.get(`${text}()`) ?? 'unknown';
    }
    return 'unknown';
  }
  if (api.isBinaryExpression(node)) return binaryKind(unit, node, names);
  return 'unknown';
}

function binaryKind(unit: SourceUnit, node: ts.BinaryExpression, names: NameKinds): Kind {
  const { SyntaxKind } = unit.ts;
  const operator = node.operatorToken.kind;
  switch (operator) {
    case SyntaxKind.MinusToken:
    case SyntaxKind.AsteriskToken:
    case SyntaxKind.SlashToken:
    case SyntaxKind.PercentToken:
    case SyntaxKind.AsteriskAsteriskToken:
    case SyntaxKind.AmpersandToken:
    case SyntaxKind.BarToken:
    case SyntaxKind.CaretToken:
      return 'number';
    case SyntaxKind.LessThanToken:
    case SyntaxKind.LessThanEqualsToken:
    case SyntaxKind.GreaterThanToken:
    case SyntaxKind.GreaterThanEqualsToken:
    case SyntaxKind.EqualsEqualsToken:
    case SyntaxKind.EqualsEqualsEqualsToken:
    case SyntaxKind.ExclamationEqualsToken:
    case SyntaxKind.ExclamationEqualsEqualsToken:
    case SyntaxKind.InKeyword:
    case SyntaxKind.InstanceOfKeyword:
      return 'boolean';
    case SyntaxKind.PlusToken: {
      const left = kindOf(unit, node.left, names);
      const right = kindOf(unit, node.right, names);
      if (left === 'string' || right === 'string') return 'string';
      return left === 'number' || right === 'number' ? 'number' : 'unknown';
    }
    case SyntaxKind.AmpersandAmpersandToken:
    case SyntaxKind.BarBarToken:
    case SyntaxKind.QuestionQuestionToken: {
      const right = kindOf(unit, node.right, names);
      return right === 'unknown' ? kindOf(unit, node.left, names) : right;
    }
    default:
      return kindOf(unit, node.right, names);
  }
}

/** Collects guesses from declarations and from how names are used. */
export function guessNameKinds(unit: SourceUnit): NameKinds {
  const { ts: api } = unit;
  const { SyntaxKind } = api;
  const names = new Map<string, Kind>();
  const learn = (node: ts.Node, kind: Kind): void => {
    if (kind === 'unknown' || !api.isIdentifier(node) || names.has(node.text)) return;
    names.set(node.text, kind);
  };
  const visitDeclarations = (node: ts.Node): undefined => {
    if (api.isVariableDeclaration(node) || api.isParameter(node)) {
      const kind = annotated(unit, node.type) ?? (node.initializer ? kindOf(unit, node.initializer, names) : 'unknown');
      learn(node.name, kind);
    } else if (api.isFunctionDeclaration(node) && node.name) {
      learn(node.name, 'function');
    } else if (api.isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.EqualsToken) {
      learn(node.left, kindOf(unit, node.right, names));
    } else if (api.isPropertyAssignment(node) && api.isIdentifier(node.name)) {
      const kind = kindOf(unit, node.initializer, names);
      if (kind !== 'unknown' && !names.has(`.${node.name.text}`)) names.set(`.${node.name.text}`, kind);
    }
    return undefined;
  };
  const visitUses = (node: ts.Node): undefined => {
    if (api.isCallExpression(node) && api.isPropertyAccessExpression(node.expression)) {
      const name = node.expression.name.text;
      if (arrayMethods.has(name)) learn(node.expression.expression, 'array');
      else if (stringMethods.has(name)) learn(node.expression.expression, 'string');
    } else if (api.isCallExpression(node) && api.isIdentifier(node.expression)) {
      learn(node.expression, 'function');
    } else if (api.isPrefixUnaryExpression(node) || api.isPostfixUnaryExpression(node)) {
      if (node.operator === SyntaxKind.PlusPlusToken || node.operator === SyntaxKind.MinusMinusToken)
        learn(node.operand, 'number');
    } else if (api.isBinaryExpression(node)) {
      visitBinaryUse(node);
    } else if (api.isElementAccessExpression(node) && kindOf(unit, node.argumentExpression, names) === 'number') {
      learn(node.expression, 'array');
    } else if (api.isForOfStatement(node)) {
      learn(node.expression, 'array');
    }
    return undefined;
  };
  const visitBinaryUse = (node: ts.BinaryExpression): void => {
    const kind = binaryKind(unit, node, names);
    const operator = node.operatorToken.kind;
    if (kind === 'number' && operator !== SyntaxKind.PlusToken) {
      learn(node.left, 'number');
      learn(node.right, 'number');
    } else if (kind === 'boolean') {
      const left = kindOf(unit, node.left, names);
      const right = kindOf(unit, node.right, names);
      learn(node.left, right);
      learn(node.right, left);
      if (
        operator === SyntaxKind.LessThanToken ||
        operator === SyntaxKind.GreaterThanToken ||
        operator === SyntaxKind.LessThanEqualsToken ||
        operator === SyntaxKind.GreaterThanEqualsToken
      ) {
        learn(node.left, 'number');
        learn(node.right, 'number');
      }
    }
  };
  for (let round = 0; round < 2; round += 1) {
    walk(unit, unit.file, visitDeclarations);
    walk(unit, unit.file, visitUses);
  }
  return names;
}

/** True where two kinds may stand for each other. */
export function compatible(a: Kind, b: Kind): boolean {
  return a === b || a === 'unknown' || b === 'unknown';
}
