/** Changes of calls: arguments, missing and superfluous calls, copies, awaits. */
import type ts from 'typescript';
import type { Kind } from '../source/kinds';
import { compatible } from '../source/kinds';
import { isValueName } from '../source/scope';
import type { Emitter } from './emitter';
import { operand } from './emitter';

const wrappers: Readonly<Record<Kind, readonly string[]>> = {
  number: [
    'Math.floor($)',
    'Math.abs($)',
    'Math.ceil($)',
    'Math.round($)',
    'Math.trunc($)',
    'Math.max(0, $)',
    'Math.min(1, $)',
    'String($)',
    'Math.sqrt($)',
    'Number($.toFixed(2))',
    'Math.max(1, $)',
  ],
  string: [
    '$.trim()',
    '$.toLowerCase()',
    '$.toUpperCase()',
    'Number($)',
    'parseInt($, 10)',
    'String($)',
    '$.length',
    '$.slice(1)',
    "$.split('')",
    '[...$]',
    '$.trimEnd()',
    '$.slice(0, -1)',
    'encodeURIComponent($)',
    'decodeURIComponent($)',
    "$.replace(/\\s+/g, ' ')",
    'parseFloat($)',
  ],
  array: [
    '[...$]',
    '$.length',
    '$.slice()',
    '$.reverse()',
    '[...$].reverse()',
    '$.sort()',
    '[...$].sort((a, b) => a - b)',
    '$.flat()',
    '$.filter(Boolean)',
    '[...new Set($)]',
    '$.slice(1)',
    '$.slice(0, -1)',
    "$.join('')",
    "$.join(' ')",
    "$.join(',')",
    "$.join(', ')",
    '$[0]',
    '$.flat(Infinity)',
    '$.map(Number)',
  ],
  object: ['{ ...$ }', 'Object.keys($)', 'Object.values($)', 'Object.entries($)', 'Object.keys($).length', 'structuredClone($)'],
  boolean: ['Boolean($)', 'Number($)'],
  function: ['$()'],
  regexp: [],
  set: ['[...$]', '$.size', 'new Set($)', '[...$].sort()', 'Array.from($)'],
  map: ['[...$]', '$.size', 'new Map($)', '[...$.values()]', '[...$.keys()]', 'Object.fromEntries($)'],
  unknown: [
    'String($)',
    'Number($)',
    '[...$]',
    '$.length',
    'Math.abs($)',
    'Math.floor($)',
    '$.trim()',
    '$.toLowerCase()',
    'Object.keys($)',
    'Object.values($)',
    '{ ...$ }',
    'Array.from($)',
    'Boolean($)',
    '[$]',
    '$.slice()',
    '$.toString()',
    'Math.round($)',
    '$.flat()',
  ],
};

/** A function or method call put round an expression, and names of the file's own one-argument functions. */
function wrap(node: ts.Expression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isPropertyAccessExpression(parent) && parent.name === node) return;
  if (api.isCallExpression(parent) && parent.expression === node) return;
  if (isWritten(node, emit) || api.isStringLiteral(node) || api.isNumericLiteral(node) || api.isParenthesizedExpression(node))
    return;
  if (
    api.isIdentifier(node) &&
    api.isPropertyAccessExpression(parent) &&
    /^(?:Math|Object|Number|String|Array|JSON|console|Promise)$/.test(node.text)
  )
    return;
  const text = emit.text(node);
  if (text.length > 120) return;
  const receiver = api.isPropertyAccessExpression(parent) && parent.expression === node;
  const source = api.isReturnStatement(parent) || api.isVariableDeclaration(parent) || api.isForOfStatement(parent) || receiver;
  const depth = source ? 0.4 : 0;
  const fraction =
    api.isBinaryExpression(node) && (node.operatorToken.kind === api.SyntaxKind.SlashToken || /\bMath\.random\(/.test(text));
  wrappers[emit.kind(node)].forEach((wrapper, i) => {
    if (receiver && (wrapper === '$.length' || wrapper.startsWith('Math') || wrapper === 'Boolean($)')) return;
    const inner = wrapper.startsWith('$') ? operand(text) : text;
    emit.replace(
      node,
      wrapper.replace('$', () => inner),
      'wrap.call',
      depth - 0.06 * i + (fraction && /Math\.(?:floor|round|trunc|ceil)/.test(wrapper) ? 1.2 : 0),
    );
  });
  for (const name of emit.scope(node)) {
    if (name.role !== 'function' && name.role !== 'import') continue;
    emit.replace(node, `${name.name}(${text})`, 'wrap.ownCall', depth);
  }
  for (const method of emit.vocabulary.methods.keys()) {
    if (
      /^(?:trim|trimStart|trimEnd|toLowerCase|toUpperCase|reverse|slice|flat|toString|keys|values|entries|sort|pop|shift)$/.test(
        method,
      )
    ) {
      emit.replace(node, `${operand(text)}.${method}()`, 'wrap.call', depth + 0.2);
    }
  }
}

