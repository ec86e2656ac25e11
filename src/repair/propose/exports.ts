/** What a file declares and has forgotten to export, where failing tests look for it. */
import type ts from 'typescript';
import type { TestCase } from '../../workspace/types';
import type { SourceUnit } from '../source/parse';
import { startOf } from '../source/parse';
import type { Proposal } from '../types';

/** How engines and bundlers say that a module lacks something: "api.pad is not a function", "(0 , _a.pad) is not a constructor", "does not provide an export named 'pad'". */
const complaints = [
  /([\w$]+)\)? is not a (?:function|constructor)/g,
  /does not provide an export named '([\w$]+)'/g,
  /No matching export in .* for import ["']([\w$]+)["']/g,
] as const;

/**
 * Exports of top-level declarations by names that the failing tests miss. Loading the file executes no statement that a missing export stands in, so that nothing of it may
 * be suspected: the complaint itself is the suspicion.
 */
export function forgottenExports(unit: SourceUnit, failing: readonly TestCase[]): Proposal[] {
  const messages = failing.map((t) => t.failure?.message ?? '').join('\n');
  const missed = new Set(complaints.flatMap((c) => Array.from(messages.matchAll(c), (m) => m[1]!)));
  if (missed.size === 0) return [];
  const offered = exportedNames(unit);
  const wanted = declarations(unit).filter(({ name }) => missed.has(name) && !offered.has(name));
  return wanted.flatMap(({ name, statement }) => {
    const commonJs = inCommonJs(unit, name);
    // A script without any exports yet may become either kind of module.
    const start = startOf(unit, statement);
    return commonJs ? [commonJs] : [proposal(start, 'export '), proposal(unit.text.length, `\nexports.${name} = ${name};\n`, -1)];
  });
}

function proposal(at: number, text: string, delta = 0): Proposal {
  return {
    edits: [{ start: at, end: at, text }],
    operator: 'export.add',
    delta,
    source: 'mutation',
    start: at,
    end: at,
    suspicion: 1,
  };
}

interface Declared {
  readonly name: string;
  readonly statement: ts.Statement;
}

function declarations({ ts: api, file }: SourceUnit): Declared[] {
  return file.statements.flatMap((statement): Declared[] => {
    if (api.isFunctionDeclaration(statement) || api.isClassDeclaration(statement))
      return statement.name ? [{ name: statement.name.text, statement }] : [];
    if (!api.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name }) =>
      api.isIdentifier(name) ? [{ name: name.text, statement }] : [],
    );
  });
}

function exportedNames(unit: SourceUnit): Set<string> {
  const { ts: api, file } = unit;
  const names = new Set<string>();
  const isExported = (node: ts.Statement): boolean =>
    api.canHaveModifiers(node) && (api.getModifiers(node)?.some((m) => m.kind === api.SyntaxKind.ExportKeyword) ?? false);
  for (const { name, statement } of declarations(unit)) if (isExported(statement)) names.add(name);
  for (const statement of file.statements) {
    if (api.isExportDeclaration(statement) && statement.exportClause && api.isNamedExports(statement.exportClause))
      for (const one of statement.exportClause.elements) names.add(one.name.text);
    const assigned = assignment(unit, statement);
    if (assigned?.of) names.add(assigned.of);
    if (assigned && !assigned.of && api.isObjectLiteralExpression(assigned.value))
      for (const p of assigned.value.properties) if (p.name && api.isIdentifier(p.name)) names.add(p.name.text);
  }
  return names;
}

/** `module.exports = value`, or `exports.of = value`. */
function assignment(
  { ts: api, file }: SourceUnit,
  statement: ts.Statement,
): { readonly of: string | null; readonly value: ts.Expression; readonly target: string } | null {
  if (!api.isExpressionStatement(statement) || !api.isBinaryExpression(statement.expression)) return null;
  const { left, right, operatorToken } = statement.expression;
  if (operatorToken.kind !== api.SyntaxKind.EqualsToken) return null;
  const found = /^(module\.exports|exports)(?:\.([\w$]+))?$/.exec(left.getText(file));
  if (!found || (found[1] === 'exports' && found[2] === undefined)) return null;
  return { of: found[2] ?? null, value: right, target: found[1]! };
}

/** The name added to what the file hands out by assignment; null where it does not. */
function inCommonJs(unit: SourceUnit, name: string): Proposal | null {
  const { ts: api, file } = unit;
  let last: Proposal | null = null;
  for (const statement of file.statements) {
    const assigned = assignment(unit, statement);
    if (!assigned) continue;
    if (assigned.of === null && api.isObjectLiteralExpression(assigned.value)) {
      const { properties } = assigned.value;
      const end = properties.at(-1)?.end;
      return end === undefined ? proposal(assigned.value.end - 1, ` ${name} `) : proposal(end, `, ${name}`);
    }
    last = proposal(statement.end, `\n${assigned.target}.${name} = ${name};`);
  }
  return last;
}
