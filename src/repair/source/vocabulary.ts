/** The words of a file and of its failing tests: literals, properties, names; ingredients of repairs. */
import type ts from 'typescript';
import type { Hints } from './hints';
import { readHints } from './hints';
import type { Kind, NameKinds } from './kinds';
import { guessNameKinds } from './kinds';
import type { SourceUnit } from './parse';
import { textOf, walk } from './parse';

export interface Vocabulary {
  readonly names: NameKinds;
  /** Numeric literals of the file with counts. */
  readonly numbers: ReadonlyMap<string, number>;
  /** String literals (source text, with quotes). */
  readonly strings: ReadonlyMap<string, number>;
  /** Property and method names accessed anywhere in the file. */
  readonly properties: ReadonlyMap<string, number>;
  /** Methods that are called, with counts. */
  readonly methods: ReadonlyMap<string, number>;
  /** Conditions that occur in the file. */
  readonly conditions: readonly { readonly text: string; readonly pos: number }[];
  /** Expressions of some size, for reuse elsewhere in the same function. */
  readonly returns: readonly { readonly text: string; readonly pos: number }[];
  /** Literals that the failing tests or the documentation name. */
  readonly evidence: readonly { readonly text: string; readonly kind: Kind }[];
  readonly quote: string;
  readonly hints: Hints;
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

/** Literals that stand in a printed value or a doc comment. */
export function literalsIn(texts: readonly string[]): { text: string; kind: Kind }[] {
  const out = new Map<string, Kind>();
  for (const text of texts) {
    for (const match of text.matchAll(/'(?:[^'\\\n]|\\.){0,24}'|"(?:[^"\\\n]|\\.){0,24}"/g)) out.set(match[0], 'string');
    for (const match of text.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])/g)) {
      if (match[0].length <= 8) out.set(match[0], 'number');
    }
    if (/\bInfinity\b/.test(text)) out.set(text.includes('-Infinity') ? '-Infinity' : 'Infinity', 'number');
    if (/\bNaN\b/.test(text)) out.set('NaN', 'number');
    if (/\bnull\b/.test(text)) out.set('null', 'unknown');
  }
  return [...out].slice(0, 40).map(([text, kind]) => ({ text, kind }));
}

/** Reads the vocabulary of a file; `evidence` are printed values of failing tests. */
export function readVocabulary(unit: SourceUnit, evidence: readonly string[]): Vocabulary {
  const { ts: api } = unit;
  const numbers = new Map<string, number>();
  const strings = new Map<string, number>();
  const properties = new Map<string, number>();
  const methods = new Map<string, number>();
  const conditions: { text: string; pos: number }[] = [];
  const returns: { text: string; pos: number }[] = [];
  const comments: string[] = [];
  const addCondition = (node: ts.Expression): void => {
    const text = textOf(unit, node);
    if (text.length <= 80) conditions.push({ text, pos: node.pos });
    if (api.isParenthesizedExpression(node)) addCondition(node.expression);
    if (
      api.isBinaryExpression(node) &&
      (node.operatorToken.kind === api.SyntaxKind.AmpersandAmpersandToken ||
        node.operatorToken.kind === api.SyntaxKind.BarBarToken)
    ) {
      addCondition(node.left);
      addCondition(node.right);
    }
  };
  walk(unit, unit.file, (node) => {
    if (api.isNumericLiteral(node)) count(numbers, node.text);
    else if (api.isStringLiteral(node) || api.isNoSubstitutionTemplateLiteral(node)) {
      if (!api.isImportDeclaration(node.parent) && !api.isExportDeclaration(node.parent)) count(strings, textOf(unit, node));
    } else if (api.isPropertyAccessExpression(node)) {
      count(properties, node.name.text);
      if (api.isCallExpression(node.parent) && node.parent.expression === node) count(methods, node.name.text);
    } else if (api.isIfStatement(node) || api.isWhileStatement(node) || api.isDoStatement(node)) addCondition(node.expression);
    else if (api.isConditionalExpression(node)) addCondition(node.condition);
    else if (api.isReturnStatement(node) && node.expression) returns.push({ text: textOf(unit, node.expression), pos: node.pos });
    else if (api.isObjectLiteralExpression(node)) {
      for (const property of node.properties) {
        if (property.name && api.isIdentifier(property.name)) count(properties, property.name.text);
      }
    } else if (api.isBindingElement(node)) {
      const name = node.propertyName ?? node.name;
      if (api.isIdentifier(name)) count(properties, name.text);
    }
    return undefined;
  });
  for (const statement of unit.file.statements) {
    for (const range of api.getLeadingCommentRanges(unit.text, statement.pos) ?? [])
      comments.push(unit.text.slice(range.pos, range.end));
  }
  const single = [...strings.keys()].filter((s) => s.startsWith("'")).length;
  const double = [...strings.keys()].filter((s) => s.startsWith('"')).length;
  return {
    names: guessNameKinds(unit),
    hints: readHints(unit),
    numbers,
    strings,
    properties,
    methods,
    conditions,
    returns,
    evidence: literalsIn([...evidence, ...comments]),
    quote: double > single ? '"' : "'",
  };
}
