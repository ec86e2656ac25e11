/** Missing statements: guards, updates, pushes, jumps, returns. */
import type ts from 'typescript';
import { enclosingFunction } from '../source/parse';
import type { ScopedName } from '../source/scope';
import { isValueName } from '../source/scope';
import { conditionAtoms } from './conditions';
import type { Emitter } from './emitter';
import { indentOf, insideLoop, siblingsOf } from './statements';

const plainResults = ['0', "''", '[]', 'null', 'false', 'true', '-1', '1', 'undefined', '{}', 'NaN'];

/** Values a guard could return, the likeliest first: what the function returns elsewhere, its parameters, plain empty values. */
function guardResults(node: ts.Statement, emit: Emitter): { text: string; delta: number }[] {
  const out = new Map<string, number>();
  const home = enclosingFunction(emit.unit, node);
  for (const other of emit.vocabulary.returns) {
    const same = home !== undefined && other.pos >= home.pos && other.pos < home.end;
    if (same && other.text.length <= 24 && other.pos > node.end) continue;
    if (same && other.text.length <= 24) out.set(other.text, 0);
    else if (/^(?:[\w.-]+|''|""|\[\]|\{\})$/.test(other.text) && plainResults.includes(other.text)) out.set(other.text, -0.6);
  }
  plainResults.forEach((text, i) => {
    if (!out.has(text)) out.set(text, -0.7 - 0.08 * i);
  });
  for (const name of emit.scope(node)) {
    if (isValueName(name) && name.role !== 'module' && !out.has(name.name)) out.set(name.name, -0.6 - 0.15 * name.distance);
  }
  for (const item of emit.vocabulary.evidence) {
    if (!out.has(item.text)) out.set(item.text, -2.5);
  }
  return [...out].map(([text, delta]) => ({ text, delta })).sort((a, b) => b.delta - a.delta);
}

/** Puts a statement on its own line before or after `anchor`. */
export function insert(
  anchor: ts.Statement,
  text: string,
  before: boolean,
  operator: string,
  delta: number,
  emit: Emitter,
): void {
  const indent = indentOf(anchor, emit);
  const start = anchor.getStart(emit.unit.file);
  const edit = before
    ? { start, end: start, text: `${text}\n${indent}` }
    : { start: anchor.end, end: anchor.end, text: `\n${indent}${text}` };
  emit.edit(anchor, [edit], operator, delta);
}

function guards(node: ts.Statement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const home = enclosingFunction(emit.unit, node);
  if (!home) return;
  const list = siblingsOf(node, emit);
  const first = home.body === node.parent && list?.[0] === node;
  const loop = insideLoop(node, emit);
  const atoms = conditionAtoms(node, emit, first ? 60 : 24);
  const results = guardResults(node, emit).slice(0, first ? 16 : 8);
  if (first || api.isReturnStatement(node)) {
    // Does this result help at all? The search looks for the condition only if it does.
    for (const result of results) insert(node, `if (true) return ${result.text};`, true, 'guard.always', result.delta, emit);
    if (loop) {
      insert(node, 'if (true) continue;', true, 'guard.always', 0, emit);
      insert(node, 'if (true) break;', true, 'guard.always', 0, emit);
    }
  }
  const place = first ? 0.5 : api.isReturnStatement(node) ? 0 : -0.7;
  for (const atom of atoms) {
    for (const result of results) {
      insert(node, `if (${atom.text}) return ${result.text};`, true, 'guard.return', place + atom.delta + result.delta, emit);
    }
    if (loop) {
      insert(node, `if (${atom.text}) continue;`, true, 'guard.jump', atom.delta, emit);
      insert(node, `if (${atom.text}) break;`, true, 'guard.jump', atom.delta - 0.3, emit);
    }
    if (first) {
      insert(node, `if (${atom.text}) throw new Error('Invalid argument');`, true, 'guard.throw', atom.delta, emit);
      insert(node, `if (${atom.text}) throw new TypeError('Invalid argument');`, true, 'guard.throw', atom.delta - 0.4, emit);
      insert(node, `if (${atom.text}) throw new RangeError('Invalid argument');`, true, 'guard.throw', atom.delta - 0.4, emit);
    }
  }
  if (!api.isReturnStatement(node) && !api.isVariableStatement(node) && !api.isFunctionDeclaration(node)) {
    const text = emit.text(node);
    if (text.length < 300) {
      for (const atom of atoms) {
        emit.edit(
          node,
          [
            {
              start: node.getStart(emit.unit.file),
              end: node.end,
              text: `if (${atom.text}) ${api.isExpressionStatement(node) ? text : `{ ${text} }`}`,
            },
          ],
          'guard.wrap',
          atom.delta,
        );
      }
    }
  }
}

