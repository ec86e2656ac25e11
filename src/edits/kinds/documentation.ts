/** Kinds that add what the program does not run: comments and types. */
import type ts from 'typescript';
import { valueKind } from '../facts';
import { editKind, type EditPlace } from '../kind';
import { startOf, textOf, walk, type SourceUnit } from '../source';
import { indentAt, placeOf, startsLine, walkOwn } from '../syntax';

interface Documented {
  readonly owner: ts.Node;
  readonly name: string;
  readonly node: ts.FunctionLikeDeclaration;
}

/** A function with a name, and the statement or member that a comment would stand above. */
function documented(unit: SourceUnit, node: ts.Node): Documented | undefined {
  const { ts: api } = unit;
  if (api.isFunctionDeclaration(node) && node.name && node.body) return { owner: node, name: node.name.text, node };
  if (api.isMethodDeclaration(node) && api.isIdentifier(node.name) && node.body)
    return { owner: node, name: node.name.text, node };
  if (!api.isVariableStatement(node) || node.declarationList.declarations.length !== 1) return undefined;
  const { name, initializer: value } = node.declarationList.declarations[0]!;
  if (!api.isIdentifier(name) || !value || !(api.isArrowFunction(value) || api.isFunctionExpression(value))) return undefined;
  return { owner: node, name: name.text, node: value };
}

/** Whether a function gives back a value, and of what kind if all agree. */
function returned(unit: SourceUnit, node: ts.FunctionLikeDeclaration): { value: boolean; kind: string | undefined } {
  const { ts: api } = unit;
  if (!node.body) return { value: false, kind: undefined };
  if (!api.isBlock(node.body)) return { value: true, kind: valueKind(unit, node.body) };
  const kinds: (string | undefined)[] = [];
  walkOwn(unit, node.body, (at) => {
    if (api.isReturnStatement(at)) kinds.push(at.expression ? valueKind(unit, at.expression) : 'nothing');
  });
  const value = kinds.some((k) => k !== 'nothing');
  return { value, kind: value && kinds.every((k) => k === kinds[0]) ? kinds[0] : undefined };
}

/** `parseDateTime` as a sentence. */
function sentence(name: string): string {
  const words = name.replace(/^_+/, '').replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_$]+/g, ' ').trim().toLowerCase(); // prettier-ignore
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Adds a JSDoc comment with parameters and result. Safe: a comment. Types are given in JavaScript only, and only where the text shows them. */
export const addJsDoc = editKind(
  'add-jsdoc',
  [
    'Add a JSDoc comment to {name}.',
    'Document {name} with JSDoc.',
    'Write a doc comment for {name} with its parameters.',
    'Add JSDoc with @param and @returns to `{name}`.',
  ],
  (unit) => {
    const { ts: api } = unit;
    const found: EditPlace[] = [];
    const typed = /\.[mc]?tsx?$/.test(unit.fileName);
    walk(unit, unit.file, (node) => {
      const it = documented(unit, node);
      if (!it || !/[A-Za-z]{2}/.test(it.name) || !startsLine(unit, startOf(unit, it.owner))) return undefined;
      if (/\S/.test(unit.text.slice(it.owner.pos, startOf(unit, it.owner)))) return undefined;
      const type = (kind: string | undefined): string => (typed ? '' : `{${kind === 'array' ? 'Array' : (kind ?? '*')}} `);
      const lines = [sentence(it.name)];
      for (const p of it.node.parameters) {
        if (!api.isIdentifier(p.name) || p.name.text === 'this') return undefined;
        const kind = p.initializer && valueKind(unit, p.initializer);
        const name = p.initializer && !typed ? `[${p.name.text}=${textOf(unit, p.initializer)}]` : p.name.text;
        if (name.includes('\n')) return undefined;
        lines.push(`@param ${p.dotDotDotToken && !typed ? '{...*} ' : type(kind)}${name}`);
      }
      const result = returned(unit, it.node);
      const wrapped = it.node.modifiers?.some((m) => m.kind === api.SyntaxKind.AsyncKeyword) ?? false;
      if (it.node.asteriskToken) return undefined;
      if (result.value)
        lines.push(`@returns ${wrapped && !typed ? `{Promise<${result.kind ?? '*'}>}` : type(result.kind)}`.trimEnd());
      const at = startOf(unit, it.owner);
      const indent = indentAt(unit, at);
      const text = ['/**', ...lines.map((l) => ` * ${l}`), ' */', ''].join(`\n${indent}`);
      if (text.includes('*/', text.indexOf('*/') + 2)) return undefined;
      found.push(placeOf(unit, it.owner, [{ start: at, end: at, text }], { name: it.name }));
      return undefined;
    });
    return found;
  },
);

/**
 * Writes the type of a function's result (TypeScript). Safe: types are erased. Only where all returns are plainly of one primitive kind and the
 * end can't be reached without one, or where nothing is returned.
 */
export const addReturnType = editKind(
  'add-return-type',
  [
    'Add a return type to {name}.',
    'Annotate the return type of {name}.',
    'Add the missing return types.',
    'Write out the return types.',
  ],
  (unit) => {
    const { ts: api } = unit;
    if (!/\.[mc]?tsx?$/.test(unit.fileName)) return [];
    const found: EditPlace[] = [];
    walk(unit, unit.file, (node) => {
      const it = documented(unit, node);
      if (!it || it.node.type || it.node.asteriskToken || it.node.modifiers?.some((m) => m.kind === api.SyntaxKind.AsyncKeyword))
        return undefined;
      const { body } = it.node;
      const result = returned(unit, it.node);
      const ends = body && api.isBlock(body) && !(body.statements.at(-1) && api.isReturnStatement(body.statements.at(-1)!));
      const throws = /\bthrow\b/.test(body ? textOf(unit, body) : '');
      if (!body || (api.isArrowFunction(it.node) && !api.isBlock(body) && !result.kind)) return undefined;
      if (result.value ? !result.kind || result.kind === 'array' || ends : throws) return undefined;
      const limit = api.isArrowFunction(it.node) ? startOf(unit, it.node.equalsGreaterThanToken) : startOf(unit, body);
      const close = unit.text.lastIndexOf(')', limit);
      const from = it.node.parameters.at(-1)?.end ?? it.node.parameters.pos;
      if (close < from || unit.text.slice(close + 1, limit).trim() !== '' || /[^\s,]/.test(unit.text.slice(from, close)))
        return undefined;
      const text = `: ${result.value ? result.kind! : 'void'}`;
      found.push(placeOf(unit, it.owner, [{ start: close + 1, end: close + 1, text }], { name: it.name }));
      return undefined;
    });
    return found;
  },
);
