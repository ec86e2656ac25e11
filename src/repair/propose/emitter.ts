/** What a mutation operator gets: the source, its words, and a way to emit proposals. */
import type ts from 'typescript';
import type { Kind } from '../source/kinds';
import { kindOf } from '../source/kinds';
import type { Edit } from '../source/edits';
import { hintFor } from '../source/hints';
import type { SourceUnit } from '../source/parse';
import { startOf, textOf } from '../source/parse';
import type { ScopedName } from '../source/scope';
import { namesInScope } from '../source/scope';
import type { Vocabulary } from '../source/vocabulary';
import type { Proposal } from '../types';

export interface Emitter {
  readonly unit: SourceUnit;
  readonly vocabulary: Vocabulary;
  /** Operators that the way the tests fail speaks for (or against), log scale. */
  readonly boosts: ReadonlyMap<string, number>;
  scope(node: ts.Node): readonly ScopedName[];
  kind(node: ts.Expression): Kind;
  text(node: ts.Node): string;
  /** Emits the replacement of a whole node. */
  replace(node: ts.Node, text: string, operator: string, delta?: number): void;
  /** Emits edits that count as a change of `node`. */
  edit(node: ts.Node, edits: readonly Edit[], operator: string, delta?: number): void;
}

/** An operator looks at one node and emits what it would change there. */
export type Operator = (node: ts.Node, emit: Emitter) => void;

/** Makes an emitter that collects into `out`. */
export function createEmitter(
  unit: SourceUnit,
  vocabulary: Vocabulary,
  boosts: ReadonlyMap<string, number>,
  out: Proposal[],
): Emitter {
  const scopes = new Map<ts.Node, readonly ScopedName[]>();
  const emitter: Emitter = {
    unit,
    vocabulary,
    boosts,
    scope(node) {
      let key = node;
      while (!unit.ts.isStatement(key) && !unit.ts.isSourceFile(key) && !unit.ts.isFunctionLike(key)) key = key.parent;
      let names = scopes.get(key);
      if (!names) {
        names = namesInScope(unit, node);
        scopes.set(key, names);
      }
      return names;
    },
    kind: (node) => kindOf(unit, node, vocabulary.names),
    text: (node) => textOf(unit, node),
    replace(node, text, operator, delta = 0) {
      const start = startOf(unit, node);
      emitter.edit(node, [{ start, end: node.end, text: fits(unit, node, text) }], operator, delta);
    },
    edit(node, edits, operator, delta = 0) {
      const start = startOf(unit, node);
      const hint = hintFor(
        vocabulary.hints,
        edits.map((e) => e.text),
        start,
        node.end,
      );
      out.push({ edits, operator, delta: delta + hint, source: 'mutation', start, end: node.end });
    },
  };
  return emitter;
}

/** True where a text is one operand whatever stands around it: a name, literal, call, access or bracketed expression. */
export function isAtomic(text: string): boolean {
  if (/^[\w$]+$/.test(text) || /^'(?:[^'\\]|\\.)*'$|^"(?:[^"\\]|\\.)*"$/.test(text)) return true;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i]!;
    if ('([{'.includes(c)) depth += 1;
    else if (')]}'.includes(c)) depth -= 1;
    else if (depth === 0 && !/[\w$.?'"]/.test(c)) return false;
  }
  return !text.startsWith('{') && !/^(?:new|await|typeof|function|async)\b/.test(text);
}

/** Brackets an operand unless it is atomic. */
export function operand(text: string): string {
  return isAtomic(text) ? text : `(${text})`;
}

/** Puts brackets round a replacement that would be torn apart by its surroundings. */
function fits(unit: SourceUnit, node: ts.Node, text: string): string {
  const { ts: api } = unit;
  const parent = node.parent as ts.Node | undefined;
  if (!parent || !api.isExpression(node) || isAtomic(text)) return text;
  const wrapped = `(${text})`;
  if (api.isBinaryExpression(parent)) {
    const isAssignment =
      parent.operatorToken.kind >= api.SyntaxKind.FirstAssignment && parent.operatorToken.kind <= api.SyntaxKind.LastAssignment;
    return isAssignment ? text : needsBrackets(unit, parent, text) ? wrapped : text;
  }
  if (
    api.isPrefixUnaryExpression(parent) ||
    api.isPostfixUnaryExpression(parent) ||
    api.isAwaitExpression(parent) ||
    api.isTypeOfExpression(parent)
  )
    return wrapped;
  if (
    (api.isPropertyAccessExpression(parent) ||
      api.isElementAccessExpression(parent) ||
      api.isCallExpression(parent) ||
      api.isNewExpression(parent)) &&
    parent.expression === node
  )
    return wrapped;
  if (api.isConditionalExpression(parent) && parent.condition === node && /\?|=>|[^=!<>]=[^=>]/.test(text)) return wrapped;
  if (api.isArrowFunction(parent) && text.startsWith('{')) return wrapped;
  return text;
}

/** Comparison operands need no brackets round plain arithmetic; everything else gets them. */
function needsBrackets(unit: SourceUnit, parent: ts.BinaryExpression, text: string): boolean {
  const { SyntaxKind } = unit.ts;
  const loose =
    parent.operatorToken.kind === SyntaxKind.AmpersandAmpersandToken || parent.operatorToken.kind === SyntaxKind.BarBarToken;
  if (loose) return /\?|=>|&&|\|\||(?<![=!<>])=(?![=>])/.test(text);
  const comparison =
    (parent.operatorToken.kind >= SyntaxKind.LessThanToken &&
      parent.operatorToken.kind <= SyntaxKind.ExclamationEqualsEqualsToken) ||
    parent.operatorToken.kind === SyntaxKind.InKeyword;
  if (comparison) return !/^[\w$.\s'"()[\]+*/%-]+$/.test(text);
  return !/^[\w$.]+\([\w$.,\s'"-]*\)$/.test(text);
}
