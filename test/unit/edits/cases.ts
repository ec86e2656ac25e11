/** For each kind: programs that define `f` and what to call it with, and sources that it must leave alone. */
export interface Cases {
  /** [source, calls of f as argument lists]. */
  readonly changed: readonly (readonly [string, readonly string[]])[];
  readonly refused: readonly string[];
}

export const cases: Readonly<Record<string, Cases>> = {
  rename: {
    changed: [
      ['function f(opts) { const { a } = opts; return { a, opts }; }', ['{ a: 1 }']],
      ['function f(x) { let y = 0; ({ y } = x); return y; }', ['{ y: 3 }']],
    ],
    refused: ['let top = 1;', 'function f() { const g = () => 1; return g.name; }'],
  },
  'extract-constant': {
    changed: [['function f(x) {\n  if (x > 40) return "long";\n  return x * 40;\n}', ['1', '50']]],
    refused: ['function f(x) {\n  return { "some-key": x }["a"] === typeof x && x[0];\n}', 'const a = 40;'],
  },
  'inline-variable': {
    changed: [
      ['function f(x) {\n  const y = x + 1;\n  return y * 2;\n}', ['3']],
      ['function f(o) {\n  const p = o?.a;\n  return p.b;\n}', ['{ a: { b: 1 } }']],
    ],
    refused: [
      'function f(o) {\n  const m = o.m;\n  return m(1);\n}',
      'function f(x) {\n  const y = g();\n  return x() + y;\n}',
      'function f() {\n  const h = () => 1;\n  return h.name;\n}',
      'function f(x) {\n  const y = x;\n  return y + y;\n}',
    ],
  },
  'add-jsdoc': {
    changed: [['function sumOf(a, b = 2) {\n  return a + b;\n}\nconst f = sumOf;', ['1']]],
    refused: ['/** Known. */\nfunction sumOf(a) {\n  return a;\n}'],
  },
  'add-return-type': {
    changed: [],
    refused: ['function f(a) { return a; }', 'function f(a) { if (a) return 1; }', 'async function f() { return 1; }'],
  },
  'then-to-await': {
    changed: [
      ['async function f(p) {\n  return Promise.resolve(p).then((x) => {\n    const y = x + 1;\n    return y;\n  });\n}', ['1']],
      [
        'async function load(x) {\n  if (!x) throw new Error("no");\n  return x;\n}\nfunction f(x) {\n  return load(x).then((y) => y * 2);\n}',
        ['2', '0'],
      ],
    ],
    refused: [
      'function f(p) {\n  return p().then((x) => x);\n}',
      'async function f(p) {\n  try {\n    return p.then((x) => x);\n  } catch {}\n}',
      'async function f(x) {\n  return x.then((x) => x);\n}',
      'async function f(p) {\n  return p.then((x) => x, (e) => e);\n}',
    ],
  },
  'spread-call': {
    changed: [
      ['function f() { return Math.max.apply(null, arguments); }', ['1, 5, 2']],
      ['function f(...a) { const o = { n: 2, m(x, y) { return this.n + x + y; } }; return o.m.apply(o, a); }', ['1, 2']],
    ],
    refused: [
      'function f(g, a) { return g.apply(null, [1]); }',
      'function f(o, a) { return o.m.apply(a, [1]); }',
      'function f(a) { return Math.max.apply(null, a); }',
    ],
  },
  'spread-array': {
    changed: [['function f(s) { const a = s.split(""); return [0].concat(a, [1, 2]); }', ['"ab"']]],
    refused: ['function f(a) { return [1].concat(a); }'],
  },
  'spread-object': {
    changed: [['const f = (a) => Object.assign({ x: 1 }, a, { y: 2 });', ['{ x: 5, z: 1 }', 'null']]],
    refused: [
      'function f(a, b) { return Object.assign(a, b); }',
      'function f(a) { return Object.assign({ get x() { return 1; } }, a); }',
      'function f(Object) { return Object.assign({}, 1); }',
    ],
  },
  includes: {
    changed: [['function f(a) { return a.indexOf("x") !== -1 && !(a.indexOf("y") < 0); }', ['["x", "y"]', '"ax"', '[]']]],
    refused: [
      'function f(a, x) { return a.indexOf(x) !== -1; }',
      'function f(a) { return a.indexOf("x") > 0; }',
      'function f(a) { return a.indexOf("x", 2) >= 0; }',
    ],
  },
  'starts-with': {
    changed: [['function f(a) { return a.charAt(0) === "x" || `${a}`.slice(0, 2) !== "ab"; }', ['"x"', '"abc"', '""']]],
    refused: [
      'function f(a) { return a.slice(0, 2) === "ab"; }',
      'function f(a) { return a.charAt(1) === "x"; }',
      'function f(a) { return a.indexOf("x") === 0; }',
    ],
  },
  'object-shorthand': {
    changed: [['function f(a) { const { b: b } = a; return { a: a, b: b }; }', ['{ b: 2 }']]],
    refused: ['function f(__proto__) { return { __proto__: __proto__, a: 1 }; }', '({ a: b })'],
  },
  'early-return': {
    changed: [
      ['function f(log, x) {\n  if (x < 3) {\n    const y = x;\n    log.push(y);\n  }\n}', ['[], 1', '[], 5', '[], NaN']],
      [
        'function f(log, a) {\n  for (const x of a) {\n    if (x !== 2) {\n      log.push(x);\n      log.push(-x);\n    }\n  }\n}',
        ['[], [1, 2, 3]'],
      ],
    ],
    refused: [
      'function f(x, y) {\n  if (x) {\n    const y = 1;\n    g(y);\n  }\n}',
      'function f(x) {\n  if (x) {\n    a();\n    b();\n  }\n  c();\n}',
      'function f(x) {\n  if (x) {\n    a(`\n`);\n    b();\n  }\n}',
    ],
  },
  'no-else-return': {
    changed: [
      ['function f(x) {\n  if (x) {\n    return 1;\n  } else {\n    const y = 2;\n    return y;\n  }\n}', ['0', '1']],
      [
        'function f(x) {\n  if (x > 1) {\n    return 1;\n  } else if (x > 0) {\n    return 2;\n  }\n  return 3;\n}',
        ['0', '1', '2'],
      ],
    ],
    refused: [
      'function f(x) {\n  if (x) {\n    g();\n  } else {\n    return 2;\n  }\n}',
      'function f(x, y) {\n  if (x) {\n    return y;\n  } else {\n    let y = 1;\n    g(y);\n  }\n  return y;\n}',
    ],
  },
  'if-to-ternary': {
    changed: [['function f(x) {\n  if (x) {\n    return "a";\n  }\n  return x;\n}', ['0', '1']]],
    refused: [
      'function f(x) {\n  if (x) return true;\n  return false;\n}',
      'function f(x) {\n  if (x) return 1;\n  g();\n  return 2;\n}',
    ],
  },
  'simplify-boolean': {
    changed: [
      ['function f(x) {\n  const y = x ? true : false;\n  if (x > 1) return false;\n  else return true;\n}', ['0', '2', '"a"']],
      ['function f(x) { return x ? true : false; }', ['0', '"a"']],
      ['function f(x) { return !x ? false : true; }', ['0', '"a"']],
    ],
    refused: ['function f(x) { return x ? true : 0; }'],
  },
  'add-braces': {
    changed: [['function f(x) {\n  if (x > 1) return 1;\n  else x += 2;\n  while (x < 9) x++;\n  return x;\n}', ['0', '2']]],
    refused: ['if (a) { b(); }', 'if (a) // why\n  b();'],
  },
  'invert-if': {
    changed: [['function f(x) { if (x !== 1) { return "a"; } else { return "b"; } }', ['1', '2', 'NaN']]],
    refused: ['if (a < b) { c(); } else { d(); }', 'if (!a) { c(); }'],
  },
  'var-to-const-let': {
    changed: [
      ['function f(n) { var a = 1, s = 0; for (var i = 0; i < n; i++) { var sq = i * i; s += sq; } return s + a; }', ['3']],
      // At the top of a module, whose scope is the file's own.
      ['var exports = {};\nvar step = 2;\nfunction f(x) { return x + step; }\nexports.f = f;', ['3']],
    ],
    refused: [
      'function f(c) { if (c) { var x = 1; } return x; }',
      'function f() { g(); var x = 1; function g() { return x; } return x; }',
      'function f(a) { for (var i = 0; i < 3; i++) a.push(() => i); }',
      'function f(n) { while (n--) { var x; if (x) return x; x = n; } }',
      'function f(a) { var a = a || 1; return a; }',
      'function f(k) { switch (k) { case 1: var x = 1; default: return x; } }',
      'var global = 1;',
      'function f() { var x = 1; var x = 2; return x; }',
      'function f() { var x = 1; return eval("x"); }',
    ],
  },
  'let-to-const': {
    changed: [['function f(x) { let y = x + 1; return y; }', ['1']]],
    refused: ['function f() { let x; x = 1; return x; }', 'function f() { let x = 1; [x] = [2]; return x; }'],
  },
  'split-declarations': {
    changed: [['function f(x) {\n  const a = x, b = a + 1;\n  return b;\n}', ['1']]],
    refused: ['for (let i = 0, j = 1; i < j; i++);', 'const a = 1;'],
  },
  destructure: {
    changed: [['function f(o) {\n  const a = o.a;\n  const c = o.b;\n  return [a, c];\n}', ['{ a: 1, b: 2 }', 'null']]],
    refused: [
      'function f(o) {\n  const a = o?.a;\n  return a;\n}',
      'function f(o) {\n  const a = o?.p.a;\n  return a;\n}',
      'function f(o) {\n  const x = o.a;\n  return x;\n}',
    ],
  },
  'function-to-arrow': {
    changed: [
      [
        'function f(a) { const g = function (x) { return x + 1; }; return a.map(function (x) { return g(x) * 2; }); }',
        ['[1, 2]'],
      ],
    ],
    refused: [
      'a.map(function () { return this; })',
      'a.map(function* () {})',
      'g(function () {})',
      'a.map(function () { return () => arguments; })',
      'function f() { const G = function () {}; return new G(); }',
    ],
  },
  'concise-arrow': {
    changed: [['const f = (x) => {\n  return { x };\n};', ['1']]],
    refused: ['const f = (x) => { return; };', 'const f = (x) => { /* why */ return x; };'],
  },
  'arrow-to-block': { changed: [['const f = (x) => ({ x });', ['1']]], refused: ['const f = (x) => { return x; };'] },
  'default-parameter': {
    changed: [
      ['function f(a, b) {\n  if (b === undefined) b = a + 1;\n  return [a, b];\n}', ['1', '1, undefined', '1, null', '1, 5']],
      ['function f(a) {\n  a = typeof a === "undefined" ? [] : a;\n  return a;\n}', ['', '0']],
    ],
    refused: [
      'function f(a) {\n  if (a === undefined) a = g();\n  return a;\n}',
      'function f(a) {\n  a = a || 1;\n  return a;\n}',
      'function f(a, b) {\n  if (a === undefined) a = b;\n  return a;\n}',
      'function f(a) {\n  if (a === undefined) a = 1;\n  return arguments.length;\n}',
    ],
  },
  'loop-to-for-of': {
    changed: [
      [
        'function f(...items) {\n  let s = 0;\n  for (let i = 0; i < items.length; i++) {\n    const x = items[i];\n    s += x;\n  }\n  return s;\n}',
        ['1, 2, 3', ''],
      ],
      [
        'function f(text) { const words = text.split(" "); const out = []; for (var i = 0; i < words.length; i++) { out.push(words[i].trim()); } return out; }',
        ['"a b c"'],
      ],
    ],
    refused: [
      'function f(a) { for (let i = 0; i < a.length; i++) g(a[i]); }',
      'function f(...a) { for (let i = 0; i < a.length; i++) a[i] = 0; }',
      'function f(...a) { for (let i = 0; i < a.length; i++) g(a[i], i); }',
      'function f(...a) { for (let i = 0; i < a.length; i++) { h(); g(a[i]); } }',
      'function f(...a) { for (let i = 1; i < a.length; i++) g(a[i]); }',
    ],
  },
  'foreach-to-for-of': {
    changed: [
      [
        'function f(o) { const out = []; Object.keys(o).forEach((k) => { k = k + 1; out.push(k); }); return out; }',
        ['{ a: 1, b: 2 }'],
      ],
    ],
    refused: [
      'function f(a) { a.forEach((x) => { g(x); }); }',
      'function f(o) { Object.keys(o).forEach((k) => { if (k) return; g(k); }); }',
      'function f(o) { Object.keys(o).forEach((k, i) => { g(k, i); }); }',
    ],
  },
  'loop-to-map': {
    changed: [
      [
        'function f(s) {\n  const out = [];\n  for (const x of s.split("")) {\n    out.push({ x });\n  }\n  return out;\n}',
        ['"ab"'],
      ],
    ],
    refused: [
      'function f(a) {\n  const out = [];\n  for (const x of a) out.push(x);\n  return out;\n}',
      'async function f(s) {\n  const out = [];\n  for (const x of s.split("")) out.push(await x);\n  return out;\n}',
      'function f(s) {\n  const out = [];\n  for (const x of s.split("")) out.push(out.length);\n  return out;\n}',
    ],
  },
  'template-literal': {
    changed: [['function f(x) { return "a`${" + x.length + "$" + String(x) + \'it\\\'s\' + typeof x; }', ['"b"', '[1]']]],
    refused: [
      'function f(x) { return "a" + x; }',
      'function f(x) { return x.length + x.length + "a"; }',
      'function f() { return "a" + "b"; }',
    ],
  },
  'optional-chaining': {
    changed: [
      [
        'function f(a) { if (a && a.b && a.b.c === 1) return 1; return a != null && a.length ? 2 : 3; }',
        ['null', 'undefined', '0', '""', '{ b: 0 }', '{ b: { c: 1 } }', '[1]'],
      ],
    ],
    refused: [
      'function f(a) { return a && a.b; }',
      'function f(a) { if (a && a.b()) return 1; }',
      'function f(a) { if (a && a.trim) return 1; }',
      'function f(a) { if (a && a.b !== 1) return 1; }',
    ],
  },
  'nullish-coalescing': {
    changed: [
      [
        'function f(a, b) { const x = a !== null && a !== undefined ? a : b || 7; if (b == null) b = 2; return [x, b]; }',
        ['null', '0, 1', 'undefined, 3', '""'],
      ],
    ],
    refused: [
      'function f(a, b) { return a ? a : b; }',
      'function f(a, b) { return a !== null ? a : b; }',
      'function f(a, b) { return a() != null ? a() : b; }',
    ],
  },
  'strict-equality': {
    changed: [['function f(x) { return typeof x == "string" || x.length != 2; }', ['"a"', '[1, 2]', '{ length: "2x" }']]],
    refused: ['a == b', 'a == null', 'a == 1'],
  },
  'compound-assignment': {
    changed: [['function f(x) { x = x + 1 * 2; x = x || 4; return x; }', ['1', '-2', '"a"']]],
    refused: ['g = g + 1', 'function f(x) { x = 1 + x; x.a = x.a + 1; }', 'function f(x) { x = x - 1 - 2; }'],
  },
  'power-operator': {
    changed: [['function f(x) { return -Math.pow(-x, 2) + Math.pow(2, Math.pow(x, 2)) ** 2; }', ['1', '2']]],
    refused: ['function f(Math) { return Math.pow(1, 2); }', 'Math.pow(...a, 1)'],
  },
  'literal-on-the-right': {
    changed: [['function f(x) { return [5 < x, null === x, "a" !== x]; }', ['1', '9', 'null', '"a"']]],
    refused: ['x === 5', '1 === 2'],
  },
  'optional-catch-binding': {
    changed: [['function f() { try { null.x; } catch (e) { return 1; } }', ['']]],
    refused: ['try { a(); } catch (e) { b(e); }'],
  },
  'object-has-own': {
    changed: [['function f(o) { return Object.prototype.hasOwnProperty.call(o, "a"); }', ['{ a: 1 }', '{}']]],
    refused: ['o.hasOwnProperty("a")'],
  },
  'dot-notation': { changed: [['function f(o) { return o["a"]; }', ['{ a: 1 }']]], refused: ['o["a-b"]', 'o[a]', 'o?.["a"]'] },
};