function isWritten(node: ts.Expression, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isBinaryExpression(parent) && parent.left === node) {
    return (
      parent.operatorToken.kind >= api.SyntaxKind.FirstAssignment && parent.operatorToken.kind <= api.SyntaxKind.LastAssignment
    );
  }
  return (
    api.isPostfixUnaryExpression(parent) ||
    (api.isPrefixUnaryExpression(parent) &&
      (parent.operator === api.SyntaxKind.PlusPlusToken || parent.operator === api.SyntaxKind.MinusMinusToken)) ||
    api.isDeleteExpression(parent) ||
    ((api.isForOfStatement(parent) || api.isForInStatement(parent)) && parent.initializer === node) ||
    api.isShorthandPropertyAssignment(parent) ||
    api.isExpressionStatement(parent)
  );
}

/** Values that are often forgotten as an argument. */
function argumentPool(node: ts.CallExpression | ts.NewExpression, emit: Emitter): { text: string; delta: number }[] {
  const out: { text: string; delta: number }[] = [];
  for (const name of emit.scope(node)) {
    if (isValueName(name)) out.push({ text: name.name, delta: name.role === 'module' ? -1.5 : -0.1 * name.distance });
  }
  for (const text of ['0', '1', '-1', '10', "''", '[]', '{}', 'true', 'null']) out.push({ text, delta: -0.8 });
  return out;
}

function argumentChanges(node: ts.CallExpression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const args = node.arguments;
  const texts = args.map((a) => emit.text(a));
  const open = args.pos;
  const close = args.end;
  const put = (list: readonly string[], operator: string, delta = 0): void => {
    emit.edit(node, [{ start: open, end: close, text: list.join(', ') }], operator, delta);
  };
  for (let i = 0; i < args.length && i < 5; i += 1) {
    put(texts.filter((_, j) => j !== i), 'call.dropArgument', i === args.length - 1 ? 0 : -0.7); // prettier-ignore
    for (let j = i + 1; j < args.length && j < 5; j += 1) {
      const swapped = [...texts];
      swapped[i] = texts[j]!;
      swapped[j] = texts[i]!;
      if (texts[i] !== texts[j])
        put(swapped, 'call.swapArguments', compatible(emit.kind(args[i]!), emit.kind(args[j]!)) ? 0 : -1.5);
    }
  }
  if (args.length >= 3) put([...texts.slice(1), texts[0]!], 'call.swapArguments', -1);
  if (args.length < 5 && texts.every((t) => t.length < 200)) {
    for (const item of argumentPool(node, emit)) {
      if (texts.includes(item.text)) continue;
      put([...texts, item.text], 'call.addArgument', item.delta);
      if (args.length > 0) put([item.text, ...texts], 'call.addArgument', item.delta - 1);
    }
  }
  const name = api.isPropertyAccessExpression(node.expression)
    ? node.expression.name.text
    : api.isIdentifier(node.expression)
      ? node.expression.text
      : '';
  for (const text of usualArguments(name, args.length, emit))
    put([...texts, text], 'call.usualArgument', name === 'sort' || name === 'reduce' ? 0.6 : 0);
  if (/^(?:slice|substring|substr|splice)$/.test(name)) {
    if (args.length === 0) for (const text of ['0, -1', '1', '-1', '0, 1']) put([text], 'call.usualArgument', -0.3);
    if (args.length === 1) {
      put(['0', texts[0]!], 'call.usualArgument', 0.2);
      put([texts[0]!, `${operand(texts[0]!)} + 1`], 'call.usualArgument');
    }
  }
}

function usualArguments(name: string, given: number, emit: Emitter): string[] {
  if (name === 'sort' || name === 'toSorted') {
    if (given > 0) return [];
    const property = [...emit.vocabulary.properties.keys()]
      .filter((p) => !emit.vocabulary.methods.has(p) && p !== 'length')
      .slice(0, 3);
    return [
      '(a, b) => a - b',
      '(a, b) => b - a',
      '(a, b) => a.localeCompare(b)',
      '(a, b) => a[0] - b[0]',
      '(a, b) => a.length - b.length',
      ...property.map((p) => `(a, b) => a.${p} - b.${p}`),
    ];
  }
  if (name === 'reduce' || name === 'reduceRight')
    return given === 1 ? ['0', '1', "''", '[]', '{}', 'null', '-Infinity', 'Infinity'] : [];
  if (name === 'parseInt') return given === 1 ? ['10', '2', '16'] : [];
  if (name === 'join') return given === 0 ? ["''", "' '", "','", "', '", "'-'", "'\\n'"] : [];
  if (name === 'split') return given === 0 ? ["''", "' '", "','", '/\\s+/'] : [];
  if (name === 'padStart' || name === 'padEnd') return given === 1 ? ["'0'", "' '"] : [];
  if (name === 'flat') return given === 0 ? ['Infinity'] : [];
  if (name === 'toString') return given === 0 ? ['2', '16', '10', '36'] : [];
  if (name === 'toFixed') return given === 0 ? ['2', '1', '0'] : [];
  if (name === 'filter') return given === 0 ? ['Boolean'] : [];
  if (name === 'stringify') return given === 1 ? ['null, 2'] : [];
  if (name === 'fill') return given === 0 ? ['0', 'null'] : [];
  if (name === 'indexOf' || name === 'includes') return given === 1 ? ['1'] : [];
  return [];
}

