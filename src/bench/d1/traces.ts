/**
 * What SFT learns from, in the place of s1K: worked solutions of *other* puzzles than those that are scored, as s1K's are (mathematics and science, while d1
 * scores Sudoku and Countdown too). They reason step by step, check, notice wrong tries and correct them, and end with the right answer.
 */
import type { Random } from '../../training/random';
import { cells, completionText } from './alphabet';
import { pick } from './countdown';
import { shuffledBy } from './shuffled-by';
import type { Document } from './task';

/** One trace, of either kind. */
export function trace(random: Random): Document {
  return random.uniform() < 0.5 ? pairTrace(random) : rowTrace(random);
}

/** Which two of four numbers add up to the target? Pairs are tried until one does. */
function pairTrace(random: Random): Document {
  const numbers = Array.from({ length: 4 }, () => 1 + random.below(45));
  const pairs = shuffledBy(numbers.flatMap((a, i) => numbers.slice(i + 1).map((b) => [a, b] as const)), random); // prettier-ignore
  const target = pairs[0]![0] + pairs[0]![1];
  const wrong = pairs.filter(([a, b]) => a + b !== target).slice(0, random.below(3));
  const tries = wrong.map(([a, b]) => `${a}+${b}=${a + b} no;`);
  const [a, b] = pairs[0]!;
  return {
    prompt: `facts${numbers.join(',')}=${target}`,
    completion: completionText(`${tries.join('')}${a}+${b}=${target} ok`, `${a}+${b}`),
  };
}

/** A row of the digits 1 to 4 with gaps: each gap is filled, sometimes first with a digit that another cell is found to hold. */
function rowTrace(random: Random): Document {
  const row = shuffledBy([1, 2, 3, 4], random);
  const gaps = shuffledBy([0, 1, 2, 3], random).slice(0, 1 + random.below(3));
  const start = 4 * random.below(4);
  const name = (i: number): string => cells[start + i]!;
  const known = new Set([0, 1, 2, 3].filter((i) => !gaps.includes(i)));
  const steps = gaps.map((gap) => {
    const holder = pick([...known], random);
    known.add(gap);
    const step = `${name(gap)}${row[gap]!}`;
    return holder !== undefined && random.uniform() < 0.4 ? `${name(gap)}${row[holder]!} no${name(holder)}${step}` : step;
  });
  const shown = row.map((digit, i) => (gaps.includes(i) ? 0 : digit)).join('');
  return { prompt: `facts${name(0)}${shown}`, completion: completionText(`${steps.join('')} ok`, row.join('')) };
}
