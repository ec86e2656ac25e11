import { lastAnswer } from './answer';
import type { TextReward } from './reward';

export interface SudokuTask {
  /** 16 digits by rows, 0 for an empty cell. */
  readonly puzzle: string;
  /** 16 digits. */
  readonly solution: string;
}

/**
 * d1's Sudoku reward (diffu-grpo/reward_func.py): the share of the puzzle's empty cells that the answer's digits fill rightly. Whatever is no digit is
 * skipped, digits that are missing count as wrong, those after the sixteenth are dropped; given cells are not looked at. 0 without an answer, and for
 * a puzzle without empty cells. Parts: `answered`, `solved` (every empty cell is right).
 */
export const sudokuReward: TextReward<SudokuTask> = {
  name: 'sudoku',
  score({ puzzle, solution }, completion) {
    const answer = lastAnswer(completion);
    const digits = answer?.replace(/[^0-9]/g, '') ?? '';
    const empty = Array.from(puzzle.matchAll(/0/g), (zero) => zero.index);
    const right = empty.filter((cell) => digits[cell] === solution[cell]).length;
    const total = empty.length === 0 ? 0 : right / empty.length;
    return { total, parts: { answered: Number(digits !== ''), solved: Number(total === 1) } };
  },
};
