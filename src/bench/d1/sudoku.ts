/** d1's Sudoku at our scale: 4x4 grids; the score is the share of the empty cells that are right. */
import type { Random } from '../../training/random';
import { cells, completionText, frameTokens } from './alphabet';
import { candidates, makePuzzle, type SudokuPuzzle } from './sudoku-grid';
import { shuffledBy } from './shuffled-by';
import { sudokuReward } from '../../training/rewards/sudoku';
import type { D1Task, Document } from './task';

const digitsOf = (grid: readonly number[]): string => grid.join('');
const answerTokens = 16;

export const sudoku: D1Task<SudokuPuzzle> = {
  name: 'sudoku',
  puzzle: makePuzzle,
  key: (p) => digitsOf(p.puzzle),
  // Each digit stands beside its cell's name, by which traces call it.
  prompt: (p) => `sudoku${p.puzzle.map((digit, cell) => `${cells[cell]!}${digit}`).join('')}`,
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
    const order = careful ? solvingOrder(p, random) : shuffledBy(emptyCells(p.puzzle), random).slice(0, random.below(3));
    const steps = order.map((cell) => `${cells[cell]!}${written[cell]!}`);
    return documentOf(p, steps.slice(0, Math.max(0, (room - frameTokens - answerTokens) >> 1)).join(''), written);
  },
};

function documentOf(p: SudokuPuzzle, reasoning: string, answer: readonly number[]): Document {
  return { prompt: sudoku.prompt(p), completion: completionText(reasoning, digitsOf(answer)) };
}

const emptyCells = (grid: readonly number[]): number[] => [...grid.keys()].filter((cell) => grid[cell] === 0);
/** The order in which a solver fills the cells: always one of those with the fewest candidates. */
function solvingOrder(p: SudokuPuzzle, random: Random): number[] {
  const grid = [...p.puzzle];
  const order: number[] = [];
  for (let open = emptyCells(grid); open.length > 0; open = emptyCells(grid)) {
    const cell = shuffledBy(open, random).sort((a, b) => candidates(grid, a).length - candidates(grid, b).length)[0]!;
    grid[cell] = p.solution[cell]!;
    order.push(cell);
  }
  return order;
}
