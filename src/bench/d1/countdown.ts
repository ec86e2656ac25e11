/** d1's Countdown at our scale: three numbers and a target; right is an expression that uses each number once. */
import type { Random } from '../../training/random';
import { countdownReward } from '../../training/rewards/countdown';
import { completionText, encode, frameTokens } from './alphabet';
import { calculate, expressionsOf, operators, workedOut, writtenOut, type Expression } from './expressions';
import type { D1Task, Document } from './task';

export interface CountdownPuzzle {
  readonly numbers: readonly [number, number, number];
  readonly target: number;
}

const largestNumber = 20;
/** Longest answer, `(12-10)*15`. */
const answerTokens = 10;

export const countdown: D1Task<CountdownPuzzle> = {
  name: 'countdown',
  promptLength: 12,
  lengths: [32, 64, 96],
  puzzle(random) {
    for (;;) {
      const numbers = [0, 0, 0].map(() => 1 + random.below(largestNumber)) as [number, number, number];
      const target = pick(expressionsOf(numbers), random)?.value;
      if (target !== undefined && target >= 10 && !numbers.includes(target)) return { numbers, target };
    }
  },
  key: ({ numbers, target }) => `${[...numbers].sort((a, b) => a - b).join(',')}=${target}`,
  prompt: ({ numbers, target }) => `countdown${numbers.join(',')}=${target}`,
  score(p, completion) {
    const { total } = countdownReward.score(p, completion);
    const solved = total === 1;
    return { accuracy: solved ? 1 : 0, solved, reward: total };
  },
  baseDocument(p, room, random) {
    if (random.uniform() < 0.4) return facts(room, random);
    const all = expressionsOf(p.numbers);
    const answer = random.uniform() < 0.25 ? pick(all.filter((e) => e.value === p.target), random)! : pick(all, random)!; // prettier-ignore
    const written = Array.from({ length: random.below(3) }, () => workedOut(pick(all, random)!));
    return documentOf(p, thatFit(written, room), answer);
  },
  trace(p, room, random) {
    const all = expressionsOf(p.numbers);
    const right = pick(all.filter((e) => e.value === p.target), random)!; // prettier-ignore
    const wrong = all.filter((e) => e.value !== p.target);
    const tries = Array.from({ length: random.below(3) }, () => pick(wrong, random))
      .filter((e) => e !== undefined)
      .map((e) => `${workedOut(e)} no`);
    // Where a canvas is too short for the steps, the answer stands alone.
    const last = thatFit([`${workedOut(right)} ok`], room);
    if (last === '') return documentOf(p, last, right);
    const before = thatFit(tries, room - encode(last).length - 1);
    return documentOf(p, before === '' ? last : `${before};${last}`, right);
  },
};

function documentOf(p: CountdownPuzzle, reasoning: string, answer: Expression): Document {
  const parts = { prompt: countdown.prompt(p), completion: completionText(reasoning, writtenOut(answer)) };
  return parts;
}

/** Plain arithmetic, as it stands everywhere in what base models read. */
function facts(room: number, random: Random): Document {
  const lines: string[] = [];
  for (let left = room - frameTokens; left >= 9;) {
    const [a, b] = [1 + random.below(99), 1 + random.below(largestNumber)];
    const operator = pick(operators, random)!;
    const value = calculate(a, operator, b);
    if (value === null) continue;
    const line = `${a}${operator}${b}=${value}`;
    lines.push(line);
    left -= encode(line).length + 1;
  }
  const answer = lines.pop() ?? '1+1=2';
  return { prompt: 'facts', completion: completionText(lines.join(';'), answer) };
}

/** As many of the parts, joined, as leave room for the frame and an answer. */
function thatFit(parts: readonly string[], room: number): string {
  let joined = '';
  for (const part of parts) {
    const longer = joined === '' ? part : `${joined};${part}`;
    if (encode(longer).length > room - frameTokens - answerTokens) break;
    joined = longer;
  }
  return joined;
}

function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[random.below(items.length)];
}
