/** Kinds that give a thing another name, or a name to a thing. */
import type ts from 'typescript';
import { editKind, type EditPlace } from '../kind';
import { isDeclared, isFresh, isWritten, namesOf, onlyDeclaration } from '../names';
import { enclosingFunction, startOf, textOf, walk, type SourceUnit } from '../source';
import { bare, commented, gather, indentAt, isPrimary, listOf, mayHoldComment, placeOf, startsLine, wholeLines } from '../syntax';
import type { Edit } from '../text';

/** What programmers write out when they rename. */
const fuller: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'arr list|args options|buf buffer|cb callback|cfg config|cnt count|col column|ctx context|cur current|dest target|dir folder|doc document|e event|' +
    'el element|elem element|err error|ev event|evt event|ext extension|fn callback|func callback|i index|idx index|j inner|k key|len length|' +
    'max limit|msg message|n count|node current|num number|obj object|opts options|param parameter|params parameters|pos position|prev previous|' +
    'ref reference|req request|res result|ret result|s text|str text|tmp temporary|val value|v value|x value|y other|a first|b second|p point'
  )
    .split('|')
    .map((pair) => pair.split(' ') as [string, string]),
);
const anyName = 'value result item current entry target source total state data output input record amount base'.split(' ');

/** The same choice for the same name in the same text. */
function choose<T>(list: readonly T[], seed: string): T {
  let hash = 2166136261;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 16777619);
  return list[(hash >>> 0) % list.length]!;
}

/**
 * Renames the variable or parameter that `identifier` means. Safe: it is local to a function, holds no function or class (whose own name would
 * change), and `to` occurs nowhere in the source. Undefined where that is not so.
 */
export function renamePlace(unit: SourceUnit, identifier: ts.Identifier, to: string): EditPlace | undefined {
  const { ts: api } = unit;
  const names = namesOf(unit);
  const symbol = names.symbolOf(identifier);
  const from = identifier.text;
  if (!symbol?.declarations || !isFresh(unit, to) || ['this', 'arguments'].includes(from)) return undefined;
  const edits: Edit[] = [];
  for (const declaration of symbol.declarations) {
    if (!api.isVariableDeclaration(declaration) && !api.isParameter(declaration) && !api.isBindingElement(declaration))
      return undefined;
    if (
      !enclosingFunction(unit, declaration) ||
      (api.isParameter(declaration) && api.isParameterPropertyDeclaration(declaration, declaration.parent))
    )
      return undefined;
    if (takesName(unit, declaration.initializer)) return undefined;
    if (!api.isParameter(declaration)) continue;
    if ('body' in declaration.parent && !declaration.parent.body) return undefined;
    for (const tag of api.getJSDocParameterTags(declaration)) {
      if (textOf(unit, tag.name) === from) edits.push({ start: startOf(unit, tag.name), end: tag.name.end, text: to });
    }
  }
  for (const use of names.usesOf(symbol)) {
    const [start, end] = [startOf(unit, use), use.end];
    const { parent } = use;
    // Type predicates and the like speak of parameters by name, and are no uses of a value.
    if (api.isTypeNode(parent) && !api.isTypeQueryNode(parent) && !api.isTypePredicateNode(parent)) return undefined;
    if (api.isBinaryExpression(parent) && parent.left === use && takesName(unit, parent.right)) return undefined;
    const short =
      (api.isShorthandPropertyAssignment(parent) && parent.name === use) ||
      (api.isBindingElement(parent) &&
        parent.name === use &&
        !parent.propertyName &&
        !parent.dotDotDotToken &&
        api.isObjectBindingPattern(parent.parent));
    edits.push({ start, end, text: short ? `${from}: ${to}` : to });
  }
  const [first] = names.usesOf(symbol);
  return first && placeOf(unit, first, edits, { from, to });
}

/** True for functions and classes without a name: they take that of the variable. */
function takesName(unit: SourceUnit, value: ts.Expression | undefined): boolean {
  const { ts: api } = unit;
  if (!value) return false;
  const node = bare(unit, value);
  return api.isArrowFunction(node) || api.isFunctionExpression(node) || api.isClassExpression(node);
}

