import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findMistakes, mistakeKinds } from '../../../src/training/tasks/repair/mistakes';
import { runTestFile } from '../../../src/bench/fix/samples';
import { mutantTasks } from '../../../src/bench/fix/tasks';
import { applyEdits } from '../../../src/repair/source/edits';
import { loadTypescript, parseSource } from '../../../src/repair/source/parse';

const samples = path.join(__dirname, '..', '..', '..', 'samples');

function broken(source: string): { kind: string; text: string }[] {
  const api = loadTypescript();
  const unit = parseSource(api, 'a.js', source);
  return findMistakes(unit).map(({ kind, edit }) => ({ kind, text: applyEdits(source, [edit]) }));
}

describe('mistakes of the repair benchmark', () => {
  it('makes each kind of mistake', () => {
    const source =
      'function f(a, b) {\n  if (!a) {\n    return [];\n  }\n  a.list.push(b);\n  return Math.max(a.size + 1, b);\n}\n';
    const found = broken(source);
    const has = (kind: string, text: string): void => {
      assert.ok(
        found.some((mistake) => mistake.kind === kind && mistake.text === text),
        `${kind}: ${text}`,
      );
    };
    has('operator', source.replace('a.size + 1', 'a.size - 1'));
    has('value', source.replace('+ 1', '+ 2'));
    has('excess logic', source.replace('(!a)', '(!(!a))'));
    has('wrong variable', source.replace('push(b)', 'push(a)'));
    has('wrong variable', source.replace('a.size', 'a.list'));
    has('wrong variable', source.replace('a.size + 1, b', 'b, a.size + 1'));
    has('wrong function', source.replace('max', 'min'));
    has('missing logic', source.replace('(!a)', '(a)'));
    has('missing logic', source.replace('\n  a.list.push(b);', ''));
    has('missing logic', source.replace('\n  if (!a) {\n    return [];\n  }', ''));
  });

  it('leaves code outside functions, and what is declared or assigned to, alone', () => {
    assert.deepEqual(broken('const limit = 3;\nmodule.exports = { limit };\n'), []);
    const found = broken('function f(a) {\n  const b = a;\n  return b;\n}\n');
    assert.ok(found.every((mistake) => mistake.text.includes('const b =') && mistake.text.includes('f(a)')));
  });
});

describe('mutants of the samples', () => {
  it('are noticed by the tests, differ from the original, and repeat with the seed', async () => {
    const set = await mutantTasks(samples, 6, 7);
    try {
      assert.equal(set.tasks.length, 6);
      assert.deepEqual(new Set(set.tasks.map((task) => task.truth!.kind)), new Set(mistakeKinds));
      for (const task of set.tasks) {
        assert.notEqual(task.broken, task.truth!.original);
        assert.equal(await set.copy.read(task.file), task.truth!.original, 'the copy itself is sound');
      }
      const [task] = set.tasks;
      await set.copy.write(task!.file, task!.broken);
      assert.equal(await runTestFile(set.copy.root, task!.testFile), 'failed');
      const again = await mutantTasks(samples, 6, 7);
      await again.copy.dispose();
      assert.deepEqual(again.tasks, set.tasks);
      const other = await mutantTasks(samples, 2, 8);
      await other.copy.dispose();
      assert.notDeepEqual(other.tasks, set.tasks.slice(0, 2));
    } finally {
      await set.copy.dispose();
    }
    assert.equal(existsSync(set.copy.root), false);
  }).timeout(60_000);
});
