/** Kinds that wait with `await` instead of a callback. */
import type ts from 'typescript';
import { editKind, type EditPlace } from '../kind';
import { isDeclared, isFresh, namesOf, onlyDeclaration } from '../names';
import { enclosingFunction, startOf, textOf, walk, type SourceUnit } from '../source';
import { commented, gather, holdsLongLiteral, indentAt, listOf, mayHoldComment, placeOf, startsLine } from '../syntax';
import type { Edit } from '../text';

interface Chained {
  readonly promise: ts.Expression;
  readonly callback: ts.ArrowFunction;
  readonly parameter: ts.ParameterDeclaration | undefined;
}

/** `p.then((x) => ...)` with one callback, which is an arrow function that takes the value or nothing. */
function chained(unit: SourceUnit, expression: ts.Expression): Chained | undefined {
  const { ts: api } = unit;
  if (!api.isCallExpression(expression) || expression.arguments.length !== 1 || expression.questionDotToken) return undefined;
  const { expression: callee } = expression;
  const [callback] = expression.arguments;
  if (!api.isPropertyAccessExpression(callee) || callee.name.text !== 'then' || callee.questionDotToken) return undefined;
  if (!callback || !api.isArrowFunction(callback) || callback.parameters.length > 1 || callback.typeParameters || callback.type)
    return undefined;
  const [parameter] = callback.parameters;
  return parameter && (parameter.initializer || parameter.dotDotDotToken || parameter.type)
    ? undefined
    : { promise: callee.expression, callback, parameter };
}

/** True where names declared by a callback can be declared in the function around it: each is the only one of its name in the source. */
function namesAreFree(unit: SourceUnit, { callback }: Chained): boolean {
  const { ts: api } = unit;
  const names = namesOf(unit);
  let free = true;
  walk(unit, callback, (node) => {
    if (
      !api.isIdentifier(node) ||
      !isDeclared(unit, node) ||
      (enclosingFunction(unit, node) !== callback && !api.isFunctionDeclaration(node.parent))
    )
      return free;
    const symbol = names.symbolOf(node);
    walk(unit, unit.file, (other) => {
      if (!api.isIdentifier(other) || other.text !== node.text || names.symbolOf(other) === symbol) return free;
      const member = api.isPropertyAccessExpression(other.parent) && other.parent.name === other;
      const key = api.isPropertyAssignment(other.parent) && other.parent.name === other;
      free = member || key;
      return free;
    });
    return free;
  });
  return free;
}

/** True for a function whose promise can only come from its own first steps: `async`, and known by its one declaration. */
function isAsyncCall(unit: SourceUnit, node: ts.Expression): boolean {
  const { ts: api } = unit;
  if (!api.isCallExpression(node) || !api.isIdentifier(node.expression)) return false;
  const symbol = namesOf(unit).symbolOf(node.expression);
  const declaration = symbol && onlyDeclaration(symbol);
  return declaration !== undefined && api.isFunctionDeclaration(declaration) && isAsync(unit, declaration);
}

function isAsync({ ts: api }: SourceUnit, node: ts.FunctionLikeDeclaration): boolean {
  return node.modifiers?.some((m) => m.kind === api.SyntaxKind.AsyncKeyword) ?? false;
}

/** True where evaluating an expression gives a native promise and can't throw: `import(x)`, `new Promise(...)`, an async function called with plain names. */
function startsSafely(unit: SourceUnit, node: ts.Expression): boolean {
  const { ts: api } = unit;
  if (!api.isCallExpression(node)) return false;
  const plain = node.arguments.every((a) => api.isIdentifier(a) || api.isLiteralExpression(a));
  return plain && (node.expression.kind === api.SyntaxKind.ImportKeyword || isAsyncCall(unit, node));
}

/**
 * `return p.then((x) => ...)` at the end of a function to `const x = await p; ...`. Safe: the function is `async` already, or does nothing else and
 * its promise comes from a call that can't throw at once; names declared in the callback are used nowhere else. What may differ is only how
 * many turns of the microtask queue the answer takes.
 */
