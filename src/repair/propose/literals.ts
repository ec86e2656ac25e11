/** Changes of literals: numbers, strings, booleans, empty values, regular expressions. */
import type ts from 'typescript';
import { isValueName } from '../source/scope';
import type { Emitter } from './emitter';

function numberChanges(node: ts.NumericLiteral, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const value = Number(node.text);
  const negative = api.isPrefixUnaryExpression(node.parent) && node.parent.operator === api.SyntaxKind.MinusToken;
  const target: ts.Node = negative ? node.parent : node;
  const current = negative ? -value : value;
  const done = new Set<string>([String(current)]);
  const put = (text: string, operator: string, delta = 0): void => {
    if (done.has(text)) return;
    done.add(text);
    emit.replace(target, text, operator, delta);
  };
  if (Number.isInteger(value)) {
    put(String(current + 1), 'literal.offByOne');
    put(String(current - 1), 'literal.offByOne');
  }
  if (current !== 0) put(String(-current), 'literal.negate');
  for (const common of [0, 1, -1, 2]) put(String(common), 'literal.common');
  for (const text of emit.vocabulary.numbers.keys())
    put(text, 'literal.fromFile', -Math.abs(magnitude(Number(text)) - magnitude(value)) * 0.3);
  for (const item of emit.vocabulary.evidence) {
    if (item.kind === 'number') put(item.text, 'literal.fromTests');
  }
  if (value !== 0) {
    for (const factor of [10, 0.1, 2, 0.5, 100, 60, 1000, 24, 7]) {
      const scaled = current * factor;
      if (Number.isInteger(scaled) || factor < 1) put(String(Number(scaled.toPrecision(12))), 'literal.scaled');
    }
  }
  if (Number.isInteger(value)) {
    put(String(current + 2), 'literal.near');
    put(String(current - 2), 'literal.near');
    if (value >= 10) {
      for (const d of [3, 5, 10]) {
        put(String(current + d), 'literal.near', -0.5);
        put(String(current - d), 'literal.near', -0.5);
      }
    }
  }
  for (const name of emit.scope(node)) {
    if (!isValueName(name) || name.role === 'module') continue;
    const kind = emit.vocabulary.names.get(name.name) ?? 'unknown';
    if (kind === 'number' || kind === 'unknown')
      put(name.name, 'literal.toName', (kind === 'number' ? 0 : -0.5) - 0.15 * name.distance);
    if (kind === 'array' || kind === 'string') put(`${name.name}.length`, 'literal.toName', -1.2 - 0.15 * name.distance);
  }
  put('Infinity', 'literal.limit');
  put('-Infinity', 'literal.limit');
  put('NaN', 'literal.limit', -1);
  put('null', 'literal.limit', -1);
}

function magnitude(value: number): number {
  return Math.log10(Math.abs(value) + 1);
}

