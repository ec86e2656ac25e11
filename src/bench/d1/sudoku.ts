/** d1's Sudoku at our scale: 4x4 grids; the score is the share of the empty cells that are right. */
import { filled, frameTokens } from './alphabet';
import { candidates, makePuzzle, type SudokuPuzzle } from './sudoku-grid';
import { sudokuReward } from '../../training/rewards/sudoku';
import type { D1Task, Document } from './task';

const digitsOf = (grid: readonly number[]): string => grid.join('');
const answerTokens = 16;

/** `A3B0C1...`. */
export const gridText = (grid: readonly number[]): string => grid.map((digit, cell) => filled(cell, digit)).join('');

export const sudoku: D1Task<SudokuPuzzle> = {
  name: 'sudoku',
  puzzle: (random) => makePuzzle(random),
  key: (p) => digitsOf(p.puzzle),
  prompt: (p) => `sudoku${gridText(p.puzzle)}`,
  score(p, completion) {
    const { total } = sudokuReward.score({ puzzle: digitsOf(p.puzzle), solution: digitsOf(p.solution) }, completion);
    return { accuracy: total, solved: total === 1, reward: total };
  },
  baseDocument(p, room, random) {
    const careful = random.uniform() < 0.5;
    // A careless author fills a cell with the right digit now and then, or with any.
    const skill = careful ? 0.97 : 0.35;
    const written = p.solution.map((digit, cell) =>
      p.puzzle[cell] === 0 && random.uniform() > skill ? 1 + random.below(4) : digit,
    );
    const order = careful ? solvingOrder(p) : [];
    const steps = order.slice(0, Math.max(0, room - frameTokens - answerTokens)).map((cell) => filled(cell, written[cell]!));
    return documentOf(p, steps.join(''), written);
  },
};

function documentOf(p: SudokuPuzzle, reasoning: string, answer: readonly number[]): Document {
  return { prompt: sudoku.prompt(p), reasoning, answer: gridText(answer) };
}

const emptyCells = (grid: readonly number[]): number[] => [...grid.keys()].filter((cell) => grid[cell] === 0);

/** The order in which a solver fills the cells: always the first of those with the fewest candidates. */
export function solvingOrder(p: SudokuPuzzle): number[] {
  const grid = [...p.puzzle];
  const order: number[] = [];
  for (let open = emptyCells(grid); open.length > 0; open = emptyCells(grid)) {
    const cell = open.sort((a, b) => candidates(grid, a).length - candidates(grid, b).length)[0]!;
    grid[cell] = p.solution[cell]!;
    order.push(cell);
  }
  return order;
}
