/** The user gave a declaration another name: what still calls it by the old one. By the compiler's own binder, so other things of that name stay. */
import type ts from 'typescript';
import { isDeclared, isFresh, namesOf } from '../../edits/names';
import { enclosingFunction, startOf, syntaxErrors, walk, type SourceUnit } from '../../edits/source';
import { isName, type Change } from './change';
import { afterChange, type NextEdit } from './edit';

/** Edits that follow from a renamed declaration; `unit` is the source before. Empty where it was no declaration, or the new name means something already. */
export function usesOfRenamed(unit: SourceUnit, change: Change): NextEdit[] {
  const { oldText, newText } = change;
  if (!isName(oldText) || !isName(newText) || syntaxErrors(unit).length > 0) return [];
  const names = namesOf(unit);
  const declared = nameAt(unit, change.start);
  if (declared?.text !== oldText || names.dynamic) return [];
  const { ts: api } = unit;
  if (api.isPrivateIdentifier(declared)) return newText.startsWith('#') ? privateUses(unit, declared, change) : [];
  if (!isFresh(unit, newText)) return [];
  const symbol = names.symbolOf(declared);
  if (!symbol) return memberUses(unit, declared, change);
  if (!isDeclared(unit, declared)) return [];
  const edits: NextEdit[] = [];
  for (const use of names.usesOf(symbol)) add(edits, change, startOf(unit, use), oldText, isShort(unit, use) ? `${oldText}: ${newText}` : newText); // prettier-ignore
  for (const tag of symbol.declarations?.flatMap((d) => (api.isParameter(d) ? api.getJSDocParameterTags(d) : [])) ?? [])
    if (api.isIdentifier(tag.name) && tag.name.text === oldText) add(edits, change, startOf(unit, tag.name), oldText, newText);
  if (!enclosingFunction(unit, declared.parent))
    walk(unit, unit.file, (node) => {
      const exported = api.isExportSpecifier(node) && !node.propertyName && !node.parent.parent.moduleSpecifier;
      if (exported && node.name.text === oldText) add(edits, change, startOf(unit, node), oldText, `${newText} as ${oldText}`);
      return undefined;
    });
  return sorted(edits);
}

function add(edits: NextEdit[], change: Change, start: number, oldText: string, newText: string): void {
  const edit = afterChange(change, start, oldText, newText);
  if (edit && !edits.some((known) => known.start === edit.start)) edits.push(edit);
}

function sorted(edits: readonly NextEdit[]): NextEdit[] {
  return [...edits].sort((a, b) => a.start - b.start);
}

/** The identifier that begins at an offset. */
export function nameAt(unit: SourceUnit, offset: number): ts.Identifier | ts.PrivateIdentifier | undefined {
  let found: ts.Identifier | ts.PrivateIdentifier | undefined;
  walk(unit, unit.file, (node) => {
    if (node.pos > offset || node.end <= offset) return false;
    if ((unit.ts.isIdentifier(node) || unit.ts.isPrivateIdentifier(node)) && startOf(unit, node) === offset) found = node;
    return undefined;
  });
  return found;
}

/** `{ name }`, which stands for `{ name: name }`. */
function isShort({ ts: api }: SourceUnit, use: ts.Identifier): boolean {
  const { parent } = use;
  if (api.isShorthandPropertyAssignment(parent)) return parent.name === use;
  return (
    api.isBindingElement(parent) &&
    parent.name === use &&
    !parent.propertyName &&
    !parent.dotDotDotToken &&
    api.isObjectBindingPattern(parent.parent)
  );
}

function privateUses(unit: SourceUnit, declared: ts.PrivateIdentifier, change: Change): NextEdit[] {
  const owner = classAround(unit, declared);
  if (!owner || declared.parent.parent !== owner) return [];
  const edits: NextEdit[] = [];
  const known = new Set<string>();
  walk(unit, owner, (node) => {
    if (!unit.ts.isPrivateIdentifier(node)) return undefined;
    known.add(node.text);
    if (node.text === change.oldText) add(edits, change, startOf(unit, node), change.oldText, change.newText);
    return undefined;
  });
  return known.has(change.newText) ? [] : sorted(edits);
}

/** Names that built-in objects have: `x.map` need not be the method that was renamed. */
const builtIn: ReadonlySet<string> = new Set(
  [Array, String, Number, Object, Function, Map, Set, WeakMap, Promise, RegExp, Date, Error, Symbol].flatMap((type) => [
    ...Object.getOwnPropertyNames(type.prototype),
    ...Object.getOwnPropertyNames(type),
  ]),
);

/** A renamed method, property or key: where it is asked for by its old name. Only where nothing else in the source declares a member of that name. */
function memberUses(unit: SourceUnit, declared: ts.Identifier, change: Change): NextEdit[] {
  const { ts: api } = unit;
  if (!declaresMember(unit, declared)) return [];
  const owner = classAround(unit, declared);
  const edits: NextEdit[] = [];
  let declarations = 0;
  walk(unit, unit.file, (node) => {
    if (!api.isIdentifier(node) || node.text !== change.oldText) return undefined;
    if (declaresMember(unit, node)) declarations++;
    const { parent } = node;
    if (!api.isPropertyAccessExpression(parent) || parent.name !== node) return undefined;
    const own = parent.expression.kind === api.SyntaxKind.ThisKeyword && classAround(unit, node) === owner;
    if (own || !builtIn.has(change.oldText)) add(edits, change, startOf(unit, node), change.oldText, change.newText);
    return undefined;
  });
  return declarations === 1 ? sorted(edits) : [];
}

function declaresMember({ ts: api }: SourceUnit, node: ts.Identifier): boolean {
  const { parent } = node;
  const member = api.isClassElement(parent) || api.isTypeElement(parent) || api.isEnumMember(parent);
  return (member || api.isPropertyAssignment(parent) || api.isMethodDeclaration(parent)) && parent.name === node;
}

function classAround({ ts: api }: SourceUnit, node: ts.Node): ts.Node | undefined {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent as ts.Node | undefined) if (api.isClassLike(at)) return at;
  return undefined;
}
