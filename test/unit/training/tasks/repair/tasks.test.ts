import assert from 'node:assert/strict';
import vm from 'node:vm';
import { loadTypescript } from '../../../../../src/edits/source';
import type { CorpusDocument } from '../../../../../src/training/corpus/shards';
import { runCalls, type CallJob } from '../../../../../src/training/tasks/repair/calls';
import { literalOf } from '../../../../../src/training/tasks/repair/literal';
import { standaloneFunction } from '../../../../../src/training/tasks/repair/standalone';
import { makeRepairTasks, solves } from '../../../../../src/training/tasks/repair/tasks';

const api = loadTypescript();
const clamp = 'function clamp(x, min, max) {\n  if (x < min) return min;\n  return x > max ? max : x;\n}';
const document = (text: string, path = 'lib/a.js#1'): CorpusDocument => ({ package: 'p', path, text });

function job(id: number, text: string, name: string, calls: string[], milliseconds = 200): CallJob {
  return { id, text, name, calls, milliseconds };
}

describe('literals of values', () => {
  const values: unknown[] = [
    0,
    -0,
    1.5,
    NaN,
    -Infinity,
    'it\'s "so"\n\u{1f600}\\',
    '',
    true,
    null,
    undefined,
    12n,
    [],
    [1, [2, '3']],
    {},
    { a: 1, 'b-c': [null], d: { e: undefined } },
  ];
  for (const value of values)
    it(`an equal value comes back: ${String(literalOf(value))}`, () => {
      const literal = literalOf(value);
      assert.notEqual(literal, null);
      assert.deepStrictEqual((0, eval)(`(${literal!})`), value);
    });

  it('what was made in another context has the same literal', () => {
    assert.equal(literalOf(vm.runInNewContext('({ a: [1, { b: 2 }] })')), '{ a: [1, { b: 2 }] }');
  });

  it('what has none gets none', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const holed = [1];
    holed[2] = 3;
    for (const value of [
      () => 1,
      Symbol('a'),
      new Map(),
      new Date(),
      /a/,
      cyclic,
      holed,
      'x'.repeat(200),
      {
        get a() {
          return 1;
        },
      },
      Object.create(null),
    ])
      // prettier-ignore
      assert.equal(literalOf(value), null);
  });
});

describe('functions that stand alone', () => {
  const found = (text: string, path = 'a.js'): string | undefined => standaloneFunction(api, path, text)?.name;

  it('declarations, constants and methods that read only their arguments and pure globals', () => {
    assert.equal(found(clamp), 'clamp');
    assert.equal(found('const twice = (x) => {\n  const y = Math.max(x, 0);\n  return y * 2;\n};'), 'twice');
    const method = standaloneFunction(api, 'a.js', 'static lerp(a, b, t) {\n  return a + (b - a) * t;\n}');
    assert.equal(method?.text.startsWith('function lerp(a, b, t)'), true);
    assert.deepEqual(method.parameters, ['a', 'b', 't']);
  });

  it('not those that need something else', () => {
    const body = (line: string): string => `function f(x) {\n  ${line}\n}`;
    for (const line of [
      'return helper(x);',
      'return this.y + x;',
      'return Date.now() + x;',
      'return process.exit(x);',
      'return import(x);',
      'const { a: b } = x; return a;',
      'return eval(x);',
    ])
      assert.equal(found(body(line)), undefined, line);
    assert.equal(found(body('label: for (const { y: z } of x) { if (z) break label; }\n  return { x, q: 1 };')), 'f');
    assert.equal(found(clamp.replace('function', 'async function')), undefined);
    assert.equal(found(clamp, 'a.ts'), undefined);
  });
});

describe('calls in a sandboxed process', function () {
  this.timeout(120_000);

  it('each function gets its own outcomes, whatever another does', async () => {
    const outcomes = await runCalls([
      job(7, clamp, 'clamp', ['1, 2, 3', '5, 2, 3']),
      job(3, 'function loop(x) { while (x) {} return 1; }', 'loop', ['0', '1', '0'], 50),
      job(4, 'function boom(x) { throw new RangeError("no " + x); }', 'boom', ['1']),
      job(5, 'function broken( {', 'broken', ['']),
      job(6, 'function kill(x) { const a = []; for (;;) a.push(new Array(1e6).fill(x)); }', 'kill', ['1'], 60_000),
      job(8, 'function reach() { return typeof require + typeof process + typeof fetch; }', 'reach', ['']),
      job(9, clamp, 'clamp', ['9, 2, 3']),
    ]);
    assert.deepEqual(outcomes[0], [
      { kind: 'value', text: '2' },
      { kind: 'value', text: '3' },
    ]);
    assert.deepEqual(outcomes[1], [{ kind: 'value', text: '1' }, { kind: 'timeout' }, { kind: 'timeout' }]);
    assert.deepEqual(outcomes[2], [{ kind: 'error', name: 'RangeError', text: 'no 1' }]);
    assert.equal(outcomes[3]![0]!.kind, 'error');
    assert.equal(outcomes[4]![0]!.kind, 'other');
    assert.deepEqual(outcomes[5], [{ kind: 'value', text: "'undefinedundefinedundefined'" }]);
    assert.deepEqual(outcomes[6], [{ kind: 'value', text: '3' }]);
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    setTimeout(() => { stop.abort(new Error('enough')); }, 300); // prettier-ignore
    await assert.rejects(runCalls([job(1, 'function loop() { for (;;); }', 'loop', [''], 60_000)], stop.signal), /enough/);
  });
});

describe('repair tasks', function () {
  this.timeout(120_000);

  it('every mistake is noticed by the calls that the right text fulfils, and the same seed makes the same tasks', async () => {
    const documents = [
      document(clamp),
      document(clamp),
      document('function dull(x) {\n  const y = x;\n  return undefined;\n}'),
      document(
        'function initials(name) {\n  return name\n    .split(" ")\n    .map((word) => word.charAt(0).toUpperCase())\n    .join("");\n}',
      ),
    ];
    const options = { seed: 3, mistakes: 4 };
    const tasks = await makeRepairTasks(documents, options);
    assert.deepEqual(tasks.map((t) => t.name), ['clamp', 'initials']); // prettier-ignore
    assert.deepEqual(await makeRepairTasks(documents, options), tasks);
    for (const { name, text, calls, mistakes } of tasks) {
      assert.ok(mistakes.length >= 1 && mistakes.length <= 4);
      const texts = [text, ...mistakes.map((m) => m.text)];
      const outcomes = await runCalls(texts.map((t, id) => job(id, t, name, calls.map((c) => c.arguments)))); // prettier-ignore
      assert.deepEqual(outcomes.map((o) => solves(calls, o)), texts.map((t) => t === text)); // prettier-ignore
      for (const [i, { failing }] of mistakes.entries()) {
        const outcome = outcomes[i + 1]![failing.call]!;
        assert.equal(
          failing.actual,
          outcome.kind === 'value' ? outcome.text : outcome.kind === 'error' ? `${outcome.name}: ${outcome.text}` : '?',
        );
      }
    }
  });
});
