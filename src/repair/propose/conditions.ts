/** Conditions: atoms to build them from, negation, missing operands. */
import type ts from 'typescript';
import { wordsOf } from '../../edits/text';
import type { Kind } from '../source/kinds';
import { enclosingFunction, walk } from '../source/parse';
import { isValueName } from '../source/scope';
import type { Emitter } from './emitter';
import { operand } from './emitter';

export interface Atom {
  readonly text: string;
  /** Log-scale; the commonest shapes have 0. */
  readonly delta: number;
}

const unary: Readonly<Record<Kind, readonly string[]>> = {
  number: [
    '$ === 0',
    '$ > 0',
    '$ < 0',
    '$ >= 0',
    '$ <= 0',
    '$ !== 0',
    '$ === 1',
    '$ <= 1',
    '$ > 1',
    'Number.isNaN($)',
    '!Number.isInteger($)',
    '$ % 2 === 0',
    '$ < 2',
    'Number.isInteger($)',
    '!Number.isFinite($)',
  ],
  string: [
    '!$',
    "$ === ''",
    '$',
    '$.length === 0',
    '$.length > 0',
    "$ !== ''",
    '$.length === 1',
    '$.length <= 1',
    "typeof $ !== 'string'",
    "$ === ' '",
    '!$.trim()',
    '$.length > 1',
    '$.length < 2',
  ],
  boolean: ['$', '!$'],
  array: [
    '$.length === 0',
    '$.length > 0',
    '!$',
    '$.length === 1',
    '$',
    '!Array.isArray($)',
    '$.length <= 1',
    '$.length > 1',
    '$.length < 2',
  ],
  object: ['!$', '$', '$ === null', '$ == null', '$ !== null', 'Object.keys($).length === 0', "typeof $ !== 'object'"],
  function: ["typeof $ === 'function'", '!$', "typeof $ !== 'function'"],
  regexp: ['$'],
  set: ['$.size === 0', '$.size > 0'],
  map: ['$.size === 0', '$.size > 0'],
  unknown: [
    '!$',
    '$',
    '$ === undefined',
    '$ === null',
    '$ == null',
    '$ !== undefined',
    '$ != null',
    '$ === 0',
    '$ > 0',
    '$ < 0',
    '$.length === 0',
    '$ <= 0',
    '$ === 1',
    '$ <= 1',
    "$ === ''",
    '$ !== null',
    'Array.isArray($)',
    '!Array.isArray($)',
    "typeof $ === 'string'",
    "typeof $ !== 'string'",
    "typeof $ === 'number'",
    "typeof $ !== 'number'",
    "typeof $ === 'object'",
    'Number.isNaN($)',
    '$.length > 0',
    '$.length === 1',
    '$.length < 2',
    "$ === ' '",
  ],
};

const pairs = ['$ === #', '$ < #', '$ > #', '$ <= #', '$ >= #', '$ !== #'];

