/** What the corpus needs to know of a file's syntax, in one parse. */
import path from 'node:path';
import ts from 'typescript';

/** Half-open range of UTF-16 offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Comment extends Range {
  readonly block: boolean;
}

export interface Syntax {
  readonly sound: boolean;
  /** Strings, templates' texts, regular expressions and JSX text, in order: nothing inside is code, a comment or a blank to be tidied. */
  readonly literals: readonly Range[];
  readonly comments: readonly Comment[];
  /** Top-level functions, methods and function-valued variables or properties, whole statements; where one is too long, those inside it. */
  readonly functions: readonly Range[];
}

export interface FunctionLines {
  readonly least: number;
  readonly most: number;
}

export const functionLines: FunctionLines = { least: 4, most: 30 };

export function syntaxOf(fileName: string, text: string, lines: FunctionLines = functionLines): Syntax {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, false, kindOf(fileName));
  // Not in the public types, but it is what `transpileModule` reports, without a whole program.
  const { parseDiagnostics } = file as ts.SourceFile & { parseDiagnostics?: readonly ts.Diagnostic[] };
  const literals = literalsOf(file);
  return {
    sound: (parseDiagnostics ?? []).length === 0,
    literals,
    comments: commentsOf(text, literals),
    functions: functionsOf(file, text, lines),
  };
}

function kindOf(fileName: string): ts.ScriptKind {
  const extension = path.extname(fileName).toLowerCase();
  if (extension === '.tsx') return ts.ScriptKind.TSX;
  // Plain .js files may hold JSX too; its grammar is a superset of JavaScript's.
  return ['.ts', '.mts', '.cts'].includes(extension) ? ts.ScriptKind.TS : ts.ScriptKind.JSX;
}

const literalKinds: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
  ts.SyntaxKind.RegularExpressionLiteral,
  ts.SyntaxKind.JsxText,
]);

function literalsOf(file: ts.SourceFile): Range[] {
  const found: Range[] = [];
  const visit = (node: ts.Node): void => {
    if (literalKinds.has(node.kind)) {
      const start = node.kind === ts.SyntaxKind.JsxText ? node.pos : node.getStart(file);
      found.push({ start, end: node.end });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  // Children are not always visited in the order of the text (decorators, type arguments).
  return found.sort((a, b) => a.start - b.start);
}

function commentsOf(text: string, literals: readonly Range[]): Comment[] {
  const comments: Comment[] = [];
  const opening = /\/[/*]/g;
  let next = 0;
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const start = match.index;
    while (next < literals.length && literals[next]!.end <= start) next++;
    const literal = literals[next];
    if (literal && literal.start <= start) {
      opening.lastIndex = literal.end;
      continue;
    }
    const block = match[0] === '/*';
    const close = block ? text.indexOf('*/', start + 2) : text.indexOf('\n', start);
    const end = close < 0 ? text.length : block ? close + 2 : close;
    comments.push({ start, end, block });
    opening.lastIndex = end;
  }
  return comments;
}

function functionsOf(file: ts.SourceFile, text: string, { least, most }: FunctionLines): Range[] {
  const found: Range[] = [];
  const visit = (node: ts.Node): void => {
    if (holdsFunction(node)) {
      const start = lineStart(text, node.getStart(file));
      const count = text.slice(start, node.end).split('\n').length;
      // What shares its first line with something else is no whole statement.
      if (count >= least && count <= most && text.slice(start, node.getStart(file)).trim() === '') {
        found.push({ start, end: node.end });
        return;
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function holdsFunction(node: ts.Node): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.FunctionDeclaration:
    case ts.SyntaxKind.MethodDeclaration:
    case ts.SyntaxKind.GetAccessor:
    case ts.SyntaxKind.SetAccessor:
    case ts.SyntaxKind.Constructor:
      return true;
    case ts.SyntaxKind.VariableStatement:
      return (node as ts.VariableStatement).declarationList.declarations.every((d) => isFunction(d.initializer));
    case ts.SyntaxKind.PropertyAssignment:
    case ts.SyntaxKind.PropertyDeclaration:
      return isFunction((node as ts.PropertyAssignment | ts.PropertyDeclaration).initializer);
    case ts.SyntaxKind.ExpressionStatement: {
      const { expression } = node as ts.ExpressionStatement;
      return ts.isBinaryExpression(expression) && isFunction(expression.right);
    }
    default:
      return false;
  }
}

function isFunction(node: ts.Expression | undefined): boolean {
  return node?.kind === ts.SyntaxKind.ArrowFunction || node?.kind === ts.SyntaxKind.FunctionExpression;
}
