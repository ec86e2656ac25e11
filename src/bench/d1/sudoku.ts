/** d1's Sudoku at our scale: 4x4 grids; the score is the share of the empty cells that are right. */
import type { Random } from '../../training/random';
import { cells, completionText, encode, frameTokens } from './alphabet';
import { candidates, makePuzzle, peers, type SudokuPuzzle } from './sudoku-grid';
import { shuffledBy } from './shuffled-by';
import { sudokuReward } from '../../training/rewards/sudoku';
import type { D1Task, Document } from './task';

const digitsOf = (grid: readonly number[]): string => grid.join('');
const answerTokens = 16;

export const sudoku: D1Task<SudokuPuzzle> = {
  name: 'sudoku',
  promptLength: 17,
  lengths: [32, 64, 96],
  puzzle: makePuzzle,
  key: (p) => digitsOf(p.puzzle),
  prompt: (p) => `sudoku${digitsOf(p.puzzle)}`,
  score(p, completion) {
    const { total } = sudokuReward.score({ puzzle: digitsOf(p.puzzle), solution: digitsOf(p.solution) }, completion);
    return { accuracy: total, solved: total === 1, reward: total };
  },
  baseDocument(p, room, random) {
    // An author fills a cell with the right digit, or with any.
    const skill = 0.2 + 0.6 * random.uniform();
    const written = p.solution.map((digit, cell) =>
      p.puzzle[cell] === 0 && random.uniform() > skill ? 1 + random.below(4) : digit,
    );
    const steps = shuffledBy(emptyCells(p.puzzle), random).map((cell) => [cells[cell]!, String(written[cell]!)]);
    const kept = steps.slice(0, Math.min(stepsThatFit(room, 2), random.below(steps.length + 1)));
    return documentOf(p, kept.flat().join(''), written);
  },
  trace(p, room, random) {
    return documentOf(p, solverTrace(p, room - frameTokens - answerTokens, random), p.solution);
  },
};

function documentOf(p: SudokuPuzzle, reasoning: string, answer: readonly number[]): Document {
  return { prompt: sudoku.prompt(p), completion: completionText(reasoning, digitsOf(answer)) };
}

const emptyCells = (grid: readonly number[]): number[] => [...grid.keys()].filter((cell) => grid[cell] === 0);
const stepsThatFit = (room: number, each: number): number => Math.max(0, Math.floor((room - frameTokens - answerTokens) / each));

/**
 * Steps of a solver that always takes a cell with the fewest candidates: `a23` puts 3 at a2. Sometimes a wrong digit is tried, the cell
 * that forbids it is named, and the step is made again: `a23 nob2a24` (3 can't stand at a2: b2 holds it; so 4).
 */
function solverTrace(p: SudokuPuzzle, room: number, random: Random): string {
  const grid = [...p.puzzle];
  const steps: string[] = [];
  let left = room;
  while (left >= 2) {
    const open = shuffledBy(emptyCells(grid), random).sort((a, b) => candidates(grid, a).length - candidates(grid, b).length);
    const cell = open[0];
    if (cell === undefined) break;
    const digit = p.solution[cell]!;
    const needed = 2 * open.length;
    const refuted = shuffledBy(peers[cell]!, random).find((peer) => grid[peer] !== 0 && grid[peer] !== digit);
    if (refuted !== undefined && left >= needed + 4 && random.uniform() < 0.35) {
      steps.push(`${cells[cell]!}${grid[refuted]!} no${cells[refuted]!}`);
      left -= 4;
    }
    steps.push(`${cells[cell]!}${digit}`);
    left -= 2;
    grid[cell] = digit;
  }
  return steps.join('');
}

/** Tokens of a completion, for bounds and tests. */
export const completionTokens = (document: Document): number => encode(document.completion).length + 1;