/** Conditions that could be asked at a place, the likeliest first. */
export function conditionAtoms(node: ts.Node, emit: Emitter, limit = 160): Atom[] {
  const out = new Map<string, number>();
  const add = (text: string, delta: number): void => {
    if ((out.get(text) ?? -Infinity) < delta) out.set(text, delta);
  };
  const names = emit.scope(node).filter(isValueName);
  const visible = new Set(emit.scope(node).map((n) => n.name));
  const near = names.filter((n) => n.role !== 'module').slice(0, 9);
  for (const name of near) {
    const kind = emit.vocabulary.names.get(name.name) ?? 'unknown';
    unary[kind].forEach((shape, i) => {
      add(shape.replaceAll('$', name.name), -0.12 * i - 0.15 * name.distance);
    });
  }
  for (const a of near) {
    for (const b of names.slice(0, 12)) {
      if (a.name === b.name) continue;
      const ka = emit.vocabulary.names.get(a.name) ?? 'unknown';
      const kb = emit.vocabulary.names.get(b.name) ?? 'unknown';
      if (ka === 'array' && (kb === 'number' || kb === 'unknown')) {
        for (const op of ['>=', '<', '>', '===']) add(`${b.name} ${op} ${a.name}.length`, -1);
      }
      if ((ka === 'array' || ka === 'string') && kb !== 'array' && b.role !== 'module') {
        add(`${a.name}.includes(${b.name})`, -1.2);
        add(`!${a.name}.includes(${b.name})`, -1.2);
      }
      if (ka === 'set' || ka === 'map') {
        add(`${a.name}.has(${b.name})`, -0.5);
        add(`!${a.name}.has(${b.name})`, -0.5);
      }
      if (ka === 'object' || ka === 'unknown') {
        if (kb === 'string' || kb === 'unknown') add(`${b.name} in ${a.name}`, -2.2);
        add(`${a.name}.has(${b.name})`, emit.vocabulary.methods.has('has') || emit.vocabulary.methods.has('add') ? -1 : -3);
        add(`!${a.name}.has(${b.name})`, emit.vocabulary.methods.has('has') || emit.vocabulary.methods.has('add') ? -1 : -3);
      }
      if (ka !== kb && ka !== 'unknown' && kb !== 'unknown') continue;
      if (['array', 'function', 'object', 'set', 'map'].includes(ka) || a.name > b.name) continue;
      pairs.forEach((shape, i) => {
        add(shape.replace('$', a.name).replace('#', b.name), -0.8 - 0.1 * i - (ka === 'unknown' || kb === 'unknown' ? 0.3 : 0));
      });
    }
  }
  const home = enclosingFunction(emit.unit, node);
  for (const access of accesses(home ?? emit.unit.file, visible, emit)) {
    ['!$', '$', '$ === undefined', '$ == null', '$ !== undefined', '$ === 0', '$ > 0'].forEach((shape, i) => {
      add(
        shape.replace('$', () => access),
        -0.9 - 0.15 * i,
      );
    });
  }
  for (const condition of emit.vocabulary.conditions) {
    const words = wordsOf(condition.text.replace(/'[^']*'|"[^"]*"|\.[\w$]+/g, ''));
    const known = words.every(
      (w) =>
        visible.has(w) ||
        /^(?:typeof|instanceof|in|null|undefined|true|false|Number|Math|Array|Object|String|NaN|Infinity|new|Boolean|isNaN)$/.test(
          w,
        ),
    );
    if (!known) continue;
    const same = home !== undefined && condition.pos >= home.pos && condition.pos < home.end;
    add(condition.text, same ? -0.2 : -0.8);
    add(negated(condition.text), same ? -0.4 : -1);
  }
  return [...out]
    .map(([text, delta]) => ({ text, delta }))
    .sort((a, b) => b.delta - a.delta)
    .slice(0, limit);
}

const accessPools = new WeakMap<ts.Node, readonly { text: string; words: readonly string[] }[]>();

/** Element and property accesses of a function whose names a place can see. */
function accesses(home: ts.Node, visible: ReadonlySet<string>, emit: Emitter): string[] {
  const { ts: api } = emit.unit;
  let pool = accessPools.get(home);
  if (!pool) {
    const found = new Map<string, readonly string[]>();
    walk(emit.unit, home, (node) => {
      if (!api.isElementAccessExpression(node) && !api.isPropertyAccessExpression(node)) return undefined;
      if (api.isCallExpression(node.parent) && node.parent.expression === node) return undefined;
      const text = emit.text(node);
      if (text.length > 30 || /[('"`]/.test(text) || text.endsWith('.length')) return undefined;
      const words = wordsOf(text.replace(/\.[\w$]+/g, ''));
      if (!words.some((w) => /^(?:Math|Number|Object|Array|JSON|module|exports|process)$/.test(w))) found.set(text, words);
      return undefined;
    });
    pool = [...found].slice(0, 10).map(([text, words]) => ({ text, words }));
    accessPools.set(home, pool);
  }
  return pool.filter((item) => item.words.every((w) => w === 'this' || visible.has(w))).map((item) => item.text);
}

/** The opposite of a condition, written plainly where that is easy. */
export function negated(text: string): string {
  const comparison = /^([^&|?]+?)(===|!==|<=|>=|<|>)([^&|?=<>]+)$/.exec(text);
  const opposite: Readonly<Record<string, string>> = { '===': '!==', '!==': '===', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
  if (comparison && !text.includes('=>')) return `${comparison[1]!}${opposite[comparison[2]!]!}${comparison[3]!}`;
  const simple = /^!([\w$.()[\]]+)$/.exec(text);
  if (simple) return simple[1]!;
  return `!${operand(text)}`;
}

/** True where an expression decides a branch. */
export function isCondition(node: ts.Node, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isIfStatement(parent) || api.isWhileStatement(parent) || api.isDoStatement(parent)) return parent.expression === node;
  if (api.isForStatement(parent)) return parent.condition === node;
  if (api.isConditionalExpression(parent)) return parent.condition === node;
  if (api.isBinaryExpression(parent)) {
    const token = parent.operatorToken.kind;
    const logical = token === api.SyntaxKind.AmpersandAmpersandToken || token === api.SyntaxKind.BarBarToken;
    return logical && (isCondition(parent, emit) || isBooleanResult(parent, emit));
  }
  if (api.isParenthesizedExpression(parent) || api.isPrefixUnaryExpression(parent)) return isCondition(parent, emit);
  return false;
}

/** True where a returned or predicate expression is a truth value. */
function isBooleanResult(node: ts.Node, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (!api.isExpression(node) || emit.kind(node) !== 'boolean') return false;
  if (api.isReturnStatement(parent)) return true;
  if (api.isArrowFunction(parent)) return parent.body === node;
  return api.isVariableDeclaration(parent);
}

function isWholeCondition(node: ts.Node, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  if (
    api.isBinaryExpression(node.parent) ||
    api.isPrefixUnaryExpression(node.parent) ||
    api.isParenthesizedExpression(node.parent)
  )
    return false;
  return isCondition(node, emit) || isBooleanResult(node, emit);
}

/** Condition changes at one node. */
export function conditionChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (!api.isExpression(node)) return;
  const condition = isCondition(node, emit) || isBooleanResult(node, emit);
  if (!condition) return;
  const text = emit.text(node);
  emit.replace(node, negated(text), 'condition.negate');
  if (!isWholeCondition(node, emit)) return;
  const inLoop = api.isForStatement(node.parent) || api.isWhileStatement(node.parent) || api.isDoStatement(node.parent);
  if (!inLoop) {
    emit.replace(node, 'true', 'condition.constant');
    emit.replace(node, 'false', 'condition.constant');
  } else {
    emit.replace(node, 'false', 'condition.constant', -1);
  }
  for (const atom of conditionAtoms(node, emit)) {
    if (text.includes(atom.text) && atom.text.length > 3) continue;
    const left = /\|\||\?/.test(text) ? `(${text})` : text;
    const inner = /\|\||\?/.test(atom.text) ? `(${atom.text})` : atom.text;
    emit.replace(node, `${left} && ${inner}`, 'condition.and', atom.delta);
    emit.replace(node, `${text} || ${atom.text}`, 'condition.or', atom.delta);
    emit.replace(node, atom.text, 'condition.replace', atom.delta);
  }
  const call = firstAccess(node, emit);
  if (call) emit.replace(node, `${call} && ${text.includes('||') ? `(${text})` : text}`, 'condition.and', 0.8);
}

/** `a` of `a.b.c > 1`: a guard for it is the commonest missing operand. */
function firstAccess(node: ts.Expression, emit: Emitter): string | undefined {
  const match = /^!?([A-Za-z_$][\w$]*)[.[]/.exec(emit.text(node));
  return match?.[1];
}
