import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { corpusTasks } from '../../../src/bench/fix/corpus-tasks';
import { runTestFile } from '../../../src/bench/fix/samples';
import { readRepairTasks, writeRepairTasks } from '../../../src/training/tasks/repair/task-files';
import { makeRepairTasks } from '../../../src/training/tasks/repair/tasks';

const modules = path.join(__dirname, '../../../node_modules');

describe('repair tasks of held-out functions', function () {
  this.timeout(120_000);
  let folder = '';

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'unmask-tasks-'));
    const texts = [
      'function clamp$(x, min, max) {\n  if (x < min) return min;\n  return x > max ? max : x;\n}',
      'static last(text, n) {\n  const from = text.length - n;\n  return text.slice(Math.max(0, from));\n}',
    ];
    const documents = texts.map((text, i) => ({ package: 'p', path: `a.js#${i}`, text }));
    await writeRepairTasks(folder, 'held-out', await makeRepairTasks(documents, { seed: 1, mistakes: 6 }));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('come back from their file as they were written, and are missed with the command that makes them', async () => {
    const tasks = await readRepairTasks(folder, 'held-out');
    assert.deepEqual(tasks.map((t) => t.name), ['clamp$', 'last']); // prettier-ignore
    await writeRepairTasks(folder, 'held-out', tasks);
    assert.deepEqual(await readRepairTasks(folder, 'held-out'), tasks);
    await assert.rejects(readRepairTasks(folder, 'train'), /npm run tasks/);
  });

  it('are a project whose tests pass, and fail with each mistake', async () => {
    const { copy, tasks } = await corpusTasks(folder, modules, 5, 1);
    try {
      assert.equal(tasks.length, 5);
      assert.equal(new Set(tasks.map((t) => t.file)).size, 2);
      for (const { file, testFile, broken, truth } of tasks) {
        assert.equal(await copy.read(file), truth!.original);
        assert.equal(await runTestFile(copy.root, testFile), 'passed');
        await copy.write(file, broken);
        assert.equal(await runTestFile(copy.root, testFile), 'failed');
        await copy.write(file, truth!.original);
      }
    } finally {
      await copy.dispose();
    }
    await assert.rejects(stat(copy.root));
  });
});
