import assert from 'node:assert/strict';
import { loadTypescript } from '../../../../src/edits/source';
import { Random } from '../../../../src/training/random';
import { editPairs } from '../../../../src/training/tasks/edits/pairs';

const api = loadTypescript();
const method =
  '  total(items) {\n    var sum = 0;\n    var count = 1;\n    if (!items) return 0;\n    return sum + count;\n  },'.slice(0, -1);

describe('instructed edits', () => {
  it('come from a method cut out of its class, and give back the method', () => {
    const pairs = [...editPairs(api, { path: 'a.js', text: method }, Random.seeded(1))];
    assert.ok(pairs.length >= 3);
    for (const { before, after, instruction } of pairs) {
      assert.equal(before, method);
      assert.notEqual(after, method);
      assert.ok(!/[{}]|Holder/.test(instruction), instruction);
      assert.ok(!after.includes('Holder'));
    }
  });

  it('name the one place that they change, or change all', () => {
    const one = /^(?:Replace the var of|Declare) (sum|count)/;
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      for (const { kind, instruction, after } of editPairs(api, { path: 'a.js', text: method }, Random.seeded(seed))) {
        if (kind !== 'var-to-const-let') continue;
        const name = one.exec(instruction)?.[1];
        seen.add(name ?? 'all');
        const vars = [...after.matchAll(/var (\w+)/g)].map((m) => m[1]);
        assert.deepEqual(vars, name === undefined ? [] : ['sum', 'count'].filter((n) => n !== name), instruction);
      }
    }
    assert.deepEqual([...seen].sort(), ['all', 'count', 'sum']);
  });

  it('come from a file of any name: an untitled one, or one whose extension the compiler does not know', () => {
    for (const path of ['Untitled-1', 'a.vue', 'lib/a.js#120', 'a'])
      assert.deepEqual(
        [...editPairs(api, { path, text: method }, Random.seeded(1))],
        [...editPairs(api, { path: 'a.js', text: method }, Random.seeded(1))],
      );
  });

  it('are the same for the same seed, and none for what does not parse', () => {
    const of = (text: string): unknown[] => [...editPairs(api, { path: 'a.js', text }, Random.seeded(7))];
    assert.deepEqual(of(method), of(method));
    assert.deepEqual(of('function ('), []);
  });
});
