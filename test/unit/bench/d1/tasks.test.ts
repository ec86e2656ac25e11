import { strict as assert } from 'node:assert';
import { decode, encode, endToken, paddedPrompt, tokens } from '../../../../src/bench/d1/alphabet';
import { freshPuzzles, heldOutPuzzles, traces } from '../../../../src/bench/d1/corpus';
import { countdown } from '../../../../src/bench/d1/countdown';
import { expressionsOf, workedOut, writtenOut } from '../../../../src/bench/d1/expressions';
import { sudoku } from '../../../../src/bench/d1/sudoku';
import { candidates, countSolutions, peers } from '../../../../src/bench/d1/sudoku-grid';
import type { D1Task } from '../../../../src/bench/d1/task';
import { readCountdownJsonl, readSudokuCsv } from '../../../../src/bench/d1/test-file';
import { readExpression } from '../../../../src/training/rewards/expression';
import { Random } from '../../../../src/training/random';

describe("d1's puzzles at our scale", () => {
  const random = Random.seeded(5);

  it('a text survives its tokens, and text after the end does not', () => {
    for (const token of tokens.slice(2)) assert.deepEqual(encode(token), [tokens.indexOf(token)]);
    const text = '<reasoning>a23 nob2a24</reasoning><answer>(12+3)*4</answer>';
    assert.equal(decode([...encode(text), endToken, ...encode('7')]), text);
    assert.throws(() => encode('what'), /cannot write "what"/);
    assert.equal(paddedPrompt('facts', 4).length, 4);
  });

  const both: readonly [D1Task<never>, string][] = [[sudoku as D1Task<never>, 'sudoku'], [countdown as D1Task<never>, 'countdown']]; // prettier-ignore
  for (const [task, name] of both) {
    it(`${name}: traces are right, documents of the base often wrong, and all fit their canvases`, () => {
      let [right, all] = [0, 0];
      for (let i = 0; i < 200; i++) {
        const puzzle = task.puzzle(random);
        for (const room of task.lengths) {
          const trace = task.trace(puzzle, room, random);
          assert.ok(encode(trace.completion).length < room, trace.completion);
          assert.equal(paddedPrompt(trace.prompt, task.promptLength).length, task.promptLength);
          const score = task.score(puzzle, trace.completion);
          assert.deepEqual([score.solved, score.accuracy, score.reward], [true, 1, 1], trace.completion);
          const document = task.baseDocument(puzzle, room, random);
          assert.ok(encode(document.completion).length < room, document.completion);
          if (document.prompt === 'facts') continue;
          all++;
          if (task.score(puzzle, document.completion).solved) right++;
        }
      }
      assert.ok(right > 0 && right < all / 2, `${right} of ${all}`);
    });

    it(`${name}: some traces try something wrong first and say so, and the held-out puzzles are in none`, () => {
      const kept = heldOutPuzzles(task, 50);
      assert.equal(new Set(kept.map((p) => task.key(p))).size, 50);
      const found = traces(task, kept, 100, random);
      const corrected = found.filter((d) => d.completion.includes(' no')).length;
      assert.ok(corrected > 20 && corrected < 100, `${corrected} of 100`);
      const prompts = new Set(kept.map((p) => task.prompt(p)));
      assert.ok(found.every((d) => !prompts.has(d.prompt)));
      const next = freshPuzzles(task, kept, random);
      assert.ok(Array.from({ length: 300 }, next).every((p) => !kept.some((k) => task.key(k) === task.key(p))));
      assert.deepEqual(heldOutPuzzles(task, 50), kept, 'the same each time');
    });
  }

  it('sudoku: puzzles have one solution, and a trace puts no digit where a peer holds it, but to say no', () => {
    for (let i = 0; i < 50; i++) {
      const { puzzle, solution } = sudoku.puzzle(random);
      assert.equal(countSolutions(puzzle), 1);
      assert.ok(solution.every((digit, cell) => peers[cell]!.length === 7 && candidates(solution.map((d, c) => (c === cell ? 0 : d)), cell).includes(digit))); // prettier-ignore
      const { completion } = sudoku.trace({ puzzle, solution }, 96, random);
      const steps = [...completion.matchAll(/([a-d])([1-4])([1-4])( no([a-d])([1-4]))?/g)].slice(0, -4);
      const at = (row: string, column: string): number => 4 * 'abcd'.indexOf(row) + Number(column) - 1;
      for (const [, row, column, digit, no, otherRow, otherColumn] of steps) {
        const cell = at(row!, column!);
        if (no === undefined) assert.equal(Number(digit), solution[cell]);
        else {
          const refuting = at(otherRow!, otherColumn!);
          assert.ok(peers[cell]!.includes(refuting));
          assert.equal(solution[refuting], Number(digit));
        }
      }
    }
  });

  it('countdown: every expression is worth what it says', () => {
    for (const expression of expressionsOf([3, 12, 7])) {
      const read = readExpression(writtenOut(expression))!;
      assert.ok(Math.abs(read.value - expression.value) < 1e-9, writtenOut(expression));
      assert.deepEqual(
        [...read.numbers].sort((a, b) => a - b),
        [3, 7, 12],
      );
      for (const line of workedOut(expression).split(',')) {
        const [left, right] = line.split('=');
        assert.equal(readExpression(left!)!.value, Number(right));
      }
    }
  });

  it("reads d1's files, leniently, and says what it passes over", () => {
    const csv =
      'Puzzle,Solution\n0030200032011000,4132231432411423\n"4.3. 2... 3241 ...3",4132231432411423\n12,4132\n0030200032011000,4122231432411423\n';
    const grids = readSudokuCsv(csv);
    assert.equal(grids.puzzles.length, 2);
    assert.deepEqual(
      grids.passedOver.map((p) => p.line),
      [4, 5],
    );
    assert.equal(readSudokuCsv('Solution;Puzzle\n4132231432411423;0030200032011000').puzzles[0]!.puzzle[2], 3);
    const lines = [
      '{"input": "3,12,7", "output": "43"}',
      '{"nums": [3, 12, 7], "target": 43}',
      '{"numbers": [1, 2], "target": 3}',
      'no',
      '',
    ];
    const puzzles = readCountdownJsonl(lines.join('\n'));
    assert.deepEqual(puzzles.puzzles, [
      { numbers: [3, 12, 7], target: 43 },
      { numbers: [3, 12, 7], target: 43 },
    ]);
    assert.deepEqual(
      puzzles.passedOver.map((p) => p.line),
      [3, 4],
    );
  });
});
