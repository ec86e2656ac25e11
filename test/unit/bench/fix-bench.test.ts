import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { benchFix, type Connect, type FixBenchOptions } from '../../../src/bench/fix/bench';
import { compareArms } from '../../../src/bench/fix/compare';
import { summarise } from '../../../src/bench/fix/report';
import { runTask, sameProgram, type FixClient, type FixOutcome } from '../../../src/bench/fix/run';
import { mutantTasks, type TaskSet } from '../../../src/bench/fix/tasks';
import { fixResult, type FixResult } from '../../../src/protocol/messages';

const samples = path.join(__dirname, '..', '..', '..', 'samples');

/** An answer of the protocol that claims a fix, true or not. */
function claim(newText: string, part: Partial<FixResult> = {}): FixResult {
  return fixResult.parse({
    status: 'fixed',
    file: 'a.js',
    diff: '',
    source: 'mutation',
    candidatesTried: 3,
    testsRun: 4,
    seconds: 0.1,
    device: 'cpu',
    trace: [],
    newText,
    ...part,
  });
}

describe('repair benchmark', () => {
  let set: TaskSet;
  before(async function () {
    this.timeout(60_000);
    set = await mutantTasks(samples, 2, 3);
  });
  after(() => set.copy.dispose());

  const options = { arm: 'mutation alone', budget: 'instant', seed: 3 } as const;

  it('believes a fix only after it has run the tests itself', async () => {
    const [task] = set.tasks;
    const right = await runTask({ fix: () => Promise.resolve(claim(task!.truth!.original)) }, set, task!, options);
    assert.equal(right.outcome.fixed, true);
    assert.equal(right.outcome.exact, true);
    const boast = await runTask({ fix: () => Promise.resolve(claim(task!.broken)) }, set, task!, options);
    assert.equal(boast.outcome.status, 'fixed');
    assert.equal(boast.outcome.fixed, false);
    assert.equal(await set.copy.read(task!.file), task!.truth!.original, 'the copy is left as it was');
  });

  it('shows the engine the broken text and nothing of the answer', async () => {
    const [task] = set.tasks;
    const seen: string[] = [];
    const client: FixClient = {
      fix: async (params) => {
        seen.push(JSON.stringify(params), await readFile(params.file, 'utf8'));
        return claim('', { status: 'not-fixed' });
      },
    };
    await runTask(client, set, task!, options);
    assert.equal(seen[1], task!.broken);
    assert.deepEqual(Object.keys(JSON.parse(seen[0]!) as object).sort(), ['budget', 'file', 'seed', 'sources']);
  });

  it('counts a request that fails as an outcome, and a search that writes to the file as a failure', async () => {
    const [task] = set.tasks;
    const dead = await runTask({ fix: () => Promise.reject(new Error('the engine died')) }, set, task!, options);
    assert.equal(dead.outcome.status, 'error');
    assert.equal(dead.outcome.error, 'the engine died');
    const meddler: FixClient = {
      fix: async () => {
        await set.copy.write(task!.file, task!.truth!.original);
        return claim(task!.truth!.original);
      },
    };
    assert.equal((await runTask(meddler, set, task!, options)).outcome.fixed, false);
  });

  it('writes results as they come, resumes from them, and carries a fix to larger budgets', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'unmask-bench-test-'));
    try {
      const answers = new Map(set.tasks.map((task) => [task.broken, task.truth!.original]));
      const [solved] = set.tasks;
      let calls = 0;
      const connect: Connect = () =>
        Promise.resolve({
          fix: async (params) => {
            calls += 1;
            const broken = await readFile(params.file, 'utf8');
            return broken === solved!.broken ? claim(answers.get(broken)!) : claim('', { status: 'not-fixed' });
          },
          dispose: () => Promise.resolve(),
        });
      const run: FixBenchOptions = {
        seed: 3,
        budgets: ['instant', 'standard'],
        arms: ['mutation alone'],
        file: path.join(home, 'results.jsonl'),
      };
      const report = await benchFix(connect, set, run);
      assert.equal(calls, 3, 'two at the first budget, the unsolved one again at the second');
      assert.deepEqual(
        report.groups.map((group) => [group.budget, group.fixed, group.tasks]),
        [
          ['instant', 1, 2],
          ['standard', 1, 2],
        ],
      );
      assert.equal(report.outcomes.filter((outcome) => outcome.carried).length, 1);
      const again = await benchFix(connect, set, run);
      assert.equal(calls, 3, 'all known already');
      assert.deepEqual(again.outcomes, report.outcomes);
    } finally {
      await rm(home, { recursive: true });
    }
  }).timeout(60_000);

  it('knows the same program by its shape', () => {
    const program = 'function f(a, b) {\n  return a + b * 2;\n}\n';
    assert.ok(sameProgram(program, '// why\nfunction f(a,b) { return (a + (b * 2)); }'));
    assert.ok(!sameProgram(program, program.replace('a + b * 2', '(a + b) * 2')));
    assert.ok(!sameProgram(program, program.replace('+', '-')));
    assert.ok(!sameProgram('let a = -b;', 'let a = +b;'));
    assert.ok(!sameProgram('let a = 1;', 'const a = 1;'));
    assert.ok(!sameProgram("f('a');", "f('b');"));
  });

  it('sums up', () => {
    const base = {
      task: 'a',
      digest: 'x',
      arm: 'mutation alone',
      budget: 'instant',
      seed: 0,
      testsRun: 1,
      source: 'mutation',
    } as const;
    const sum = summarise([
      {
        ...base,
        status: 'fixed',
        fixed: true,
        exact: true,
        seconds: 1,
        candidatesTried: 10,
        firstPass: { candidates: 4, testsRun: 6 },
      },
      {
        ...base,
        status: 'fixed',
        fixed: true,
        exact: false,
        seconds: 4,
        candidatesTried: 20,
        firstPass: { candidates: 8, testsRun: 9 },
      },
      { ...base, status: 'not-fixed', fixed: false, seconds: 5, candidatesTried: 90 },
    ]);
    assert.deepEqual(sum, {
      tasks: 3,
      fixed: 2,
      exact: 1,
      medianSeconds: 4,
      totalSeconds: 10,
      medianSecondsToFix: 2.5,
      medianCandidatesToPass: 6,
      medianTestsToPass: 7.5,
      medianCandidates: 20,
    });
  });

  it('compares what two arms need until a candidate passes', () => {
    const outcome = (
      task: string,
      arm: FixOutcome['arm'],
      [candidates, testsRun]: [number, number],
      fixed = true,
    ): FixOutcome => ({
      ...{
        task,
        digest: 'x',
        arm,
        budget: 'instant',
        seed: 0,
        testsRun: 99,
        source: 'mutation',
        candidatesTried: 1,
        seconds: 1,
        fixed,
      },
      status: fixed ? 'fixed' : 'not-fixed',
      ...(fixed ? { firstPass: { candidates, testsRun } } : {}),
    });
    const outcomes = [
      outcome('a', 'model + mutation', [1, 2]),
      outcome('a', 'mutation alone', [4, 4]),
      outcome('b', 'model + mutation', [2, 3]),
      outcome('b', 'mutation alone', [18, 24]),
      outcome('c', 'model + mutation', [5, 9]),
      outcome('c', 'mutation alone', [100, 100], false),
    ];
    const found = compareArms(outcomes, 'instant', 'mutation alone');
    assert.equal(found?.tasks, 2);
    assert.ok(Math.abs(found.testsRatio - 4) < 1e-9);
    assert.ok(Math.abs(found.candidatesRatio - 6) < 1e-9);
    assert.deepEqual(found.atRates, [
      { rate: 0.3, own: 1, other: 4 },
      { rate: 0.4, own: 2, other: 18 },
      { rate: 0.5, own: 2, other: 18 },
      { rate: 0.6, own: 2, other: 18 },
    ], 'of three tasks one is 33%, two are 67%, and the other arm never fixed the third'); // prettier-ignore
    assert.equal(compareArms(outcomes, 'instant', 'random weights'), null);
    assert.equal(compareArms(outcomes, 'deep', 'mutation alone'), null);
  });
});
