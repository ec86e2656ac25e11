/** Changes of statements: delete, move, unwrap, branch, return. */
import type ts from 'typescript';
import { isValueName } from '../source/scope';
import type { Emitter } from './emitter';

/** The list a statement stands in, where it stands in one. */
export function siblingsOf(node: ts.Statement, emit: Emitter): ts.NodeArray<ts.Statement> | undefined {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isBlock(parent) || api.isSourceFile(parent) || api.isCaseClause(parent) || api.isDefaultClause(parent))
    return parent.statements;
  return undefined;
}

/** White space before a statement on its line. */
export function indentOf(node: ts.Node, emit: Emitter): string {
  const start = node.getStart(emit.unit.file);
  const lineStart = emit.unit.text.lastIndexOf('\n', start - 1) + 1;
  return /^[ \t]*/.exec(emit.unit.text.slice(lineStart, start))![0];
}

/** One level of indentation as the file does it. */
export function indentUnit(emit: Emitter): string {
  const match = /\n(\t|[ ]{2,8})\S/.exec(emit.unit.text);
  return match?.[1] ?? '  ';
}

/** Edit that removes a statement with its line. */
function removal(node: ts.Statement, emit: Emitter): { start: number; end: number; text: string } {
  const { text } = emit.unit;
  const start = node.getStart(emit.unit.file);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', node.end);
  const lineEnd = newline < 0 ? text.length : newline + 1;
  const alone = text.slice(lineStart, start).trim() === '' && text.slice(node.end, lineEnd).trim() === '';
  return alone ? { start: lineStart, end: lineEnd, text: '' } : { start, end: node.end, text: '' };
}

function deletion(node: ts.Statement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (
    api.isFunctionDeclaration(node) ||
    api.isClassDeclaration(node) ||
    api.isImportDeclaration(node) ||
    api.isExportDeclaration(node)
  )
    return;
  if (api.isVariableStatement(node) || api.isExportAssignment(node)) return;
  const list = siblingsOf(node, emit);
  if (!list || api.isSourceFile(node.parent)) return;
  const weight =
    api.isReturnStatement(node) && list[list.length - 1] === node && !api.isIfStatement(node.parent.parent) ? -1.5 : 0;
  emit.edit(node, [removal(node, emit)], 'statement.delete', weight);
}

/** Swaps a statement with the next, and moves one out of or into the block beside it. */
function moves(node: ts.Statement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const list = siblingsOf(node, emit);
  if (!list || api.isSourceFile(node.parent)) return;
  const { file } = emit.unit;
  const index = list.indexOf(node);
  const next = list[index + 1];
  if (next && !api.isFunctionDeclaration(node) && !api.isFunctionDeclaration(next)) {
    emit.edit(
      node,
      [
        { start: node.getStart(file), end: node.end, text: emit.text(next) },
        { start: next.getStart(file), end: next.end, text: emit.text(node) },
      ],
      'statement.swap',
      api.isReturnStatement(node) ? 0.3 : 0,
    );
  }
  if (api.isFunctionDeclaration(node)) return;
  const { parent } = node;
  // Out of the block: after it or before it.
  const outer = api.isBlock(parent) ? parent.parent : undefined;
  if (outer && api.isStatement(outer) && !api.isTryStatement(outer) && siblingsOf(outer, emit) && list.length > 1) {
    const indent = indentOf(outer, emit);
    const gone = removal(node, emit);
    const text = emit.text(node);
    emit.edit(
      node,
      [gone, { start: outer.end, end: outer.end, text: `\n${indent}${text}` }],
      'statement.moveOut',
      index === list.length - 1 ? 0.3 : -0.5,
    );
    emit.edit(
      node,
      [gone, { start: outer.getStart(file), end: outer.getStart(file), text: `${text}\n${indent}` }],
      'statement.moveOut',
      index === 0 ? 0.3 : -0.5,
    );
  }
  // Into the block after or before it.
  for (const [neighbour, atStart] of [
    [next, true],
    [list[index - 1], false],
  ] as const) {
    // prettier-ignore
    if (!neighbour || api.isVariableStatement(node) || (api.isReturnStatement(node) && atStart)) continue;
    const block = bodyBlock(neighbour, emit);
    if (!block || block.statements.length === 0) continue;
    const anchor = atStart ? block.statements[0]! : block.statements[block.statements.length - 1]!;
    const indent = indentOf(anchor, emit);
    const text = emit.text(node);
    const insert = atStart
      ? { start: anchor.getStart(file), end: anchor.getStart(file), text: `${text}\n${indent}` }
      : { start: anchor.end, end: anchor.end, text: `\n${indent}${text}` };
    emit.edit(node, [removal(node, emit), insert], 'statement.moveIn');
  }
  if (api.isVariableStatement(node) && next) {
    const block = bodyBlock(next, emit);
    if (block && block.statements.length > 0 && api.isIterationStatement(next, false)) {
      const at = block.statements[0]!.getStart(file);
      emit.edit(
        node,
        [removal(node, emit), { start: at, end: at, text: `${emit.text(node)}\n${indentOf(block.statements[0]!, emit)}` }],
        'statement.moveIn',
        -0.5,
      );
    }
  }
}