/** Takes a call away: `f(x)` to `x`, `x.m()` to `x`. */
function unwrap(node: ts.CallExpression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isPropertyAccessExpression(node.expression)) {
    const object = node.expression.expression;
    if (!(api.isIdentifier(object) && /^[A-Z]/.test(object.text))) emit.replace(node, emit.text(object), 'call.unwrap');
  }
  node.arguments.slice(0, 3).forEach((argument, i) => {
    if (!api.isArrowFunction(argument) && !api.isFunctionExpression(argument))
      emit.replace(node, emit.text(argument), 'call.unwrap', i === 0 ? 0 : -0.7);
  });
}

/** A receiver that is changed in place is copied first: `x.sort()` to `[...x].sort()`. */
function copyFirst(node: ts.CallExpression, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (!api.isPropertyAccessExpression(node.expression)) return;
  const { name, expression } = node.expression;
  if (/^(?:sort|reverse|splice|push|unshift|fill|pop|shift)$/.test(name.text) && api.isIdentifier(expression)) {
    emit.replace(expression, `[...${expression.text}]`, 'copy.first', /^(?:sort|reverse)$/.test(name.text) ? 0.5 : -0.5);
  }
}

function awaitAndSpread(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isAwaitExpression(node)) {
    emit.replace(node, emit.text(node.expression), 'await.drop');
    return;
  }
  if (api.isSpreadElement(node)) {
    emit.edit(node, [{ start: node.getStart(emit.unit.file), end: node.end, text: emit.text(node.expression) }], 'spread.drop');
    return;
  }
  if (!api.isCallExpression(node)) return;
  if (!api.isAwaitExpression(node.parent) && insideAsync(node, emit))
    emit.replace(node, `await ${emit.text(node)}`, 'await.add', 0.5);
  for (const argument of node.arguments) {
    if (
      !api.isSpreadElement(argument) &&
      /^(?:max|min|push|unshift|concat)$/.test(api.isPropertyAccessExpression(node.expression) ? node.expression.name.text : '')
    ) {
      const kind = emit.kind(argument);
      if (kind === 'array' || kind === 'unknown')
        emit.edit(
          argument,
          [{ start: argument.getStart(emit.unit.file), end: argument.end, text: `...${emit.text(argument)}` }],
          'spread.add',
        );
    }
  }
}

function insideAsync(node: ts.Node, emit: Emitter): boolean {
  const { ts: api } = emit.unit;
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent as ts.Node | undefined) {
    if (api.isFunctionLike(at)) return (api.getCombinedModifierFlags(at) & api.ModifierFlags.Async) !== 0;
  }
  return false;
}

/** Call changes at one node. */
export function callChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  if (api.isCallExpression(node)) {
    argumentChanges(node, emit);
    unwrap(node, emit);
    copyFirst(node, emit);
  }
  awaitAndSpread(node, emit);
  if (isValueExpression(node, emit)) wrap(node, emit);
}

/** Expressions worth wrapping: names, accesses, calls and arithmetic where a value is used. */
export function isValueExpression(node: ts.Node, emit: Emitter): node is ts.Expression {
  const { ts: api } = emit.unit;
  if (api.isIdentifier(node)) {
    const { parent } = node;
    if (api.isVariableDeclaration(parent) || api.isParameter(parent) || api.isBindingElement(parent))
      return parent.initializer === node;
    if (api.isPropertyAccessExpression(parent)) return parent.expression === node;
    if (api.isPropertyAssignment(parent)) return parent.initializer === node;
    if (api.isFunctionLike(parent)) return api.isArrowFunction(parent) && parent.body === node;
    return (
      api.isExpression(parent) ||
      api.isReturnStatement(parent) ||
      api.isIfStatement(parent) ||
      api.isForOfStatement(parent) ||
      api.isTemplateSpan(parent)
    );
  }
  if (api.isBinaryExpression(node)) {
    const token = node.operatorToken.kind;
    return !(token >= api.SyntaxKind.FirstAssignment && token <= api.SyntaxKind.LastAssignment);
  }
  return (
    api.isPropertyAccessExpression(node) ||
    api.isElementAccessExpression(node) ||
    api.isCallExpression(node) ||
    api.isTemplateExpression(node)
  );
}
