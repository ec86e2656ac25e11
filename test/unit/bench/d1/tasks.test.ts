import { strict as assert } from 'node:assert';
import { completionText, decode, encode, endToken, paddedPrompt, tokens } from '../../../../src/bench/d1/alphabet';
import { freshPuzzles, heldOutPuzzles, laidOut, tokensOf } from '../../../../src/bench/d1/corpus';
import { countdown } from '../../../../src/bench/d1/countdown';
import { expressionsOf, workedOut, writtenOut } from '../../../../src/bench/d1/expressions';
import { sudoku } from '../../../../src/bench/d1/sudoku';
import { candidates, countSolutions, peers } from '../../../../src/bench/d1/sudoku-grid';
import { lengths, promptLength, type D1Task, type Document } from '../../../../src/bench/d1/task';
import { trace } from '../../../../src/bench/d1/traces';
import { readCountdownJsonl, readSudokuCsv } from '../../../../src/bench/d1/test-file';
import { readExpression } from '../../../../src/training/rewards/expression';
import { Random } from '../../../../src/training/random';

describe("d1's puzzles at our scale", () => {
  const random = Random.seeded(5);

  it('a text survives its tokens, and text after the end does not', () => {
    for (const token of tokens.slice(2)) assert.deepEqual(encode(token), [tokens.indexOf(token)]);
    const text = '<reasoning>C3 noG2C4</reasoning><answer>(12+3)*4</answer>';
    assert.equal(decode([...encode(text), endToken, ...encode('7')]), text);
    assert.throws(() => encode('what'), /cannot write "what"/);
    assert.equal(paddedPrompt('facts', 4).length, 4);
  });

  const both: readonly [D1Task<never>, string][] = [[sudoku as D1Task<never>, 'sudoku'], [countdown as D1Task<never>, 'countdown']]; // prettier-ignore
  for (const [task, name] of both) {
    it(`${name}: documents of the base are right now and then, and fit their canvases`, () => {
      let [right, all] = [0, 0];
      for (let i = 0; i < 200; i++) {
        const puzzle = task.puzzle(random);
        for (const room of lengths) {
          const document = task.baseDocument(puzzle, room, random);
          const { prompt, completion } = laidOut(document, room);
          assert.equal(prompt.length, promptLength);
          // With reasoning the answer fills the end of the canvas, but for one end token.
          assert.ok(document.reasoning === '' ? completion.length < room : completion.length === room - 1, decode(completion));
          const score = task.score(puzzle, decode(completion));
          assert.equal(score.solved, score.accuracy === 1);
          all++;
          if (score.solved) right++;
        }
      }
      assert.ok(right > 0.2 * all && right < 0.7 * all, `${right} of ${all}`);
    });

    it(`${name}: held-out puzzles are distinct, the same each time, and never trained on`, () => {
      const kept = heldOutPuzzles(task, 50);
      assert.equal(new Set(kept.map((p) => task.key(p))).size, 50);
      const next = freshPuzzles(task, kept, random);
      assert.ok(Array.from({ length: 300 }, next).every((p) => !kept.some((k) => task.key(k) === task.key(p))));
      assert.deepEqual(heldOutPuzzles(task, 50), kept);
    });
  }

  it('traces solve easier puzzles, check what they try, correct themselves, and end right', () => {
    let corrected = 0;
    for (let i = 0; i < 600; i++) {
      const document = trace(i % 2 === 0 ? 'sudoku' : 'countdown', random);
      const text = completionText(document.reasoning, document.answer);
      assert.ok(tokensOf(document) <= lengths[1], text);
      assert.equal(paddedPrompt(document.prompt, promptLength).length, promptLength);
      assert.match(document.reasoning, / ok$/);
      if (document.reasoning.includes(' no')) corrected++;
      const grid = /^sudoku(.*)$/.exec(document.prompt)?.[1]!.replace(/\D/g, '');
      if (grid !== undefined) isSolvedGrid(grid, document);
      else isSolvedSum(document);
    }
    assert.ok(corrected > 60 && corrected < 300, `${corrected} of 600`);
  });

  function isSolvedGrid(grid: string, { reasoning, answer }: Document): void {
    const solution = answer.replace(/\D/g, '');
    const puzzle = { puzzle: Array.from(grid, Number), solution: Array.from(solution, Number) };
    assert.ok(sudoku.score(puzzle, completionText(reasoning, answer)).solved);
    assert.equal(countSolutions(puzzle.puzzle), 1);
    const cell = (name: string): number => name.charCodeAt(0) - 65;
    // A wrong try is followed by a peer that holds its digit, and by the right one.
    for (const [, tried, digit, holder, held, again, right] of reasoning.matchAll(/(.)(\d) no(.)(\d)(.)(\d)/g)) {
      assert.ok(digit === held && tried === again && right !== digit && peers[cell(tried!)]!.includes(cell(holder!)), reasoning);
    }
    const last = reasoning.replace(/.\d no.\d/g, '');
    for (const [, name, digit] of last.matchAll(/([A-P])(\d)/g)) assert.equal(digit, solution[cell(name!)], reasoning);
  }

  function isSolvedSum({ prompt, reasoning, answer }: Document): void {
    const target = Number(/=(\d+)$/.exec(prompt)![1]);
    assert.equal(readExpression(answer)!.value, target);
    const lines = reasoning.replace(/ ok$/, '').split(/ no;|,/);
    for (const line of lines) {
      const [left, right] = line.split('=');
      assert.equal(readExpression(left!)!.value, Number(right), reasoning);
    }
    assert.equal(Number(lines.at(-1)!.split('=')[1]), target);
  }

  it('sudoku: puzzles have one solution', () => {
    for (let i = 0; i < 50; i++) {
      const { puzzle, solution } = sudoku.puzzle(random);
      assert.equal(countSolutions(puzzle), 1);
      const without = (cell: number): number[] => solution.map((d, c) => (c === cell ? 0 : d));
      assert.ok(solution.every((digit, cell) => peers[cell]!.length === 7 && candidates(without(cell), cell).includes(digit)));
      assert.ok(puzzle.every((digit, cell) => digit === 0 || digit === solution[cell]));
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
