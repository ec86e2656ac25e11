/** What the experiment needs of a task: puzzles, the corpora to learn from, and d1's score. */
import type { Random } from '../../training/random';

export interface Score {
  /** d1's measure of the task, 0 to 1. */
  readonly accuracy: number;
  /** The whole puzzle is right. */
  readonly solved: boolean;
  /** d1's reward of the task; what Diffu-GRPO is given. */
  readonly reward: number;
}

export interface Document {
  readonly prompt: string;
  /** Empty: the answer alone is written. */
  readonly reasoning: string;
  readonly answer: string;
}

/** Tokens of every prompt; shorter ones are padded with blanks in front. */
export const promptLength = 17;

/** Completion lengths at which held-out puzzles are scored; the middle one is trained on. */
export const lengths = [24, 32, 48] as const;

export interface D1Task<Puzzle> {
  readonly name: 'sudoku' | 'countdown';
  /** A puzzle with its solution. */
  puzzle(random: Random): Puzzle;
  /** What tells puzzles apart: those of the held-out set are kept out of all training. */
  key(puzzle: Puzzle): string;
  prompt(puzzle: Puzzle): string;
  score(puzzle: Puzzle, completion: string): Score;
  /**
   * A document of the base corpus, at most `room` completion tokens long, as careless and careful authors write them: careful ones reason and are mostly
   * right, careless ones hardly reason and are mostly wrong. Which kind a base writes by itself is not what it knows best.
   */
  baseDocument(puzzle: Puzzle, room: number, random: Random): Document;
}
