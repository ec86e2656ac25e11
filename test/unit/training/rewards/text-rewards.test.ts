import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lastAnswer } from '../../../../src/training/rewards/answer';
import { countdownReward } from '../../../../src/training/rewards/countdown';
import { readExpression } from '../../../../src/training/rewards/expression';
import { formatReward } from '../../../../src/training/rewards/format';
import { scoreCompletions, sumOfRewards, type Reward } from '../../../../src/training/rewards/reward';
import { sudokuReward } from '../../../../src/training/rewards/sudoku';

const answer = (text: string): string => `<reasoning>\nlet me see\n</reasoning>\n<answer>\n${text}\n</answer>`;

describe('the answer of a completion', () => {
  it('is what the last closed pair of tags holds, trimmed', () => {
    assert.equal(lastAnswer('<answer>1</answer> no, <answer>\n 2 </answer>'), '2');
    assert.equal(lastAnswer('<answer>1</answer><answer>2'), '1');
    assert.equal(lastAnswer('<answer>1'), null);
    assert.equal(lastAnswer('<answer></answer>'), '');
  });
});

describe('expressions', () => {
  /** An expression with its value, by the language's own arithmetic. */
  const tree = fc.letrec<{ expression: { text: string; value: number } }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.nat({ max: 99 }).map((n) => ({ text: String(n), value: n })),
      fc
        .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/'), tie('expression'), fc.constantFrom('', ' ', '\t'))
        .map(([a, op, b, blank]) => {
          const value = op === '+' ? a.value + b.value : op === '-' ? a.value - b.value : op === '*' ? a.value * b.value : b.value === 0 ? NaN : a.value / b.value; // prettier-ignore
          return { text: `(${a.text}${blank}${op}${blank}${b.text})`, value };
        }),
    ),
  })).expression;

  it('have the value that arithmetic gives them', () => {
    fc.assert(fc.property(tree, ({ text, value }) => Object.is(readExpression(text)?.value, value === 0 ? readExpression(text)?.value : value))); // prettier-ignore
  });

  it('follow precedence and go from left to right', () => {
    const values = {
      '2+3*4': 14,
      '20-3-2': 15,
      '24/4/2': 3,
      '2*(3+4)': 14,
      '-2+5': 3,
      '2*-3': -6,
      '1/2*4': 2,
      '--7': 7,
      '(1+\n2)': 3,
    };
    for (const [text, value] of Object.entries(values)) assert.equal(readExpression(text)?.value, value, text);
    assert.deepEqual(readExpression('(12 + 3) * 4')?.numbers, [12, 3, 4]);
    assert.ok(Number.isNaN(readExpression('1/(1/(2-2))')?.value));
  });

  it('are nothing else', () => {
    for (const text of [
      '',
      ' ',
      '1+',
      '(1',
      '1)',
      '1 2',
      '2(3)',
      '2**3',
      '7//2',
      '1.5',
      '012',
      '1_0',
      '1,2',
      'x',
      '()',
      '1=1',
      '1+\n2',
      'process.exit()',
      '1e3',
      '٣',
    ])
      // prettier-ignore
      assert.equal(readExpression(text), null, JSON.stringify(text));
    assert.equal(readExpression('('.repeat(100_000) + '1' + ')'.repeat(100_000)), null);
  });

  it('any text is read or refused, never thrown on', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123+-*/() \n.=a'.split('')) }), (text) => {
        const read = readExpression(text);
        return read === null || read.numbers.length > 0;
      }),
      { numRuns: 2000 },
    );
  });
});

