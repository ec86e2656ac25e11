/** Kinds that change how variables are declared. */
import type ts from 'typescript';
import { editKind } from '../kind';
import { isDeclared, isWritten, namesOf } from '../names';
import { enclosingFunction, startOf, textOf, walk, type SourceUnit } from '../source';
import { commented, gather, indentAt, inLoop, listOf, placeOf, replaced, same, within } from '../syntax';

/** The names that a declaration gives, patterns included. */
function declaredNames(unit: SourceUnit, list: ts.VariableDeclarationList): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  for (const { name } of list.declarations)
    walk(unit, name, (node) => {
      if (unit.ts.isIdentifier(node) && isDeclared(unit, node)) found.push(node);
      return undefined;
    });
  return found;
}

function keywordEdit(
  unit: SourceUnit,
  list: ts.VariableDeclarationList,
  keyword: string,
): { start: number; end: number; text: string } {
  const start = startOf(unit, list);
  return { start, end: start + 3, text: keyword };
}

/** True where the names are given their value once, by the declaration itself. */
function neverWritten(unit: SourceUnit, list: ts.VariableDeclarationList): boolean {
  const { ts: api } = unit;
  const headed = api.isForInStatement(list.parent) || api.isForOfStatement(list.parent);
  if (!headed && list.declarations.some((d) => !d.initializer)) return false;
  const names = namesOf(unit);
  return declaredNames(unit, list).every((id) => !names.usesOf(names.symbolOf(id)!).some((use) => isWritten(unit, use)));
}

/**
 * `var` to `const`, or to `let` where it is written later. Safe: the name is declared once in its function, every use is in the same block and
 * behind the declaration (also in time: none in a hoisted function), and in a loop no function keeps the variable and none begins without a value.
 */
export const modernDeclarations = editKind(
  'var-to-const-let',
  [
    'Replace var by const or let.',
    'Use const and let instead of var.',
    'Modernise the variable declarations.',
    'Change `var` to `const`, or to `let` where it is reassigned.',
    'No var here, please.',
    'Replace the var of {name} by {keyword}.',
    'Declare {name} with {keyword}.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isVariableDeclarationList(node) || (node.flags & api.NodeFlags.BlockScoped) !== 0) return undefined;
      const names = declaredNames(unit, node);
      if (names.length === 0 || !names.every((id) => fitsBlock(unit, node, id))) return undefined;
      const keyword = neverWritten(unit, node) ? 'const' : 'let';
      return placeOf(unit, node, [keywordEdit(unit, node, keyword)], { name: names.map((n) => n.text).join(', '), keyword });
    });
  },
);

function fitsBlock(unit: SourceUnit, list: ts.VariableDeclarationList, id: ts.Identifier): boolean {
  const { ts: api } = unit;
  const names = namesOf(unit);
  const symbol = names.symbolOf(id);
  if (!symbol || /^(?:let|undefined|arguments|async|static|yield|await)$/.test(id.text)) return false;
  const statement = list.parent;
  const owner = enclosingFunction(unit, list);
  if (!owner && !isModule(unit)) return false;
  const inHeader = !api.isVariableStatement(statement);
  if (!inHeader && !listOf(unit, statement)) return false;
  const block = inHeader ? statement : statement.parent;
  // A file has no parent.
  if (!api.isSourceFile(block) && api.isCatchClause(block.parent)) return false;
  const looping = inLoop(unit, list) || inHeader;
  const declaration = list.declarations.find((d) => within(id, d))!;
  if (inLoop(unit, list) && !inHeader && !declaration.initializer) return false;
  const heads = api.isForInStatement(statement) || api.isForOfStatement(statement);
  let declared = 0;
  walk(unit, owner ?? unit.file, (node) => {
    if (api.isIdentifier(node) && node.text === id.text && isDeclared(unit, node) && (enclosingFunction(unit, node) === owner || api.isFunctionDeclaration(node.parent))) declared++; // prettier-ignore
    return undefined;
  });
  if (declared !== 1) return false;
  return names.usesOf(symbol).every((use) => {
    if (use === id) return true;
    if (use.pos < id.pos || !within(use, block)) return false;
    const user = enclosingFunction(unit, use);
    if (user !== owner && looping) return false;
    for (let at: ts.Node | undefined = use; at && at !== owner; at = at.parent as ts.Node | undefined)
      if (api.isFunctionDeclaration(at)) return false;
    if (heads && within(use, statement.expression)) return false;
    return (
      !declaration.initializer || !within(use, declaration.initializer) || (user !== owner && user === declaration.initializer)
    );
  });
}

/** True where `var` at the top makes no property of the global object. */
function isModule(unit: SourceUnit): boolean {
  const { ts: api } = unit;
  return api.isExternalModule(unit.file) || /\brequire\(|\bmodule\.exports\b|\bexports\./.test(unit.text);
}

/** `let` to `const`. Safe: every name of the declaration has a value from the start and is never written again. */
export const letToConst = editKind(
  'let-to-const',
  [
    'Use const for variables that are never reassigned.',
    'Make variables const where they are not reassigned.',
    'Change let to const where possible.',
    'Declare {name} as const.',
    'Make {name} a constant.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isVariableDeclarationList(node) || !/^let\b/.test(textOf(unit, node))) return undefined;
      if (!neverWritten(unit, node)) return undefined;
      const names = declaredNames(unit, node);
      if (names.length === 0) return undefined;
      return placeOf(unit, node, [keywordEdit(unit, node, 'const')], { name: names.map((n) => n.text).join(', ') });
    });
  },
);