export const rename = editKind(
  'rename',
  [
    'Rename {from} to {to}.',
    'Rename the variable `{from}` to `{to}`.',
    'Call {from} {to} instead.',
    'Use the name {to} for {from}.',
    'Change the name of {from} to {to} everywhere.',
  ],
  (unit) => {
    const names = namesOf(unit);
    return gather(unit, (node) => {
      if (!unit.ts.isIdentifier(node) || !isDeclared(unit, node)) return undefined;
      const symbol = names.symbolOf(node);
      if (!symbol || names.usesOf(symbol)[0] !== node) return undefined;
      const wanted = [fuller[node.text], choose(anyName, node.text + unit.text.slice(0, 40)), ...anyName];
      const to = wanted.find((name) => name !== undefined && isFresh(unit, name));
      return to === undefined ? undefined : renamePlace(unit, node, to);
    });
  },
);

const numberNames = 'limit threshold factor size amount step maximum offset'.split(' ');
const textNames = 'label prefix separator marker keyword text fallback tag'.split(' ');

/**
 * Places for a name of a number or text, at the start of the function that uses it, in every place where the function has it. `nameOf` chooses the name
 * of a literal, or refuses it. Safe: a literal has no effects, and the name occurs nowhere in the source.
 */
export function extractPlaces(unit: SourceUnit, nameOf: (literal: string, isNumber: boolean) => string | undefined): EditPlace[] {
  const { ts: api } = unit;
  const found: EditPlace[] = [];
  walk(unit, unit.file, (owner) => {
    if (!api.isFunctionLike(owner) || !('body' in owner) || !owner.body || !api.isBlock(owner.body)) return undefined;
    const first = owner.body.statements.find((s) => !(api.isExpressionStatement(s) && api.isStringLiteral(s.expression)));
    if (!first || !startsLine(unit, startOf(unit, first))) return false;
    const places = new Map<string, ts.Node[]>();
    walk(unit, owner.body, (node) => {
      if (!isLooseLiteral(unit, node)) return undefined;
      const text = textOf(unit, node);
      places.set(text, [...(places.get(text) ?? []), node]);
      return undefined;
    });
    for (const [literal, nodes] of places) {
      const name = nameOf(literal, api.isNumericLiteral(nodes[0]!));
      if (name === undefined || !isFresh(unit, name)) continue;
      const at = startOf(unit, first);
      const declaration = { start: at, end: at, text: `const ${name} = ${literal};\n${indentAt(unit, at)}` };
      const edits = [declaration, ...nodes.map((n) => ({ start: startOf(unit, n), end: n.end, text: name }))];
      found.push({ ...placeOf(unit, nodes[0]!, edits, { literal, name }) });
    }
    // Functions inside share the constants of the outermost one.
    return false;
  });
  return found;
}

/** Gives a number or text a name: see `extractPlaces`. */
export const extractConstant = editKind(
  'extract-constant',
  [
    'Extract {literal} into a constant named {name}.',
    'Give {literal} a name: {name}.',
    'Move {literal} to a const called {name} at the top of the function.',
    'Replace the literal {literal} by a constant {name}.',
  ],
  (unit) =>
    extractPlaces(unit, (literal, isNumber) => {
      const pool = isNumber ? numberNames : textNames;
      return [choose(pool, literal), ...pool].find((n) => isFresh(unit, n));
    }),
);

function isLooseLiteral(unit: SourceUnit, node: ts.Node): boolean {
  const { ts: api } = unit;
  const { parent } = node;
  if (api.isNumericLiteral(node)) {
    if (['0', '1', '2'].includes(node.text)) return false;
  } else if (!api.isStringLiteral(node) || node.text.length < 2 || node.text.length > 40 || textOf(unit, node).includes('\n'))
    return false;
  if (api.isTypeNode(parent) || api.isJsxAttribute(parent) || api.isEnumMember(parent) || api.isTypeElement(parent)) return false;
  if (api.isExpressionStatement(parent) || api.isImportDeclaration(parent) || api.isExternalModuleReference(parent)) return false;
  // TypeScript narrows by literals here; and `typeof x === 'string'` is better left readable.
  if (api.isBinaryExpression(parent) && (api.isTypeOfExpression(parent.left) || api.isTypeOfExpression(parent.right)))
    return false;
  if (api.isCallExpression(parent) && ['require', 'import'].includes(textOf(unit, parent.expression))) return false;
  if (api.isAsExpression(parent) || api.isSatisfiesExpression(parent)) return false;
  return !('name' in parent && parent.name === node) && !(api.isBindingElement(parent) && parent.propertyName === node);
}