/** The block a compound statement ends with. */
export function bodyBlock(node: ts.Statement, emit: Emitter): ts.Block | undefined {
  const { ts: api } = emit.unit;
  if (api.isIterationStatement(node, false)) return api.isBlock(node.statement) ? node.statement : undefined;
  if (api.isIfStatement(node) && !node.elseStatement) return api.isBlock(node.thenStatement) ? node.thenStatement : undefined;
  return undefined;
}

function inner(node: ts.Statement, emit: Emitter): string {
  const { ts: api } = emit.unit;
  if (!api.isBlock(node)) return emit.text(node);
  return node.statements.map((s) => emit.text(s)).join(`\n${indentOf(node.parent, emit)}`);
}

function ifChanges(node: ts.IfStatement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { file } = emit.unit;
  const elseStatement = node.elseStatement;
  const isElseIf = api.isIfStatement(node.parent) && node.parent.elseStatement === node;
  const list = siblingsOf(node, emit);
  if (!isElseIf && list)
    emit.edit(node, [{ start: node.getStart(file), end: node.end, text: inner(node.thenStatement, emit) }], 'if.unwrap');
  if (elseStatement) {
    emit.edit(
      node,
      [
        {
          start: node.thenStatement.getStart(file),
          end: node.thenStatement.end,
          text: api.isIfStatement(elseStatement) ? `{ ${emit.text(elseStatement)} }` : emit.text(elseStatement),
        },
        { start: elseStatement.getStart(file), end: elseStatement.end, text: emit.text(node.thenStatement) },
      ],
      'if.swapBranches',
    );
    emit.edit(node, [{ start: node.thenStatement.end, end: elseStatement.end, text: '' }], 'if.dropElse');
    const keyword = emit.unit.text.indexOf('else', node.thenStatement.end);
    if (!isElseIf && list) {
      // `else if` to `if`, and `else { }` to plain statements.
      const rest = api.isIfStatement(elseStatement) ? emit.text(elseStatement) : inner(elseStatement, emit);
      emit.edit(
        node,
        [{ start: node.thenStatement.end, end: elseStatement.end, text: `\n${indentOf(node, emit)}${rest}` }],
        'if.splitElse',
      );
    }
    if (keyword < 0) return;
  } else if (list) {
    const index = list.indexOf(node);
    const previous = list[index - 1];
    if (previous && api.isIfStatement(previous) && !previous.elseStatement) {
      emit.edit(node, [{ start: previous.end, end: node.getStart(file), text: ' else ' }], 'if.joinElse');
      emit.edit(
        node,
        [
          { start: previous.getStart(file), end: previous.end, text: emit.text(node) },
          { start: node.getStart(file), end: node.end, text: emit.text(previous) },
        ],
        'statement.swap',
      );
    }
    const next = list[index + 1];
    if (next && !api.isReturnStatement(node.thenStatement)) {
      emit.edit(node, [{ start: node.end, end: next.getStart(file), text: ' else ' }], 'if.joinElse', -0.5);
    }
    emit.edit(node.expression, [{ start: node.getStart(file), end: node.getStart(file) + 2, text: 'while' }], 'loop.fromIf');
  }
}

