import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { outcomeSchema } from '../../../../src/bench/d1/job';
import { modesOf, orderingsOf, rowsOf, spreadOf, tableOf } from '../../../../src/bench/d1/report';
import { lengths } from '../../../../src/bench/d1/task';
import { runCli } from '../../helpers/run-cli';

describe('unmask bench d1', function () {
  this.timeout(600_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-d1-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('trains a base and all arms in processes of their own, scores them on a test file, and does nothing twice', async () => {
    const puzzles = path.join(folder, 'puzzles.jsonl');
    writeFileSync(
      puzzles,
      Array.from({ length: 6 }, (_, i) => JSON.stringify({ input: `${i + 2},3,4`, output: String(i + 9) })).join('\n'),
    );
    const command = ['bench', 'd1', '--task', 'countdown', '--minutes', '0.25', '--seeds', '1', '--ablations', '--jobs', '2', '--folder', folder, '--test-file', puzzles, '--json']; // prettier-ignore
    const first = await runCli(command);
    assert.equal(first.code, 0, first.stderr);
    const report = JSON.parse(first.stdout) as {
      status: string;
      puzzles: number;
      outcomes: unknown[];
      curves: string;
      rows: unknown[];
    };
    assert.equal(report.status, 'ok');
    assert.equal(report.puzzles, 6);
    const outcomes = report.outcomes.map((o) => outcomeSchema.parse(o));
    assert.deepEqual(outcomes.map((o) => o.arm).sort(), ['base', 'coupled', 'd1', 'espo', 'grpo', 'sft', 'unmasked']);
    for (const o of outcomes) {
      assert.equal(o.evaluations.length, 2 * lengths.length);
      assert.equal(o.updates.grpoRounds > 0, !['base', 'sft'].includes(o.arm), o.arm);
      assert.equal(o.updates.sft > 0, ['sft', 'd1'].includes(o.arm), o.arm);
    }
    assert.match(readFileSync(report.curves, 'utf8'), /^<svg[^]*Diffu-GRPO/);
    // The record is all that decides what is still to be done: without its last line only that arm is run again.
    const record = path.join(folder, 'countdown', 'outcomes.jsonl');
    const before = readFileSync(record, 'utf8');
    const started = performance.now();
    const second = await runCli(command);
    assert.deepEqual((JSON.parse(second.stdout) as { outcomes: unknown[] }).outcomes, report.outcomes);
    assert.ok(performance.now() - started < 10_000);
    assert.equal(readFileSync(record, 'utf8'), before);
    assert.ok(existsSync(path.join(folder, 'countdown', 'd1-0.log.jsonl')));
  });

  it('refuses a test file without puzzles, naming the first line', async () => {
    const file = path.join(folder, 'none.csv');
    writeFileSync(file, 'Puzzle,Solution\n12,34\n');
    const { code, stderr } = await runCli(['bench', 'd1', '--task', 'sudoku', '--minutes', '0.05', '--seeds', '1', '--folder', folder, '--test-file', file]); // prettier-ignore
    assert.notEqual(code, 0);
    assert.match(stderr, /holds no sudoku puzzle: line 2: no puzzle of 16 digits/);
  });
});

describe("report of d1's experiment", () => {
  const outcome = (arm: string, seed: number, accuracy: number): ReturnType<typeof outcomeSchema.parse> =>
    outcomeSchema.parse({
      task: 'sudoku',
      arm,
      seed,
      experiment: 'x',
      updates: { sft: 0, grpoRounds: 0 },
      seconds: 1,
      puzzles: 10,
      evaluations: lengths.flatMap(
        (length) =>
        [false, true].map((remask) => ({ length, remask, accuracy: accuracy + (remask ? 0.01 : 0), solved: 0, forwards: 1, seconds: 1, tokens: 20, correctedOfSolved: 0 })), // prettier-ignore
      ),
    });

  it('gives means and spreads over seeds, and compares seed by seed', () => {
    assert.deepEqual(spreadOf([1, 3]), { mean: 2, spread: Math.SQRT2, seeds: 2 });
    assert.deepEqual(spreadOf([5]), { mean: 5, spread: 0, seeds: 1 });
    const outcomes = [
      outcome('base', 0, 0.2),
      outcome('grpo', 1, 0.5),
      outcome('grpo', 0, 0.1),
      outcome('sft', 0, 0.2),
      outcome('sft', 1, 0.2),
    ];
    const rows = rowsOf(outcomes);
    assert.equal(rows.length, 3 * 2 * lengths.length);
    assert.ok(Math.abs(rows.find((r) => r.arm === 'grpo' && !r.remask)!.accuracy.mean - 0.3) < 1e-12);
    const found = orderingsOf(outcomes, lengths[1]);
    assert.deepEqual(found.map((o) => [o.better, o.than, o.seedsWon, o.seeds, o.holds]), [['grpo', 'sft', 1, 2, true], ['grpo', 'base', 1, 2, true], ['sft', 'base', 0, 2, false]]); // prettier-ignore
    const modes = modesOf(outcomes, lengths[1]);
    const near = (actual: number, expected: number): void => {
      assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}`);
    };
    const trained = modes.find((m) => m.arm === 'grpo')!;
    near(trained.atEqualLatency.mean, 0.1);
    near(trained.whenLonger.mean, 0.1);
    near(trained.byRemasking.mean, 0.01);
    const table = tableOf(rows, found, modes).join('\n');
    assert.match(table, /Diffu-GRPO +30\.0 ± 28\.3/);
    assert.match(table, /Diffu-GRPO against base: \+10\.0 points, ahead in 1 of 2 seeds/);
    assert.match(table, /Diffu-GRPO +10\.0 ± 28\.3 +10\.0 ± 28\.3 +1\.0 ± 0\.0/);
  });
});
