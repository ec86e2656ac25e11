/**
 * Statements that stand in other functions of the file, put where they may be missing: much of what a function lacks is written in its neighbour (the plastic
 * surgery hypothesis: Barr et al., FSE 2014; donors as in GenProg, ICSE 2009). Within one function `insertions.ts` does this.
 */
import type ts from 'typescript';
import { enclosingFunction } from '../source/parse';
import type { Emitter } from './emitter';
import { insert } from './insertions';
import { siblingsOf } from './statements';

/** A statement, and what it needs where it goes. */
interface Donor {
  readonly text: string;
  readonly home: ts.Node | undefined;
  /** Names that are bound within its function. */
  readonly names: readonly string[];
  /** The class whose `this` it speaks of, if it does. */
  readonly self: ts.Node | undefined;
}

const longestDonor = 90;
/** Most donors of a file, the shortest. */
const mostDonors = 60;

const known = new WeakMap<Emitter, readonly Donor[]>();

/** Donors from other functions, after a statement, and before it where a block begins or ends there. */
export function transplants(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (!api.isStatement(node) || api.isBlock(node) || api.isFunctionDeclaration(node) || api.isImportDeclaration(node)) return;
  const list = siblingsOf(node, emit);
  const home = enclosingFunction(emit.unit, node);
  if (!list || !home) return;
  let donors = known.get(emit);
  if (!donors) known.set(emit, (donors = donorsIn(emit)));
  const names = new Set(emit.scope(node).map(({ name }) => name));
  const self = classOf(emit, node);
  const leaves = api.isReturnStatement(node) || api.isThrowStatement(node);
  for (const donor of donors) {
    if (donor.home === home || donor.names.some((name) => !names.has(name))) continue;
    if (donor.self !== undefined && donor.self !== self) continue;
    if (!leaves) insert(node, donor.text, false, 'statement.transplant', 0, emit);
    if (leaves || list[0] === node) insert(node, donor.text, true, 'statement.transplant', 0, emit);
  }
}

function donorsIn(emit: Emitter): Donor[] {
  const { ts: api, file } = emit.unit;
  const found = new Map<string, Donor>();
  const visit = (node: ts.Node): void => {
    if (api.isStatement(node) && isDonor(api, node) && siblingsOf(node, emit)) {
      const text = emit.text(node);
      const home = enclosingFunction(emit.unit, node);
      if (home && text.length <= longestDonor) found.set(`${home.pos}:${text}`, { text, home, ...needsOf(emit, node) });
    }
    api.forEachChild(node, visit);
  };
  visit(file);
  return [...found.values()].sort((a, b) => a.text.length - b.text.length).slice(0, mostDonors);
}

/** What does something, or leaves under a condition. */
function isDonor(api: typeof ts, node: ts.Statement): boolean {
  if (api.isExpressionStatement(node)) return !api.isStringLiteral(node.expression);
  if (!api.isIfStatement(node) || node.elseStatement) return false;
  const { thenStatement: then } = node;
  if (api.isBlock(then) && then.statements.length !== 1) return false;
  const only = api.isBlock(then) ? then.statements[0]! : then;
  return api.isReturnStatement(only) || api.isThrowStatement(only) || api.isContinueStatement(only) || api.isBreakStatement(only);
}

function needsOf(emit: Emitter, node: ts.Statement): Pick<Donor, 'names' | 'self'> {
  const { ts: api } = emit.unit;
  const bound = new Set(emit.scope(node).flatMap(({ name, role }) => (role === 'module' || role === 'import' ? [] : [name])));
  const names = new Set<string>();
  let self: ts.Node | undefined;
  const visit = (inner: ts.Node): void => {
    if (api.isIdentifier(inner) && bound.has(inner.text) && !isKey(api, inner)) names.add(inner.text);
    if (inner.kind === api.SyntaxKind.ThisKeyword) self = classOf(emit, node);
    api.forEachChild(inner, visit);
  };
  visit(node);
  return { names: [...names], self };
}

/** True for the `b` of `a.b` and of `{ b: 1 }`. */
function isKey(api: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (api.isPropertyAccessExpression(parent) && parent.name === node) || (api.isPropertyAssignment(parent) && parent.name === node)
  );
}

function classOf({ unit }: Emitter, node: ts.Node): ts.Node | undefined {
  let at = node;
  while (!unit.ts.isClassLike(at)) {
    if (unit.ts.isSourceFile(at)) return undefined;
    at = at.parent;
  }
  return at;
}