/**
 * Puts a variable's value where it is used. Safe: it is used once, in the very next statement, as the first thing that this evaluates; the value is
 * no function or class (which would lose its name), and is not called (which would change `this`).
 */
export const inlineVariable = editKind(
  'inline-variable',
  [
    'Inline {name}.',
    'Inline the variable `{name}`.',
    'Remove the variable {name} and use its value directly.',
    'Get rid of {name}: put its value where it is used.',
  ],
  (unit) => {
    const { ts: api } = unit;
    const names = namesOf(unit);
    return gather(unit, (node) => {
      if (!api.isVariableStatement(node) || node.modifiers?.length || node.declarationList.declarations.length !== 1)
        return undefined;
      const { name, initializer: value, type } = node.declarationList.declarations[0]!;
      const list = listOf(unit, node);
      if (!list || !api.isIdentifier(name) || !value || type || takesName(unit, value) || !enclosingFunction(unit, node))
        return undefined;
      const symbol = names.symbolOf(name);
      if (!symbol || !onlyDeclaration(symbol)) return undefined;
      const uses = names.usesOf(symbol);
      const use = uses[1];
      const next = list[list.indexOf(node) + 1];
      if (uses.length !== 2 || !use || !next || use.pos < next.pos || use.end > next.end || isWritten(unit, use))
        return undefined;
      const how = evaluatedFirst(unit, use, next);
      if (!how || mayHoldComment(unit, value.end, startOf(unit, next)) || commented(unit, value)) return undefined;
      const text = textOf(unit, value);
      const lines = wholeLines(unit, node);
      const open =
        how === 'whole' ||
        (isPrimary(unit, value) && !api.isNumericLiteral(value) && (value.flags & api.NodeFlags.OptionalChain) === 0);
      if (how === 'whole' && text.includes('\n') && api.isReturnStatement(next) && !/^[\w$[{(`'"]/.test(text)) return undefined;
      const removal = lines.start < startOf(unit, node) ? lines : { start: startOf(unit, node), end: startOf(unit, next) };
      return placeOf(unit, node, [
        { ...removal, text: '' },
        { start: startOf(unit, use), end: use.end, text: open ? text : `(${text})` },
      ], { name: name.text }); // prettier-ignore
    });
  },
);

/** Whether a name is the first thing that a statement evaluates: as a `whole` expression, or as a `part` of one. */
function evaluatedFirst(unit: SourceUnit, use: ts.Identifier, statement: ts.Statement): 'whole' | 'part' | undefined {
  const { ts: api } = unit;
  let child: ts.Node = use;
  for (let at: ts.Node = use.parent; ; child = at, at = at.parent) {
    if (api.isReturnStatement(at) || api.isThrowStatement(at) || api.isIfStatement(at) || api.isSwitchStatement(at)) {
      if (at !== statement || at.expression !== child) return undefined;
      return child === use ? 'whole' : 'part';
    }
    if (api.isVariableDeclaration(at)) {
      const list = at.parent;
      if (
        at.initializer !== child ||
        list.parent !== statement ||
        api.isCatchClause(list) ||
        list.declarations[0] !== at ||
        !api.isIdentifier(at.name)
      )
        return undefined;
      return child === use ? 'whole' : 'part';
    }
    const first =
      (api.isPropertyAccessExpression(at) && at.expression === child) ||
      (api.isElementAccessExpression(at) && at.expression === child) ||
      (api.isCallExpression(at) && at.expression === child && child !== use) ||
      (api.isConditionalExpression(at) && at.condition === child) ||
      (api.isAwaitExpression(at) && child !== use) ||
      (api.isPrefixUnaryExpression(at) && at.operator === api.SyntaxKind.ExclamationToken) ||
      (api.isBinaryExpression(at) && at.left === child && at.operatorToken.kind < api.SyntaxKind.FirstAssignment) ||
      (api.isBinaryExpression(at) &&
        at.left === child &&
        ['&&', '||', '??'].includes(api.tokenToString(at.operatorToken.kind) ?? ''));
    if (!first) return undefined;
  }
}
