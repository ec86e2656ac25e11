/** Puzzles in d1's own files: Sudoku as CSV (columns Puzzle, Solution), Countdown as JSON lines. Read leniently, since copies of them differ. */
import * as z from 'zod';
import { encode } from './alphabet';
import type { CountdownPuzzle } from './countdown';
import { countdown } from './countdown';
import type { SudokuPuzzle } from './sudoku-grid';
import { promptLength } from './task';

export interface ReadPuzzles<P> {
  readonly puzzles: readonly P[];
  /** Lines that were passed over, with why: numbers from 1. */
  readonly passedOver: readonly { readonly line: number; readonly why: string }[];
}

const grid = /^[0-4]{16}$/;

/** Columns by name in any order, or the first two; blanks, quotes and other separators within a grid are ignored. */
export function readSudokuCsv(text: string): ReadPuzzles<SudokuPuzzle> {
  const lines = text.split(/\r?\n/);
  const header = cellsOf(lines[0] ?? '').map((cell) => cell.toLowerCase());
  const named = [header.indexOf('puzzle'), header.indexOf('solution')] as const;
  const [puzzleAt, solutionAt] = named.includes(-1) ? [0, 1] : named;
  return read(lines, named.includes(-1) ? 0 : 1, (line) => {
    const cells = cellsOf(line);
    const digits = [cells[puzzleAt], cells[solutionAt]].map((cell) => (cell ?? '').replace(/[.\-_?]/g, '0').replace(/\D/g, ''));
    const [puzzle, solution] = digits as [string, string];
    if (!grid.test(puzzle)) return 'no puzzle of 16 digits from 0 to 4';
    if (!grid.test(solution) || solution.includes('0')) return 'no solution of 16 digits from 1 to 4';
    if (Array.from(puzzle).some((digit, i) => digit !== '0' && digit !== solution[i]))
      return 'the solution contradicts the puzzle';
    return { puzzle: Array.from(puzzle, Number), solution: Array.from(solution, Number) };
  });
}

function cellsOf(line: string): string[] {
  return line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/** Numbers as a list or as text ("1,2,3"); the target as a number or as text; keys as d1's and other copies name them. */
const countdownLine = z.looseObject({});

/** One object a line. Puzzles that the task's vocabulary or prompt cannot hold are passed over. */
export function readCountdownJsonl(text: string): ReadPuzzles<CountdownPuzzle> {
  return read(text.split(/\r?\n/), 0, (line) => {
    const parsed = countdownLine.safeParse(json(line));
    if (!parsed.success) return 'not a JSON object';
    const field = (...names: string[]): unknown => names.map((name) => parsed.data[name]).find((value) => value !== undefined);
    const numbers = numbersOf(field('input', 'nums', 'numbers'));
    const target = numbersOf(field('output', 'target', 'answer'))[0];
    if (numbers.length !== 3 || target === undefined) return 'needs three numbers and a target';
    const puzzle: CountdownPuzzle = { numbers: numbers as [number, number, number], target };
    return encode(countdown.prompt(puzzle)).length > promptLength ? 'numbers too long for the prompt' : puzzle;
  });
}

function json(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? [value] : [];
  if (typeof value === 'string') return (value.match(/\d+/g) ?? []).map(Number);
  return Array.isArray(value) ? value.flatMap(numbersOf) : [];
}

function read<P>(lines: readonly string[], skip: number, parse: (line: string) => P | string): ReadPuzzles<P> {
  const puzzles: P[] = [];
  const passedOver: { line: number; why: string }[] = [];
  lines.forEach((line, i) => {
    if (i < skip || line.trim() === '') return;
    const found = parse(line);
    if (typeof found === 'string') passedOver.push({ line: i + 1, why: found });
    else puzzles.push(found);
  });
  return { puzzles, passedOver };
}