/** One declaration for each variable. Safe: declarations in one statement run in the same order as statements in a row. */
export const splitDeclarations = editKind(
  'split-declarations',
  [
    'Declare each variable on its own line.',
    'Split the declarations into one statement each.',
    'One declaration per statement, please.',
    'Use a separate declaration for each variable.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isVariableStatement(node) || node.declarationList.declarations.length < 2 || !listOf(unit, node)) return undefined;
      if (commented(unit, node)) return undefined;
      const { declarationList: list } = node;
      const head = unit.text.slice(startOf(unit, node), startOf(unit, list.declarations[0]!)).trimEnd();
      const end = textOf(unit, node).endsWith(';') ? ';' : '';
      const between = `${end}\n${indentAt(unit, startOf(unit, node))}${head} `;
      const edits = list.declarations
        .slice(1)
        .map((d, i) => ({ start: list.declarations[i]!.end, end: startOf(unit, d), text: between }));
      if (head.includes('\n')) return undefined;
      return placeOf(unit, node, edits);
    });
  },
);

/** Where a declaration reads a property into a name: `const a = o.b`. */
interface PropertyRead {
  readonly name: string;
  readonly property: string;
  readonly from: ts.Expression;
}

function propertyRead(unit: SourceUnit, node: ts.Statement | undefined, keyword: string): PropertyRead | undefined {
  const { ts: api } = unit;
  if (!node || !api.isVariableStatement(node) || node.modifiers?.length || node.declarationList.declarations.length !== 1)
    return undefined;
  if (!textOf(unit, node).startsWith(keyword)) return undefined;
  const { name, initializer: value, type } = node.declarationList.declarations[0]!;
  if (type || !api.isIdentifier(name) || !value || !api.isPropertyAccessExpression(value) || value.questionDotToken)
    return undefined;
  const { expression: from } = value;
  // `a?.b.c` stops as a whole where a is missing; the pattern would fail there.
  if (
    api.isPrivateIdentifier(value.name) ||
    from.kind === api.SyntaxKind.SuperKeyword ||
    (value.flags & api.NodeFlags.OptionalChain) !== 0
  )
    return undefined;
  return { name: name.text, property: value.name.text, from };
}

/**
 * `const a = o.a` to `const { a } = o`, with the declarations that follow and read the same object. Safe: the same properties are read in the same
 * order, and both fail on null; several together only from a name or `this`, which none of them declares.
 */
export const destructure = editKind(
  'destructure',
  [
    'Use destructuring.',
    'Destructure the properties.',
    'Use object destructuring for the property reads.',
    'Read the properties by destructuring.',
    'Destructure {object}.',
    'Take {properties} out of {object} by destructuring.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node) => {
      if (!api.isVariableStatement(node) || commented(unit, node)) return undefined;
      const list = listOf(unit, node);
      const keyword = /^(?:const|let|var)\b/.exec(textOf(unit, node))?.[0];
      const first = keyword === undefined ? undefined : propertyRead(unit, node, keyword);
      if (!list || !first || keyword === undefined) return undefined;
      const reads = [first];
      let last: ts.Statement = node;
      const plain = api.isIdentifier(first.from) || first.from.kind === api.SyntaxKind.ThisKeyword;
      const before = list[list.indexOf(node) - 1];
      const sameAs = (read: PropertyRead | undefined): boolean =>
        read !== undefined && plain && same(unit, read.from, first.from);
      // Only from the first of a row.
      if (sameAs(propertyRead(unit, before, keyword))) return undefined;
      for (let i = list.indexOf(node) + 1; ; i++) {
        const read = propertyRead(unit, list[i], keyword);
        if (!sameAs(read) || unit.text.slice(last.end, startOf(unit, list[i]!)).trim() !== '' || commented(unit, list[i]!)) break;
        reads.push(read!);
        last = list[i]!;
      }
      if (!reads.some((r) => r.name === r.property) || reads.some((r) => r.name === textOf(unit, first.from))) return undefined;
      if (reads.length > 5 || new Set(reads.map((r) => r.name)).size < reads.length) return undefined;
      const parts = reads.map((r) => (r.name === r.property ? r.name : `${r.property}: ${r.name}`)).join(', ');
      const end = unit.text[last.end - 1] === ';' ? ';' : '';
      const object = textOf(unit, first.from);
      const text = `${keyword} { ${parts} } = ${object}${end}`;
      const names = { ...(object.includes('\n') ? {} : { object }), properties: reads.map((r) => r.property).join(', ') };
      return {
        ...replaced(unit, node, text, names),
        end: last.end,
        edits: [{ start: startOf(unit, node), end: last.end, text }],
      };
    });
  },
);