function returnChanges(node: ts.ReturnStatement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (!node.expression) {
    for (const name of emit.scope(node))
      if (isValueName(name) && name.role !== 'module') emit.replace(node, `return ${name.name};`, 'return.value');
    return;
  }
  const text = emit.text(node.expression);
  for (const name of emit.scope(node)) {
    if (isValueName(name) && name.name !== text && !api.isIdentifier(node.expression))
      emit.replace(node.expression, name.name, 'return.value', name.role === 'module' ? -1 : 0);
  }
  for (const other of emit.vocabulary.returns) {
    if (other.text !== text && other.text.length <= 40) emit.replace(node.expression, other.text, 'return.value', -0.5);
  }
  for (const literal of ['0', '1', '-1', 'true', 'false', 'null', 'undefined', "''", '[]', '{}', 'NaN', 'Infinity']) {
    if (literal !== text)
      emit.replace(
        node.expression,
        literal,
        'return.literal',
        api.isIdentifier(node.expression) || api.isLiteralExpression(node.expression) ? 0 : -1,
      );
  }
  if (emit.kind(node.expression) === 'boolean' || api.isCallExpression(node.expression))
    emit.replace(node.expression, `!${/^[\w$.]+(?:\([^()]*\))?$/.test(text) ? text : `(${text})`}`, 'condition.negate', -0.3);
  const inLoop = insideLoop(node, emit);
  if (inLoop && siblingsOf(node, emit)) {
    emit.replace(node, 'continue;', 'jump.change', -0.5);
    emit.replace(node, 'break;', 'jump.change', -0.5);
  }
}

/** True inside the body of a loop of the same function. */
export function insideLoop(node: ts.Node, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  for (let at: ts.Node | undefined = node.parent; at && !api.isFunctionLike(at); at = at.parent as ts.Node | undefined) {
    if (api.isIterationStatement(at, false)) return true;
  }
  return false;
}

function loopChanges(node: ts.Statement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { file } = emit.unit;
  if (api.isForOfStatement(node) || api.isForInStatement(node)) {
    const keyword = emit.unit.text.slice(node.initializer.end, node.expression.pos);
    const other = keyword.includes('of') ? keyword.replace('of', 'in') : keyword.replace('in', 'of');
    emit.edit(node.expression, [{ start: node.initializer.end, end: node.expression.pos, text: other }], 'loop.kind');
    const text = emit.text(node.expression);
    emit.replace(node.expression, `${text}.slice(1)`, 'loop.range');
    emit.replace(node.expression, `${text}.slice(0, -1)`, 'loop.range');
    emit.replace(node.expression, `Object.keys(${text})`, 'loop.range', -0.5);
    emit.replace(node.expression, `Object.values(${text})`, 'loop.range', -0.5);
    emit.replace(node.expression, `Object.entries(${text})`, 'loop.range', -0.5);
    emit.replace(node.expression, `${text}.entries()`, 'loop.range', -0.7);
  } else if (
    api.isForStatement(node) &&
    node.initializer &&
    node.condition &&
    node.incrementor &&
    api.isVariableDeclarationList(node.initializer)
  ) {
    const declaration = node.initializer.declarations[0];
    if (!declaration?.initializer || !api.isIdentifier(declaration.name) || !api.isBinaryExpression(node.condition)) return;
    // The same loop in the other direction.
    const variable = declaration.name.text;
    const from = emit.text(declaration.initializer);
    const to = emit.text(node.condition.right);
    const up = emit.text(node.incrementor).includes('+');
    const range = { start: declaration.initializer.getStart(file), end: node.incrementor.end };
    const text = up ? `${to} - 1; ${variable} >= ${from}; ${variable}--` : `${to}; ${variable} <= ${from}; ${variable}++`;
    emit.edit(node.initializer, [{ ...range, text }], 'loop.reverse');
  } else if (api.isWhileStatement(node)) {
    emit.edit(node.expression, [{ start: node.getStart(file), end: node.getStart(file) + 5, text: 'if' }], 'loop.toIf');
  }
}

