/** Calls `use` with the task of that name, its type of puzzle with it, and the puzzles that are scored. */
import { readFile } from 'node:fs/promises';
import { heldOutPuzzles } from './corpus';
import { countdown } from './countdown';
import { sudoku } from './sudoku';
import type { D1Task } from './task';
import { readCountdownJsonl, readSudokuCsv, type ReadPuzzles } from './test-file';

/** Something that is done with a task, whichever its puzzles are. */
export type WithTask<T> = <P>(task: D1Task<P>, heldOut: readonly P[]) => Promise<T>;

/** Throws Error where the test file holds no puzzle that can be read. */
export async function withTask<T>(name: D1Task<unknown>['name'], testFile: string | null, use: WithTask<T>): Promise<T> {
  if (name === 'sudoku') return use(sudoku, await puzzlesOf(sudoku, testFile, readSudokuCsv));
  return use(countdown, await puzzlesOf(countdown, testFile, readCountdownJsonl));
}

async function puzzlesOf<P>(task: D1Task<P>, file: string | null, read: (text: string) => ReadPuzzles<P>): Promise<readonly P[]> {
  if (file === null) return heldOutPuzzles(task);
  const { puzzles, passedOver } = read(await readFile(file, 'utf8'));
  if (puzzles.length > 0) return puzzles;
  const first = passedOver[0];
  throw new Error(`${file} holds no ${task.name} puzzle${first ? `: line ${first.line}: ${first.why}` : ''}`);
}