describe('Countdown reward', () => {
  const task = { numbers: [3, 7, 2], target: 19 };
  const total = (text: string): number => countdownReward.score(task, text).total;

  it('is 1 for what uses each number once and gives the target', () => {
    assert.equal(countdownReward.score({ numbers: [44, 19, 35], target: 98 }, answer('44 + 19 + 35')).total, 1);
    assert.equal(countdownReward.score({ numbers: [8, 3, 8, 3], target: 24 }, answer('8/(3-8/3)')).total, 1);
  });

  it('is 0.1 for any other answer between tags, and 0 without one', () => {
    assert.deepEqual(countdownReward.score(task, answer('3+7+2')), {
      total: 0.1,
      parts: { answered: 1, well_formed: 1, right: 0 },
    });
    for (const text of ['3+7*2+2', '(7+3)*2-1', '3*7-2+0', '3*7', 'nineteen', '', '3*7-2=19', '7/(3-3)'])
      assert.equal(total(answer(text)), 0.1, text);
    assert.equal(total(answer('3*7-2')), 1);
    assert.equal(total('3*7-2'), 0);
    assert.equal(total('<answer>3*7-2'), 0);
    assert.equal(countdownReward.score({ numbers: [0, 0, 5], target: 5 }, answer('5+0/0')).total, 0.1);
  });
});

describe('Sudoku reward', () => {
  const task = { puzzle: '1200340000000000', solution: '1234341221434321' };

  it('is the share of the empty cells that are right', () => {
    assert.equal(sudokuReward.score(task, answer(task.solution)).total, 1);
    assert.equal(sudokuReward.score(task, answer('1234 3412\n2143 4321')).total, 1);
    assert.equal(sudokuReward.score(task, answer('9934991221434321')).total, 1);
    assert.equal(sudokuReward.score(task, answer('1234341221434322')).total, 11 / 12);
  });

  it('fills short answers up and cuts long ones', () => {
    assert.equal(sudokuReward.score(task, answer('12343412')).total, 4 / 12);
    assert.equal(sudokuReward.score(task, answer(`${task.solution}1234`)).total, 1);
    assert.equal(sudokuReward.score(task, answer('none')).total, 0);
    assert.equal(sudokuReward.score(task, task.solution).total, 0);
    assert.equal(sudokuReward.score({ ...task, puzzle: task.solution }, answer(task.solution)).total, 0);
  });
});

describe('format reward', () => {
  it('wants reasoning and then the answer, each between its tags', () => {
    const soft = (text: string): number => formatReward().score(null, text).total;
    assert.equal(soft('<reasoning>a</reasoning><answer>b</answer> and so on'), 0.5);
    assert.equal(soft(answer('1')), 0.5);
    for (const text of [
      '<answer>b</answer><reasoning>a</reasoning>',
      ' <reasoning>a</reasoning><answer>b</answer>',
      '<reasoning>a<answer>b</answer>',
      '',
    ])
      // prettier-ignore
      assert.equal(soft(text), 0, text);
  });

  it('strictly: every tag on a line of its own, and nothing more', () => {
    const strict = (text: string): number => formatReward({ strict: true, value: 1 }).score(null, text).total;
    assert.equal(strict(answer('1')), 1);
    assert.equal(strict(`${answer('1')}\n`), 1);
    assert.equal(strict(`${answer('1')} ok`), 0);
    assert.equal(strict('<reasoning>a</reasoning>\n<answer>b</answer>'), 0);
  });
});

describe('scoring of rollouts', () => {
  it('gives each group its own task and means of the parts', async () => {
    const tasks = [{ numbers: [1, 2], target: 3 }, { numbers: [2, 4], target: 8 }]; // prettier-ignore
    const texts = ['<answer>1+2</answer>', '<answer>1-2</answer>', '<answer>2*4</answer>', 'no'];
    const scored = await scoreCompletions(countdownReward, tasks, texts);
    assert.deepEqual(scored, { totals: [1, 0.1, 1, 0], parts: { answered: 0.75, well_formed: 0.75, right: 0.5 } });
    await assert.rejects(scoreCompletions(countdownReward, tasks, texts.slice(1)));
  });

  it('sums weighted rewards, each one a part', async () => {
    const reward: Reward<{ numbers: number[]; target: number }> = sumOfRewards('both', [
      { reward: countdownReward, weight: 1 },
      { reward: formatReward(), weight: 2 },
    ]);
    const { total, parts } = await reward.score({ numbers: [1, 2], target: 3 }, answer('1+2'));
    assert.equal(total, 2);
    assert.equal(parts['countdown'], 1);
    assert.equal(parts['format'], 0.5);
    assert.equal(parts['countdown.right'], 1);
  });
});