/** `x++`, `x += y`, `list.push(x)`, `x = y`: updates with the names at hand. */
function updates(node: ts.Statement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const list = siblingsOf(node, emit);
  if (!list || !enclosingFunction(emit.unit, node)) return;
  const last = list[list.length - 1] === node;
  const kindOfName = (name: ScopedName): string => emit.vocabulary.names.get(name.name) ?? 'unknown';
  const names = emit.scope(node).filter((n) => isValueName(n) && n.role !== 'module').slice(0, 10); // prettier-ignore
  const texts: { text: string; delta: number }[] = [];
  for (const name of names) {
    const kind = kindOfName(name);
    if (name.mutable && name.role === 'local') {
      if (kind === 'number' || kind === 'unknown')
        texts.push(
          { text: `${name.name}++;`, delta: kind === 'number' ? 0.3 : -1 },
          { text: `${name.name}--;`, delta: kind === 'number' ? -0.5 : -1.5 },
        );
      const resets: Readonly<Record<string, readonly string[]>> = {
        number: ['0', '1'],
        string: ["''"],
        array: ['[]'],
        boolean: ['true', 'false'],
        object: ['null', '{}'],
        unknown: ['null', '0', "''", '[]'],
      };
      for (const reset of resets[kind] ?? []) texts.push({ text: `${name.name} = ${reset};`, delta: -0.4 });
    }
    for (const other of names) {
      if (other.name === name.name) continue;
      const otherKind = kindOfName(other);
      if (name.mutable && (name.role === 'local' || name.distance <= 1)) {
        const weight = name.role === 'local' ? -0.5 : -1.5;
        if (kind === otherKind || kind === 'unknown' || otherKind === 'unknown') {
          texts.push({ text: `${name.name} = ${other.name};`, delta: weight });
          if (kind !== 'array' && kind !== 'object' && kind !== 'boolean' && kind !== 'function')
            texts.push({ text: `${name.name} += ${other.name};`, delta: weight });
          if (kind === 'number') texts.push({ text: `${name.name} -= ${other.name};`, delta: weight - 0.5 });
        }
      }
      if (kind === 'array' && name.role === 'local')
        texts.push({ text: `${name.name}.push(${other.name});`, delta: otherKind === 'array' ? -0.6 : -0.2 });
      if (kind === 'set' || (kind === 'unknown' && emit.vocabulary.methods.has('add')))
        texts.push({ text: `${name.name}.add(${other.name});`, delta: 0 });
      if (kind === 'set' || kind === 'map') texts.push({ text: `${name.name}.delete(${other.name});`, delta: -1 });
      if (kind === 'map') {
        texts.push({ text: `${name.name}.set(${other.name}, true);`, delta: -1 });
        for (const value of names)
          if (value !== other && value !== name)
            texts.push({ text: `${name.name}.set(${other.name}, ${value.name});`, delta: -0.3 });
      }
      if (kind === 'object' && name.role === 'local') {
        for (const value of names)
          if (value !== other && value !== name)
            texts.push({ text: `${name.name}[${other.name}] = ${value.name};`, delta: -0.8 });
      }
    }
  }
  // Two values in the wrong order are put in order first.
  if (list[0] === node) {
    const numbers = names.filter((n) => n.mutable && n.role === 'parameter' && ['number', 'unknown'].includes(kindOfName(n)));
    for (const a of numbers) {
      for (const b of numbers) {
        if (a.position < b.position)
          insert(
            node,
            `if (${a.name} > ${b.name}) [${a.name}, ${b.name}] = [${b.name}, ${a.name}];`,
            true,
            'statement.insert',
            -0.5,
            emit,
          );
      }
    }
  }
  if (insideLoop(node, emit) && last) texts.push({ text: 'break;', delta: 0.3 });
  for (const item of texts) {
    insert(node, item.text, false, 'statement.insert', item.delta + (last ? 0.3 : 0), emit);
    if (list[0] === node) insert(node, item.text, true, 'statement.insert', item.delta - 0.2, emit);
  }
  if (last && !api.isReturnStatement(node) && !api.isThrowStatement(node)) {
    const home = enclosingFunction(emit.unit, node);
    const own = home?.body === node.parent;
    for (const name of names)
      insert(
        node,
        `return ${name.name};`,
        false,
        'return.add',
        (own ? 0.8 : -0.5) - 0.2 * name.distance + (name.role === 'local' ? 0.3 : 0),
        emit,
      );
    for (const value of ['true', 'false', 'null', '0', '[]', "''"])
      insert(node, `return ${value};`, false, 'return.add', own ? -0.3 : -1, emit);
  }
}

/** Copies a statement of the same block chain to other places: what is missing is often written beside it. */
function duplicates(node: ts.Statement, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const home = enclosingFunction(emit.unit, node);
  if (!home?.body || !api.isExpressionStatement(node)) return;
  const text = emit.text(node);
  if (text.length > 100) return;
  const places: ts.Statement[] = [];
  const collect = (inner: ts.Node): void => {
    if (api.isStatement(inner) && !api.isBlock(inner) && inner !== node && siblingsOf(inner, emit)) places.push(inner);
    if (!api.isFunctionLike(inner)) api.forEachChild(inner, collect);
  };
  collect(home.body);
  for (const place of places.slice(0, 12)) {
    if (place.pos <= node.pos && node.end <= place.end) {
      insert(place, text, false, 'statement.copy', 0.3, emit);
      continue;
    }
    insert(place, text, false, 'statement.copy', 0, emit);
    insert(place, text, true, 'statement.copy', -0.3, emit);
  }
}

/** Insertions beside one statement. */
export function insertions(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (!api.isStatement(node) || api.isBlock(node) || api.isFunctionDeclaration(node) || api.isImportDeclaration(node)) return;
  if (!siblingsOf(node, emit)) return;
  guards(node, emit);
  updates(node, emit);
  duplicates(node, emit);
}
