import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { measureEdits } from '../../../../src/bench/quality/edits';
import { editsSchema, repairsSchema } from '../../../../src/bench/quality/job';
import { measureRepairs } from '../../../../src/bench/quality/repairs';
import { cpuLowering } from '../../../../src/model/lowerings/cpu';
import { StepModel } from '../../../../src/model/step-model';
import { CodeTokenizer } from '../../../../src/model/tokenizer';
import { randomWeights } from '../../../../src/model/weights';
import { networkOf } from '../../../../src/training/pretrain/sizes';
import { readDocuments, type CorpusDocument } from '../../../../src/training/corpus/shards';
import { makeEditTasks, readEditTasks, writeEditTasks } from '../../../../src/training/tasks/edits/edit-tasks';
import { writeRepairTasks } from '../../../../src/training/tasks/repair/task-files';
import { makeRepairTasks } from '../../../../src/training/tasks/repair/tasks';
import { makeTokenizer } from '../../../../src/training/tokenizer/make';
import { smallCorpus } from '../../training/pretrain/small-corpus';

describe('what a model writes by itself', function () {
  this.timeout(120_000);
  let folder: string;
  let model: StepModel;
  let tokenizer: CodeTokenizer;
  const control = { seed: 1, signal: new AbortController().signal, say: () => undefined };

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-written-'));
    const corpus = await smallCorpus(folder);
    await makeTokenizer({ corpus, folder: path.join(folder, 'tokenizer'), vocabulary: 600, length: 256 });
    tokenizer = await CodeTokenizer.load(path.join(folder, 'tokenizer'));
    const config = networkOf('tiny', 600, 256);
    model = await StepModel.create(config, randomWeights(config, 1), { lowering: cpuLowering, threads: 1 });
    const text = 'function clamp(x, a, b) {\n  if (x < a) return a;\n  return x > b ? b : x;\n}';
    await writeRepairTasks(
      path.join(folder, 'tasks'),
      'held-out',
      await makeRepairTasks([{ package: 'p', path: 'a.js', text }], { seed: 1, mistakes: 4 }),
    );
  });
  it('edit tasks are the same for the same seed, at most so many of a kind, and come back from their file', async () => {
    const documents: CorpusDocument[] = [];
    for await (const one of readDocuments(path.join(folder, 'corpus'), 'function', 'held-out')) documents.push(one);
    const options = { seed: 1, functions: 40, each: 3, longest: 400 };
    const tasks = await makeEditTasks(documents, options);
    assert.deepEqual(await makeEditTasks(documents, options), tasks);
    for (const kind of new Set(tasks.map((t) => t.kind))) assert.ok(tasks.filter((t) => t.kind === kind).length <= 3);
    assert.ok(tasks.every(({ before, after: then, instruction }) => before !== then && instruction !== ''));
    await writeEditTasks(path.join(folder, 'tasks'), 'held-out', tasks);
    assert.deepEqual(await readEditTasks(path.join(folder, 'tasks'), 'held-out'), tasks);
  });

  after(async () => {
    await model.dispose();
    rmSync(folder, { recursive: true });
  });

  it('an untrained one repairs nothing and alarms nobody, and every case is counted', async () => {
    const found = repairsSchema.parse(
      await measureRepairs(model, tokenizer, { ...control, tasks: path.join(folder, 'tasks'), cases: 2 }),
    );
    assert.deepEqual([found.cases, found.candidates, found.reasoned.pass10.of, found.plain.pass10.of], [2, 10, 2, 2]);
    assert.deepEqual([found.reasoned.pass1, found.plain.pass1, found.reasoned.pass10.hits], [0, 0, 0]);
    assert.deepEqual([found.falseAlarms.hits, found.falseAlarms.of], [0, 1]);
  });

  it('edits are asked of every kind that finds a place, and none is right by chance', async () => {
    const found = editsSchema.parse(
      await measureEdits(model, tokenizer, { ...control, tasks: path.join(folder, 'tasks'), each: 2 }),
    );
    assert.ok(found.kinds.length >= 2 && found.kinds.every((k) => k.exact.of <= 2));
    assert.equal(found.exact.of, found.kinds.reduce((n, k) => n + k.exact.of, 0)); // prettier-ignore
    assert.equal(found.exact.hits, 0);
  });
});