export const thenToAwait = editKind(
  'then-to-await',
  [
    'Use await instead of then.',
    'Convert the promise chain to async/await.',
    'Replace .then by await.',
    'Rewrite it with async/await.',
    'Await the promise instead of chaining.',
  ],
  (unit) => {
    const { ts: api } = unit;
    return gather(unit, (node): EditPlace | undefined => {
      const returns = api.isReturnStatement(node);
      const awaits = api.isExpressionStatement(node) && api.isAwaitExpression(node.expression);
      if ((!returns && !awaits) || !node.expression) return undefined;
      const value = api.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
      const found = chained(unit, value);
      const owner = enclosingFunction(unit, node);
      const list = listOf(unit, node);
      if (!found || !owner?.body || !list || !startsLine(unit, startOf(unit, node)) || owner.asteriskToken) return undefined;
      // Anywhere but directly in the function's body, `try` could begin to catch what the callback throws.
      if (list !== (owner.body as ts.Block).statements || list.at(-1) !== node || !namesAreFree(unit, found)) return undefined;
      const edits: Edit[] = [];
      if (!isAsync(unit, owner)) {
        if (list.length !== 1 || !startsSafely(unit, found.promise) || !makeAsync(unit, owner, edits)) return undefined;
      }
      const { promise, callback, parameter } = found;
      const { body } = callback;
      if (mayHoldComment(unit, promise.end, startOf(unit, body)) || commented(unit, promise)) return undefined;
      const outer = indentAt(unit, startOf(unit, node));
      const written = parameter && isReassigned(unit, parameter);
      const head = `${parameter ? `${written ? 'let' : 'const'} ${textOf(unit, parameter.name)} = ` : ''}await ${textOf(unit, promise)};`;
      let rest: string | undefined;
      if (!api.isBlock(body))
        rest = `${outer}${returns ? 'return ' : isAsync(unit, callback) ? '' : 'await '}${textOf(unit, body)};`;
      else rest = returns ? blockLines(unit, body, outer) : undefined;
      if (rest === undefined || (api.isBlock(body) && !awaitable(unit, body))) return undefined;
      edits.push({ start: startOf(unit, node), end: node.end, text: `${head}\n${rest}` });
      return placeOf(unit, node, edits);
    });
  },
);

/** Writes `async` before a function that can take it. */
function makeAsync(unit: SourceUnit, owner: ts.FunctionLikeDeclaration, edits: Edit[]): boolean {
  const { ts: api } = unit;
  if (owner.type || !(api.isFunctionDeclaration(owner) || api.isFunctionExpression(owner) || api.isArrowFunction(owner)))
    return false;
  const keyword = api.isArrowFunction(owner)
    ? startOf(unit, owner)
    : unit.text.indexOf('function', owner.modifiers?.end ?? startOf(unit, owner));
  edits.push({ start: keyword, end: keyword, text: 'async ' });
  return isFresh(unit, 'await') || !namesOf(unit).texts.has('await');
}

function isReassigned(unit: SourceUnit, parameter: ts.ParameterDeclaration): boolean {
  return new RegExp(`\\b${textOf(unit, parameter.name)}\\s*(?:[-+*/%&|^?<>]{0,3}=[^=>]|\\+\\+|--)`).test(
    textOf(unit, parameter.parent),
  );
}

/** False where the callback's statements would mean something else in the function: hoisted declarations. */
function awaitable({ ts: api }: SourceUnit, body: ts.Block): boolean {
  return !body.statements.some((s) => api.isFunctionDeclaration(s));
}

function blockLines(unit: SourceUnit, body: ts.Block, outer: string): string | undefined {
  const [first] = body.statements;
  if (!first || holdsLongLiteral(unit, body)) return undefined;
  const inner = unit.text.slice(startOf(unit, body) + 1, body.end - 1);
  if (!inner.startsWith('\n')) return undefined;
  const from = indentAt(unit, startOf(unit, first));
  const lines = inner.slice(1).trimEnd().split('\n');
  if (lines.some((l) => l.trim() !== '' && !l.startsWith(from))) return undefined;
  return lines.map((l) => (l.trim() === '' ? l : outer + l.slice(from.length))).join('\n');
}
