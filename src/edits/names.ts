/** Which declaration each identifier of a source means: the compiler's own binder answers, without libraries or other files. */
import type ts from 'typescript';
import { walk, type SourceUnit } from './source';

export interface Names {
  /** The variable, parameter, function or class that an identifier means; undefined for what is declared elsewhere. */
  symbolOf(identifier: ts.Identifier): ts.Symbol | undefined;
  /** Every identifier that means the same, declarations too, in the order of the text. */
  usesOf(symbol: ts.Symbol): readonly ts.Identifier[];
  /** What is used without a declaration here: globals, and mistakes. */
  readonly free: ReadonlySet<string>;
  /** Every identifier in the text, whatever it names. */
  readonly texts: ReadonlySet<string>;
  /** Code that looks names up at run time (`eval`, `with`): nothing about names can be known. */
  readonly dynamic: boolean;
}

const known = new WeakMap<ts.SourceFile, Names>();

/** The names of a source, worked out once. */
export function namesOf(unit: SourceUnit): Names {
  const found = known.get(unit.file) ?? collect(unit);
  known.set(unit.file, found);
  return found;
}

function checkerFor({ ts: api, file }: SourceUnit): ts.TypeChecker {
  const options: ts.CompilerOptions = { allowJs: true, noLib: true, noResolve: true, types: [], target: api.ScriptTarget.Latest };
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name.endsWith(file.fileName) ? file : undefined),
    getDefaultLibFileName: () => '',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name.endsWith(file.fileName),
    readFile: () => undefined,
    directoryExists: () => false,
    getDirectories: () => [],
  };
  return api.createProgram({ rootNames: [file.fileName], options, host }).getTypeChecker();
}

function collect(unit: SourceUnit): Names {
  const { ts: api } = unit;
  const checker = checkerFor(unit);
  const symbols = new Map<ts.Identifier, ts.Symbol>();
  const uses = new Map<ts.Symbol, ts.Identifier[]>();
  const texts = new Set<string>();
  const free = new Set<string>();
  let dynamic = false;
  walk(unit, unit.file, (node) => {
    if (api.isWithStatement(node)) dynamic = true;
    if (!api.isIdentifier(node)) return undefined;
    texts.add(node.text);
    if (node.text === 'eval') dynamic = true;
    if (namesMember(unit, node)) return undefined;
    const symbol = api.isShorthandPropertyAssignment(node.parent)
      ? node === node.parent.name
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node)
      : checker.getSymbolAtLocation(node);
    if (!symbol?.declarations?.length) {
      // An empty one is the parser's own, where a name is missing.
      if (node.text !== '') free.add(node.text);
      return undefined;
    }
    symbols.set(node, symbol);
    const list = uses.get(symbol) ?? [];
    list.push(node);
    uses.set(symbol, list);
    return undefined;
  });
  for (const list of uses.values()) list.sort((a, b) => a.pos - b.pos);
  return { symbolOf: (identifier) => symbols.get(identifier), usesOf: (symbol) => uses.get(symbol) ?? [], free, texts, dynamic };
}

/** True for identifiers that name a property, a label or a part of an import: no variable. */
function namesMember({ ts: api }: SourceUnit, node: ts.Identifier): boolean {
  const { parent } = node;
  if (api.isPropertyAccessExpression(parent)) return parent.name === node;
  if (api.isQualifiedName(parent)) return parent.right === node;
  if (api.isBindingElement(parent)) return parent.propertyName === node;
  if (api.isLabeledStatement(parent) || api.isBreakOrContinueStatement(parent)) return parent.label === node;
  if (api.isPropertyAssignment(parent)) return parent.name === node;
  if (api.isImportSpecifier(parent) || api.isExportSpecifier(parent))
    return parent.propertyName === node && api.isImportSpecifier(parent);
  return (
    api.isJsxAttribute(parent) ||
    api.isMetaProperty(parent) ||
    ((api.isClassElement(parent) || api.isTypeElement(parent) || api.isEnumMember(parent) || api.isMethodDeclaration(parent)) &&
      parent.name === node)
  );
}

/** True where an identifier is given a value outside of its declaration. */
export function isWritten({ ts: api }: SourceUnit, identifier: ts.Identifier): boolean {
  let node: ts.Node = identifier;
  for (let at: ts.Node = identifier.parent; ; node = at, at = at.parent) {
    if (api.isPrefixUnaryExpression(at) || api.isPostfixUnaryExpression(at))
      return at.operator === api.SyntaxKind.PlusPlusToken || at.operator === api.SyntaxKind.MinusMinusToken;
    if (api.isBinaryExpression(at)) {
      const { kind } = at.operatorToken;
      return at.left === node && kind >= api.SyntaxKind.FirstAssignment && kind <= api.SyntaxKind.LastAssignment;
    }
    if (api.isForInStatement(at) || api.isForOfStatement(at)) return at.initializer === node;
    if (api.isPropertyAssignment(at)) {
      if (at.initializer !== node) return false;
    } else if (api.isShorthandPropertyAssignment(at)) {
      if (at.name !== node) return false;
    } else if (
      !api.isParenthesizedExpression(at) &&
      !api.isNonNullExpression(at) &&
      !api.isArrayLiteralExpression(at) &&
      !api.isObjectLiteralExpression(at) &&
      !api.isSpreadElement(at) &&
      !api.isSpreadAssignment(at)
    )
      return false;
  }
}

/** True for an identifier that is the name in a declaration. */
export function isDeclared({ ts: api }: SourceUnit, node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    ((api.isVariableDeclaration(parent) || api.isParameter(parent) || api.isBindingElement(parent)) && parent.name === node) ||
    ((api.isFunctionDeclaration(parent) || api.isFunctionExpression(parent) || api.isClassLike(parent)) &&
      parent.name === node) ||
    api.isImportClause(parent) ||
    api.isImportSpecifier(parent) ||
    api.isNamespaceImport(parent)
  );
}

/** True where no declaration of the source gives the name: then it can only be the global one. */
export function isGlobal(unit: SourceUnit, node: ts.Node, name: string): boolean {
  return unit.ts.isIdentifier(node) && node.text === name && !namesOf(unit).symbolOf(node);
}

/** The one declaration of a name, or undefined where there are several. */
export function onlyDeclaration(symbol: ts.Symbol): ts.Declaration | undefined {
  return symbol.declarations?.length === 1 ? symbol.declarations[0] : undefined;
}

const reserved =
  /^(?:break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|let|static|await|async|of|arguments|eval|undefined|implements|interface|package|private|protected|public)$/;

/** True for a name that could be declared anywhere in the source without meaning anything else there. */
export function isFresh(unit: SourceUnit, name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name) && !reserved.test(name) && !namesOf(unit).texts.has(name);
}
