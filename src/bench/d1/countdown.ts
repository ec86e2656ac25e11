/** d1's Countdown at our scale: three numbers and a target; right is an expression that uses each number once. */
import type { Random } from '../../training/random';
import { countdownReward } from '../../training/rewards/countdown';
import { encode, frameTokens } from './alphabet';
import { expressionsOf, workedOut, writtenOut, type Expression } from './expressions';
import type { D1Task, Document } from './task';

export interface CountdownPuzzle {
  readonly numbers: readonly [number, number, number];
  readonly target: number;
}

const largestNumber = 10;
/** `(2+3)*5`. */
const answerTokens = 7;

export const countdown: D1Task<CountdownPuzzle> = {
  name: 'countdown',
  puzzle(random) {
    for (;;) {
      const numbers = drawNumbers(random);
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
    const all = expressionsOf(p.numbers);
    // A careful author works the answer out and is mostly right; a careless one writes something down.
    const careful = random.uniform() < 0.5;
    const right = random.uniform() < (careful ? 0.95 : 0.1) ? all.find((e) => e.value === p.target) : undefined;
    const answer = right ?? pick(all, random)!;
    return documentOf(p, careful && fits(workedOut(answer), room) ? workedOut(answer) : '', answer);
  },
};

function documentOf(p: CountdownPuzzle, reasoning: string, answer: Expression): Document {
  return { prompt: countdown.prompt(p), reasoning, answer: writtenOut(answer) };
}

/** Three numbers of a puzzle. */
export function drawNumbers(random: Random): CountdownPuzzle['numbers'] {
  const draw = (): number => 1 + random.below(largestNumber);
  return [draw(), draw(), draw()];
}

/** Whether reasoning leaves room for the frame and an answer. */
function fits(reasoning: string, room: number): boolean {
  return encode(reasoning).length <= room - frameTokens - answerTokens;
}

export function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[random.below(items.length)];
}