function quoted(emit: Emitter, value: string): string {
  const { quote } = emit.vocabulary;
  const body = JSON.stringify(value).slice(1, -1);
  return quote === '"' ? `"${body}"` : `'${body.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function stringChanges(node: ts.StringLiteralLike, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { parent } = node;
  if (api.isImportDeclaration(parent) || api.isExportDeclaration(parent) || api.isLiteralTypeNode(parent)) return;
  const isRequire = api.isCallExpression(parent) && api.isIdentifier(parent.expression) && parent.expression.text === 'require';
  const isDirective = api.isExpressionStatement(parent);
  if (isRequire || isDirective) return;
  const done = new Set<string>([emit.text(node), quoted(emit, node.text)]);
  const put = (text: string, operator: string, delta = 0): void => {
    if (done.has(text)) return;
    done.add(text);
    emit.replace(node, text, operator, delta);
  };
  const { text } = node;
  for (const common of ['', ' ', ',', ', ', '-', '_', '.', '/', ':', '\n', '0']) {
    const near = text.length <= 2 ? 0 : -1.5;
    put(quoted(emit, common), 'literal.string', near);
  }
  const whole = api.isPrefixUnaryExpression(parent) ? -1 : 0;
  for (const other of emit.vocabulary.strings.keys()) put(other, 'literal.fromFile', whole - (other.length > 20 ? 1 : 0));
  for (const item of emit.vocabulary.evidence) {
    if (item.kind === 'string' && item.text.length <= 14) put(quoted(emit, item.text.slice(1, -1)), 'literal.fromTests');
  }
  for (const name of emit.scope(node)) {
    if (!isValueName(name) || name.role === 'module') continue;
    const kind = emit.vocabulary.names.get(name.name) ?? 'unknown';
    if (kind === 'string' || kind === 'unknown')
      put(name.name, 'literal.toName', (kind === 'string' ? 0.3 : -0.7) - 0.15 * name.distance);
  }
  const variants = [
    text.toLowerCase(),
    text.toUpperCase(),
    text.trim(),
    ` ${text}`,
    `${text} `,
    text.slice(1),
    text.slice(0, -1),
    text + text,
  ];
  for (const variant of variants) put(quoted(emit, variant), 'literal.stringShape');
  if (text.length <= 14) {
    const neighbours = ['a', 'e', 'i', 'o', 'u', 's', '0', '9', 'z'];
    for (const c of neighbours) put(quoted(emit, text + c), 'literal.stringShape', -2);
  }
  for (const kind of ['number', 'string', 'boolean', 'object', 'function', 'undefined']) {
    if (api.isBinaryExpression(parent) && (api.isTypeOfExpression(parent.left) || api.isTypeOfExpression(parent.right)))
      put(quoted(emit, kind), 'literal.typeof');
  }
}

function regexpChanges(node: ts.RegularExpressionLiteral, emit: Emitter): void {
  const text = emit.text(node);
  const close = text.lastIndexOf('/');
  const body = text.slice(1, close);
  const flags = text.slice(close + 1);
  const put = (newBody: string, newFlags: string, delta = 0): void => {
    if (newBody !== '') emit.replace(node, `/${newBody}/${newFlags}`, 'literal.regexp', delta);
  };
  for (const flag of ['g', 'i', 'u', 'm', 's']) {
    const usual = flag === 'g' || flag === 'i' ? 0.8 : -1;
    put(
      body,
      flags.includes(flag)
        ? flags.replace(flag, '')
        : Array.from(flags + flag)
            .sort()
            .join(''),
      usual,
    );
  }
  if (!body.startsWith('^')) put(`^${body}`, flags, 0.3);
  else put(body.slice(1), flags, 0.3);
  if (!body.endsWith('$') || body.endsWith('\\$')) put(`${body}$`, flags, 0.3);
  else put(body.slice(0, -1), flags, 0.3);
  if (body.includes('|')) put(`^(?:${body})$`, flags, -0.5);
  let inClass = false;
  for (let i = 0; i < body.length; i += 1) {
    const c = body[i]!;
    const before = body.slice(0, i);
    const after = body.slice(i + 1);
    if (c === '\\') {
      const next = body[i + 1] ?? '';
      for (const other of ['d', 'w', 's', 'D', 'W', 'S', 'b', 'B']) {
        if (/[dwsDWSbB]/.test(next) && other !== next)
          put(`${before}\\${other}${body.slice(i + 2)}`, flags, other.toLowerCase() === next.toLowerCase() ? 0.3 : -0.3);
      }
      if (!/[dwsDWSbB\d]/.test(next)) put(before + body.slice(i + 1), flags, -1);
      i += 1;
      if (!inClass) quantify(body, i + 1);
      continue;
    }
    if (c === '[' && !inClass) {
      inClass = true;
      put(body[i + 1] === '^' ? `${before}[${body.slice(i + 2)}` : `${before}[^${after}`, flags);
      continue;
    }
    if (c === ']' && inClass) {
      inClass = false;
      for (const extra of ['A-Z', 'a-z', '0-9', '_', '\\s', '.', '-']) put(`${before}${extra}]${after}`, flags, -0.7);
      quantify(body, i + 1);
      continue;
    }
    if (!inClass && /[+*?]/.test(c)) {
      for (const other of ['+', '*', '?', '']) {
        if (other !== c) put(before + other + after, flags, other === '' ? -0.3 : 0.3);
      }
      if (body[i + 1] !== '?') put(`${before}${c}?${after}`, flags, -0.3);
      continue;
    }
    if (!inClass && c === '.') put(`${before}\\.${after}`, flags, 0);
    if (!inClass && c === ')') quantify(body, i + 1);
    if (inClass && !/[\^-]/.test(c) && body[i + 1] !== '-' && body[i - 1] !== '-') put(before + after, flags, -1);
    if (/[0-9]/.test(c) && !inClass) {
      put(before + String((Number(c) + 1) % 10) + after, flags, -0.5);
      put(before + String((Number(c) + 9) % 10) + after, flags, -0.5);
    }
  }
  function quantify(all: string, at: number): void {
    if (/^[+*?{]/.test(all.slice(at))) return;
    for (const q of ['+', '*', '?']) put(all.slice(0, at) + q + all.slice(at), flags, q === '+' ? 0.2 : -0.3);
  }
}

/** Literal changes at one node. */
export function literalChanges(node: ts.Node, emit: Emitter): void {
  const { ts: api } = emit.unit;
  const { SyntaxKind } = api;
  if (api.isNumericLiteral(node)) numberChanges(node, emit);
  else if (api.isStringLiteral(node) || api.isNoSubstitutionTemplateLiteral(node)) stringChanges(node, emit);
  else if (api.isRegularExpressionLiteral(node)) regexpChanges(node, emit);
  else if (node.kind === SyntaxKind.TrueKeyword) emit.replace(node, 'false', 'literal.boolean');
  else if (node.kind === SyntaxKind.FalseKeyword) emit.replace(node, 'true', 'literal.boolean');
  else if (node.kind === SyntaxKind.NullKeyword) {
    for (const other of ['undefined', '0', "''", '[]', '{}', 'false'])
      emit.replace(node, other, 'literal.empty', other === '{}' ? -1 : 0);
  } else if (api.isIdentifier(node) && node.text === 'undefined') {
    for (const other of ['null', '0', "''", '[]', 'false']) emit.replace(node, other, 'literal.empty');
  } else if (api.isIdentifier(node) && node.text === 'Infinity') {
    const negative = api.isPrefixUnaryExpression(node.parent);
    if (!negative) emit.replace(node, '-Infinity', 'literal.limit', 2);
    emit.replace(node, '0', 'literal.limit', 1);
  } else if (api.isArrayLiteralExpression(node) && !api.isBinaryExpression(node.parent)) {
    if (node.elements.length > 0) dropElements(node, emit);
  } else if (api.isTemplateExpression(node)) {
    templateChanges(node, emit);
  }
}

function dropElements(node: ts.ArrayLiteralExpression, emit: Emitter): void {
  const texts = node.elements.map((e) => emit.text(e));
  for (let i = 0; i < texts.length && i < 8; i += 1) {
    emit.replace(node, `[${texts.filter((_, j) => j !== i).join(', ')}]`, 'literal.element', -0.5);
    if (i + 1 < texts.length) {
      const swapped = [...texts];
      swapped[i] = texts[i + 1]!;
      swapped[i + 1] = texts[i]!;
      emit.replace(node, `[${swapped.join(', ')}]`, 'literal.element');
    }
    const spread = node.elements[i]!;
    if (!emit.unit.ts.isSpreadElement(spread) && emit.kind(spread) !== 'number' && emit.kind(spread) !== 'string') {
      emit.replace(node, `[${texts.map((t, j) => (i === j ? `...${t}` : t)).join(', ')}]`, 'literal.element', -0.5);
    } else if (emit.unit.ts.isSpreadElement(spread)) {
      emit.replace(node, `[${texts.map((t, j) => (i === j ? t.slice(3) : t)).join(', ')}]`, 'literal.element', -0.5);
    }
  }
  emit.replace(node, `[${[...texts].reverse().join(', ')}]`, 'literal.element', -0.3);
}

/** Text parts of a template: separators and brackets around the holes. */
function templateChanges(node: ts.TemplateExpression, emit: Emitter): void {
  const pieces: ts.TemplateLiteralLikeNode[] = [node.head, ...node.templateSpans.map((s) => s.literal)];
  const { SyntaxKind } = emit.unit.ts;
  for (const piece of pieces) {
    const start = piece.getStart(emit.unit.file);
    const from = start + 1;
    const to = piece.end - (piece.kind === SyntaxKind.TemplateTail ? 1 : 2);
    const text = emit.unit.text.slice(from, to);
    for (const other of ['', ' ', ', ', ',', '-', ':', ': ', '.', '/', ' - ', text.trim()]) {
      if (other !== text) emit.edit(piece, [{ start: from, end: to, text: other }], 'literal.template', text.length > 3 ? -1 : 0);
    }
  }
}
