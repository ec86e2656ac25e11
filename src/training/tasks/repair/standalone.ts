/** Functions of a corpus that run by themselves: plain JavaScript that reads nothing but its arguments and the language's own objects. */
import type ts from 'typescript';
import { parseSource, syntaxErrors, type SourceUnit, type Ts } from '../../../edits/source';

export interface StandaloneFunction {
  readonly name: string;
  /** Names of its parameters; null for one that is taken apart. */
  readonly parameters: readonly (string | null)[];
  /** The declaration, its name in the scope of the file. */
  readonly text: string;
}

/** Objects of the language that compute the same in every run. */
export const pureGlobals: ReadonlySet<string> = new Set([
  'Array', 'ArrayBuffer', 'BigInt', 'Boolean', 'DataView', 'Error', 'Float32Array', 'Float64Array', 'Infinity', 'Int16Array', 'Int32Array', 'Int8Array', 'JSON', 'Map', 'Math',
  'NaN', 'Number', 'Object', 'RangeError', 'RegExp', 'Set', 'String', 'Symbol', 'SyntaxError', 'TypeError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray',
  'decodeURIComponent', 'encodeURIComponent', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'undefined',
]); // prettier-ignore

const shortest = 3;
const longest = 30;

/** The function of a document, if it stands alone: a declaration, a constant that holds a function, or a method that does not speak of `this`. */
export function standaloneFunction(api: Ts, path: string, text: string): StandaloneFunction | null {
  if (!/\.[cm]?js$/.test(path.replace(/#\d+$/, ''))) return null;
  const trimmed = text.trim();
  const lines = trimmed.split('\n').length;
  if (lines < shortest || lines > longest) return null;
  for (const candidate of [trimmed, asDeclaration(trimmed)]) {
    if (candidate === null) continue;
    const unit = parseSource(api, 'function.js', candidate);
    if (syntaxErrors(unit).length > 0) continue;
    const found = soleFunction(unit);
    if (found && computes(unit, found.node) && freeNames(unit).every((name) => pureGlobals.has(name)))
      return {
        name: found.name,
        parameters: found.node.parameters.map((p) => (api.isIdentifier(p.name) ? p.name.text : null)),
        text: candidate,
      };
  }
  return null;
}

/** A method as a function declaration; null where the text does not begin like one. */
function asDeclaration(text: string): string | null {
  const [head, name] = /^(?:static\s+)?([A-Za-z_$][\w$]*)\s*(?=\()/.exec(text) ?? [];
  if (head === undefined || name === undefined) return null;
  if (['if', 'for', 'while', 'switch', 'function', 'constructor', 'async'].includes(name)) return null;
  return `function ${name}${text.slice(head.length)}`;
}

type FunctionNode = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

function soleFunction(unit: SourceUnit): { readonly name: string; readonly node: FunctionNode } | null {
  const { ts: api, file } = unit;
  const [statement, ...more] = file.statements;
  if (!statement || more.length > 0) return null;
  if (api.isFunctionDeclaration(statement) && statement.name) return { name: statement.name.text, node: statement };
  if (!api.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return null;
  const { name, initializer } = statement.declarationList.declarations[0]!;
  const isFunction = initializer && (api.isFunctionExpression(initializer) || api.isArrowFunction(initializer));
  return api.isIdentifier(name) && isFunction ? { name: name.text, node: initializer } : null;
}

/** Takes something and gives something back, at once. */
function computes({ ts: api }: SourceUnit, node: FunctionNode): boolean {
  const later = node.modifiers?.some((m) => m.kind === api.SyntaxKind.AsyncKeyword) === true || node.asteriskToken !== undefined;
  return !later && node.parameters.length > 0 && node.body !== undefined;
}

/** Names that are read but nowhere declared in the text; `this` and its like count as free. */
export function freeNames(unit: SourceUnit): string[] {
  const { ts: api, file } = unit;
  const [declared, read] = [new Set<string>(['arguments']), new Set<string>()];
  const visit = (node: ts.Node): void => {
    if (api.isIdentifier(node)) {
      const parent = node.parent;
      const isMember = (api.isPropertyAccessExpression(parent) && parent.name === node) || (api.isPropertyAssignment(parent) && parent.name === node);
      const isName = 'name' in parent && parent.name === node && !api.isShorthandPropertyAssignment(parent) && !api.isPropertyAccessExpression(parent);
      const isLabel = api.isLabeledStatement(parent) || api.isBreakOrContinueStatement(parent);
      if (isName && !isMember) declared.add(node.text);
      else if (!isMember && !isLabel && !(api.isBindingElement(parent) && parent.propertyName === node)) read.add(node.text);
    } else if ([api.SyntaxKind.ThisKeyword, api.SyntaxKind.SuperKeyword, api.SyntaxKind.ImportKeyword, api.SyntaxKind.YieldExpression, api.SyntaxKind.AwaitExpression, api.SyntaxKind.MetaProperty].includes(node.kind)) read.add('this'); // prettier-ignore
    api.forEachChild(node, visit);
  };
  visit(file);
  return [...read].filter((name) => !declared.has(name));
}
