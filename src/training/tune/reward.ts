/** What a repair is worth: the share of calls that give what they should, by running them in a sandbox. */
import type { Reward, RewardScore } from '../rewards/reward';
import { applyChange, readAnswer } from '../../repair/model/canvas';
import { runCalls, type CallOutcome } from '../tasks/repair/calls';
import { callsOf } from '../tasks/repair/tasks';
import type { RepairCase } from './examples';

/** Completions that are called together: a round's, so that one process serves them all. */
interface Waiting {
  readonly text: string;
  readonly of: RepairCase;
  readonly settle: (outcomes: CallOutcome[]) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * 1 for a text that all calls agree with; else 0.1 for an answer that can be read and changes something, and 0.4 times the share of calls that agree. Right code:
 * 1 for leaving it alone, 0 for any change. Parts: `solved`, `readable`, `kept` (of right code: left alone).
 */
export function callsReward(signal?: AbortSignal): Reward<RepairCase> {
  let waiting: Waiting[] = [];
  const flush = async (): Promise<void> => {
    const some = waiting;
    waiting = [];
    try {
      const outcomes = await runCalls(
        some.map(({ text, of }, id) => callsOf(of, text, id)),
        signal,
      );
      some.forEach(({ settle }, i) => { settle(outcomes[i]!); }); // prettier-ignore
    } catch (error) {
      some.forEach(({ fail }) => { fail(error); }); // prettier-ignore
    }
  };
  const called = (of: RepairCase, text: string): Promise<CallOutcome[]> =>
    new Promise((settle, fail) => {
      if (waiting.push({ text, of, settle, fail }) === 1) setImmediate(() => void flush());
    });
  return {
    name: 'calls',
    async score(task, completion) {
      const answer = readAnswer(completion);
      if (answer === 'keep' || answer === null || !task.failing) {
        const kept = Number(answer === 'keep' && !task.failing);
        return score({ total: kept, readable: Number(answer !== null), ...(task.failing ? {} : { kept }) });
      }
      const text = applyChange(task.shown, answer);
      if (text === null || text === task.shown) return score({ total: 0, readable: 1 });
      const share = agreeing(task, await called(task, text));
      return share === 1 ? score({ total: 1, readable: 1, solved: 1 }) : score({ total: 0.1 + 0.4 * share, readable: 1 });
    },
  };
}

function agreeing({ calls }: RepairCase, outcomes: readonly CallOutcome[]): number {
  const agree = calls.filter(({ expected }, i) => outcomes[i]?.kind === 'value' && outcomes[i].text === expected);
  return agree.length / calls.length;
}

function score({ total, ...parts }: { total: number; readable: number; solved?: number; kept?: number }): RewardScore {
  return { total, parts: { solved: 0, ...parts } };
}
