/**
 * What SFT learns from, in the place of s1K: worked solutions of easier puzzles than those that are scored. They reason step by step, check, notice wrong
 * tries and correct them, and end with the right answer, in the form of the tasks: so small a network forgets every form that it isn't shown.
 */
import type { Random } from '../../training/random';
import { filled } from './alphabet';
import { countdown, drawNumbers, pick, type CountdownPuzzle } from './countdown';
import { expressionsOf, workedOut, writtenOut, type Expression, type Operator } from './expressions';
import { shuffledBy } from './shuffled-by';
import { gridText, solvingOrder, sudoku } from './sudoku';
import { makePuzzle, peers } from './sudoku-grid';
import type { D1Task, Document } from './task';

/** A trace for a task's SFT. */
export function trace(task: D1Task<never>['name'], random: Random): Document {
  return task === 'sudoku' ? sudokuTrace(random) : sumTrace(random);
}

/**
 * Share of steps that are first tried wrongly. Each teaches a mistake beside its correction: with half of them wrong, SFT made everything after it worse.
 */
const wrongShare = 0.15;

/** The most cells filled wrongly first, which still fits the canvas that is trained on. */
const mostTries = 2;

/** A grid with two to four gaps. A gap is sometimes tried with a digit that the next cell named is found to hold already. */
function sudokuTrace(random: Random): Document {
  const p = makePuzzle(random, 2 + random.below(3));
  const grid = [...p.puzzle];
  let tries = 0;
  const steps = solvingOrder(p).map((cell) => {
    const holder = pick(peers[cell]!.filter((peer) => grid[peer] !== 0), random); // prettier-ignore
    grid[cell] = p.solution[cell]!;
    const right = filled(cell, grid[cell]);
    if (holder === undefined || tries === mostTries || random.uniform() > wrongShare) return right;
    tries++;
    return `${filled(cell, grid[holder]!)} no${filled(holder, grid[holder]!)}${right}`;
  });
  return { prompt: sudoku.prompt(p), reasoning: `${steps.join('')} ok`, answer: gridText(p.solution) };
}

const easy: readonly Operator[] = ['+', '-'];

/** Three numbers that only have to be added and subtracted. Sometimes a first step is tried from which the third number doesn't lead to the target. */
function sumTrace(random: Random): Document {
  for (;;) {
    const numbers = drawNumbers(random);
    const all = expressionsOf(numbers).filter((e) => easy.includes(e.operator) && easy.includes(e.first.operator));
    const target = pick(all, random)?.value;
    if (target === undefined) continue;
    const p: CountdownPuzzle = { numbers, target };
    // The same one each time, as a careful author of the base's corpus writes it.
    const answer = all.find((e) => e.value === target)!;
    const first = ({ first: { left, operator, right, value } }: Expression): string => `${left}${operator}${right}=${value}`;
    const leading = new Set(all.filter((e) => e.value === p.target).map(first));
    const wrong = shuffledBy(all.filter((e) => !leading.has(first(e))), random)[0]; // prettier-ignore
    const tried = wrong !== undefined && random.uniform() < wrongShare ? `${first(wrong)} no;` : '';
    return { prompt: countdown.prompt(p), reasoning: `${tried}${workedOut(answer)} ok`, answer: writtenOut(answer) };
  }
}
