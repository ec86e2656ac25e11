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
  readonly completion: string;
}

export interface D1Task<Puzzle> {
  readonly name: 'sudoku' | 'countdown';
  /** Tokens of every prompt (shorter ones are padded with blanks in front). */
  readonly promptLength: number;
  /** Completion lengths at which held-out puzzles are scored; the middle one is trained on. */
  readonly lengths: readonly [short: number, middle: number, long: number];
  /** A puzzle with its solution. */
  puzzle(random: Random): Puzzle;
  /** What tells puzzles apart: those of the held-out set are kept out of all training. */
  key(puzzle: Puzzle): string;
  prompt(puzzle: Puzzle): string;
  score(puzzle: Puzzle, completion: string): Score;
  /**
   * A document of the base corpus, at most `room` completion tokens long: the task's format as careless authors would write it. Facts are there to be
   * learnt, but reasoning and answers are often wrong, and nothing in it checks itself.
   */
  baseDocument(puzzle: Puzzle, room: number, random: Random): Document;
  /** A worked solution as in s1K: steps, checks, wrong tries that are noticed and corrected; the right answer. At most `room` tokens. */
  trace(puzzle: Puzzle, room: number, random: Random): Document;
}