function otherStatements(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isBreakStatement(node) && !node.label && insideLoop(node, emit)) emit.replace(node, 'continue;', 'jump.change');
  if (api.isContinueStatement(node) && !node.label) emit.replace(node, 'break;', 'jump.change');
  if (api.isExpressionStatement(node)) {
    const { expression } = node;
    if (api.isCallExpression(expression) || api.isBinaryExpression(expression))
      emit.replace(node, `return ${emit.text(node)}`, 'return.add');
    if (
      api.isCallExpression(expression) &&
      api.isPropertyAccessExpression(expression.expression) &&
      api.isIdentifier(expression.expression.expression)
    ) {
      emit.replace(node, `${expression.expression.expression.text} = ${emit.text(node)}`, 'statement.assign');
    }
  }
  if (api.isVariableStatement(node)) {
    const keyword = node.declarationList.getStart(emit.unit.file);
    if ((node.declarationList.flags & api.NodeFlags.Let) !== 0 && !api.isSourceFile(node.parent)) {
      for (const declaration of node.declarationList.declarations) {
        if (declaration.initializer) continue;
        for (const value of ['0', "''", '[]', 'null', '{}', 'false'])
          emit.edit(declaration, [{ start: declaration.end, end: declaration.end, text: ` = ${value}` }], 'statement.initialise');
      }
    } else if ((node.declarationList.flags & api.NodeFlags.Const) !== 0) {
      emit.edit(node, [{ start: keyword, end: keyword + 5, text: 'let' }], 'statement.let');
    }
  }
  if (api.isArrowFunction(node) && api.isBlock(node.body) && node.body.statements.length === 1) {
    const only = node.body.statements[0]!;
    if (api.isExpressionStatement(only)) emit.replace(only, `return ${emit.text(only)}`, 'return.add', 0.5);
  }
  if (api.isCaseClause(node) && node.statements.length > 0) {
    const last = node.statements[node.statements.length - 1]!;
    if (!api.isBreakStatement(last) && !api.isReturnStatement(last) && !api.isThrowStatement(last)) {
      emit.edit(last, [{ start: last.end, end: last.end, text: `\n${indentOf(last, emit)}break;` }], 'switch.break', 1);
    }
  }
  if (api.isParameter(node) && !node.dotDotDotToken && api.isIdentifier(node.name)) {
    if (!node.initializer) {
      for (const value of ['0', '1', "''", '[]', '{}', 'true', 'false', 'null', "' '", 'Infinity', '10']) {
        emit.edit(node, [{ start: node.end, end: node.end, text: ` = ${value}` }], 'parameter.default');
      }
    } else {
      emit.edit(node, [{ start: node.name.end, end: node.end, text: '' }], 'parameter.dropDefault');
    }
  }
  if (
    api.isFunctionDeclaration(node) &&
    node.body &&
    (api.getCombinedModifierFlags(node) & api.ModifierFlags.Async) === 0 &&
    /\bawait\b|\.then\(/.test(emit.text(node.body))
  ) {
    const at = emit.unit.text.indexOf('function', node.getStart(emit.unit.file));
    if (at >= 0 && at < node.body.pos) emit.edit(node, [{ start: at, end: at, text: 'async ' }], 'await.add');
  }
}

/** Statement changes at one node. */
export function statementChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isStatement(node) && !api.isBlock(node)) {
    deletion(node, emit);
    moves(node, emit);
    loopChanges(node, emit);
  }
  if (api.isIfStatement(node)) ifChanges(node, emit);
  else if (api.isReturnStatement(node)) returnChanges(node, emit);
  otherStatements(node, emit);
}
