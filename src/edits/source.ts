/** The TypeScript compiler's parser, loaded on first use: it is large, and most requests never need it. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type ts from 'typescript';

export type Ts = typeof ts;

let loaded: Ts | undefined;

/** Loads the `typescript` package once. By `require`: an import would first read its nine megabytes for names of exports. */
export function loadTypescript(): Ts {
  loaded ??= createRequire(__filename)('typescript') as Ts;
  return loaded;
}

/** One source text, parsed. */
export interface SourceUnit {
  readonly ts: Ts;
  readonly fileName: string;
  readonly text: string;
  readonly file: ts.SourceFile;
}

function scriptKind(api: Ts, fileName: string): ts.ScriptKind {
  switch (path.extname(fileName).toLowerCase()) {
    case '.ts':
    case '.mts':
    case '.cts':
      return api.ScriptKind.TS;
    case '.tsx':
      return api.ScriptKind.TSX;
    case '.jsx':
      return api.ScriptKind.JSX;
    default:
      // Plain .js files may hold JSX too; the JSX grammar is a superset for JavaScript.
      return api.ScriptKind.JSX;
  }
}

/** Parses a text by the grammar its file name asks for. Never throws: see `syntaxErrors`. */
export function parseSource(api: Ts, fileName: string, text: string): SourceUnit {
  // The compiler binds no file whose extension it does not know: its checker then fails on the first name.
  const known = /\.(?:[cm]?[jt]s|[jt]sx)$/i.test(fileName);
  const file = api.createSourceFile(
    known ? fileName : `${fileName}.jsx`,
    text,
    api.ScriptTarget.Latest,
    true,
    scriptKind(api, fileName),
  );
  return { ts: api, fileName, text, file };
}

/** Messages of the parser about a file (type errors are not looked for). */
export function syntaxErrors(unit: SourceUnit): string[] {
  return diagnosticsOf(unit).map((d) => unit.ts.flattenDiagnosticMessageText(d.messageText, '\n'));
}

/** Offsets at which the parser complains. */
export function syntaxErrorStarts(unit: SourceUnit): number[] {
  return diagnosticsOf(unit).map((d) => d.start);
}

function diagnosticsOf(unit: SourceUnit): readonly ts.DiagnosticWithLocation[] {
  // `parseDiagnostics` is not in the public types, but it is what `transpileModule` reports, without a whole program.
  const { parseDiagnostics } = unit.file as ts.SourceFile & { parseDiagnostics?: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics ?? [];
}

/** True where a text has no syntax error. */
export function parses(api: Ts, fileName: string, text: string): boolean {
  return syntaxErrors(parseSource(api, fileName, text)).length === 0;
}

/** Line (1-based) of a position. */
export function lineOf(unit: SourceUnit, position: number): number {
  return unit.file.getLineAndCharacterOfPosition(Math.min(position, unit.text.length)).line + 1;
}

/** Start of a node without its comments and white space. */
export function startOf(unit: SourceUnit, node: ts.Node): number {
  return node.getStart(unit.file);
}

/** Text of a node without its leading comments and white space. */
export function textOf(unit: SourceUnit, node: ts.Node): string {
  return unit.text.slice(node.getStart(unit.file), node.end);
}

/** Visits every node below (and with) `root`, parents first; a visitor that returns false leaves the children out. */
export function walk(unit: SourceUnit, root: ts.Node, visit: (node: ts.Node) => boolean | undefined): void {
  if (visit(root) === false) return;
  unit.ts.forEachChild(root, (child) => {
    walk(unit, child, visit);
  });
}

/** Nearest enclosing function-like node, or undefined at module level. */
export function enclosingFunction(unit: SourceUnit, node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent as ts.Node | undefined) {
    if (unit.ts.isFunctionLike(at) && 'body' in at) return at;
  }
  return undefined;
}

/** Nearest enclosing (or same) statement. */
export function enclosingStatement(unit: SourceUnit, node: ts.Node): ts.Statement | undefined {
  for (let at: ts.Node | undefined = node; at; at = at.parent as ts.Node | undefined) {
    if (unit.ts.isStatement(at) && !unit.ts.isBlock(at)) return at;
  }
  return undefined;
}
