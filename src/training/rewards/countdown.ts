import { lastAnswer } from './answer';
import { readExpression } from './expression';
import type { TextReward } from './reward';

export interface CountdownTask {
  readonly numbers: readonly number[];
  readonly target: number;
}

/** What d1 gives for an answer that is not right. */
const formatScore = 0.1;
/** Results this near to the target reach it: quotients are rounded. */
const tolerance = 1e-5;

/**
 * d1's Countdown reward (diffu-grpo/reward_func.py): 1 for an expression that uses each number exactly once and gives the target, 0.1 for any other
 * answer between tags, 0 without one. Parts: `answered`, `well_formed` (an expression of these very numbers), `right`.
 */
export const countdownReward: TextReward<CountdownTask> = {
  name: 'countdown',
  score(task, completion) {
    const answer = lastAnswer(completion);
    if (answer === null) return { total: 0, parts: { answered: 0, well_formed: 0, right: 0 } };
    const read = readExpression(answer);
    const wellFormed = read !== null && sameNumbers(read.numbers, task.numbers);
    const right = wellFormed && Math.abs(read.value - task.target) < tolerance;
    return { total: right ? 1 : formatScore, parts: { answered: 1, well_formed: Number(wellFormed), right: Number(right) } };
  },
};

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  const sorted = (values: readonly number[]): string => [...values].sort((x, y) => x - y).join(' ');
  return sorted(a) === sorted(b);
}
