/** 4x4 Sudoku: cells 0..15 row by row, digits 1..4, 0 for empty. */
import type { Random } from '../../training/random';
import { shuffledBy } from './shuffled-by';

/** For each cell, the other cells of its row, column and block. */
export const peers: readonly (readonly number[])[] = Array.from({ length: 16 }, (_, cell) => {
  const [row, column] = [cell >> 2, cell & 3];
  return Array.from({ length: 16 }, (_, other) => other).filter((other) => {
    const [r, c] = [other >> 2, other & 3];
    return other !== cell && (r === row || c === column || (r >> 1 === row >> 1 && c >> 1 === column >> 1));
  });
});

/** Digits that no peer holds. */
export function candidates(grid: readonly number[], cell: number): number[] {
  return [1, 2, 3, 4].filter((digit) => peers[cell]!.every((peer) => grid[peer] !== digit));
}

/** Number of solutions, counted up to `limit`. */
export function countSolutions(grid: readonly number[], limit = 2): number {
  const open = grid.map((digit, cell) => (digit === 0 ? cell : -1)).filter((cell) => cell >= 0);
  if (open.length === 0) return 1;
  const choices = open.map((cell) => ({ cell, digits: candidates(grid, cell) })).sort((a, b) => a.digits.length - b.digits.length)[0]!; // prettier-ignore
  let count = 0;
  for (const digit of choices.digits) {
    count += countSolutions(
      grid.map((d, cell) => (cell === choices.cell ? digit : d)),
      limit - count,
    );
    if (count >= limit) break;
  }
  return count;
}

/** A full grid, drawn at random among all 288. */
export function fullGrid(random: Random): number[] {
  const grid = Array<number>(16).fill(0);
  const fill = (cell: number): boolean => {
    if (cell === 16) return true;
    for (const digit of shuffledBy(candidates(grid, cell), random)) {
      grid[cell] = digit;
      if (fill(cell + 1)) return true;
    }
    grid[cell] = 0;
    return false;
  };
  fill(0);
  return grid;
}

export interface SudokuPuzzle {
  readonly puzzle: readonly number[];
  readonly solution: readonly number[];
}

/** A grid with 5 to 9 cells emptied, or as many as wanted, that still has one solution. */
export function makePuzzle(random: Random, wanted = 5 + random.below(5)): SudokuPuzzle {
  const solution = fullGrid(random);
  const puzzle = [...solution];
  let emptied = 0;
  for (const cell of shuffledBy([...puzzle.keys()], random)) {
    if (emptied === wanted) break;
    puzzle[cell] = 0;
    if (countSolutions(puzzle) === 1) emptied++;
    else puzzle[cell] = solution[cell]!;
  }
  return { puzzle, solution };
}
