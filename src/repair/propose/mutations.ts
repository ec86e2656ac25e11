/** All mutation operators over the suspicious parts of a file. */
import type ts from 'typescript';
import type { SourceUnit } from '../source/parse';
import { startOf } from '../source/parse';
import type { Vocabulary } from '../source/vocabulary';
import type { Proposal } from '../types';
import { callChanges } from './calls';
import { conditionChanges } from './conditions';
import type { Operator } from './emitter';
import { createEmitter } from './emitter';
import { expressionChanges } from './expressions';
import { insertions } from './insertions';
import { literalChanges } from './literals';
import { nameChanges } from './names';
import { operatorChanges } from './operators';
import { statementChanges } from './statements';
import { transplants } from './transplants';

const operators: readonly Operator[] = [
  operatorChanges,
  literalChanges,
  nameChanges,
  callChanges,
  conditionChanges,
  expressionChanges,
  statementChanges,
  insertions,
  transplants,
];

export interface MutationRequest {
  readonly unit: SourceUnit;
  readonly vocabulary: Vocabulary;
  /** Corrections by operator from the way the tests fail, log scale. */
  readonly boosts: ReadonlyMap<string, number>;
  /** True where a node is worth changing. */
  readonly wanted: (start: number, end: number) => boolean;
}

/** Every mutation of the wanted nodes. Types, imports and exports are left alone. */
export function proposeMutations(request: MutationRequest): Proposal[] {
  const { unit } = request;
  const { ts: api } = unit;
  const out: Proposal[] = [];
  const emitter = createEmitter(unit, request.vocabulary, request.boosts, out);
  const visit = (node: ts.Node): void => {
    if (
      api.isTypeNode(node) ||
      api.isImportDeclaration(node) ||
      api.isExportDeclaration(node) ||
      api.isInterfaceDeclaration(node)
    )
      return;
    if (api.isTypeAliasDeclaration(node) || isModuleExports(api, node)) return;
    if (request.wanted(startOf(unit, node), node.end)) {
      for (const operator of operators) operator(node, emitter);
    }
    api.forEachChild(node, visit);
  };
  api.forEachChild(unit.file, visit);
  return out;
}

/** `module.exports = { a, b }` says what the file offers: nothing to mend there. Values and functions that are written there are. */
function isModuleExports(api: typeof ts, node: ts.Node): boolean {
  if (!api.isExpressionStatement(node) || !api.isBinaryExpression(node.expression)) return false;
  const { left, right } = node.expression;
  if (!api.isPropertyAccessExpression(left) || !/^(?:module\.exports|exports\.[\w$]+)$/.test(left.getText())) return false;
  if (!api.isObjectLiteralExpression(right)) return api.isIdentifier(right);
  return right.properties.every(
    (p) =>
      api.isShorthandPropertyAssignment(p) ||
      api.isSpreadAssignment(p) ||
      (api.isPropertyAssignment(p) && api.isIdentifier(p.initializer)),
  );
}
