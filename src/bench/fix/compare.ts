/** What two arms of a benchmark need until a candidate passes. */
import { armNames, type FixOutcome } from './run';

/** Shares of the tasks fixed at which arms are compared. */
const rates = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

export interface Comparison {
  /** Tasks that both fixed. */
  readonly tasks: number;
  /** Tests until a candidate passes (all of those of the passing one included), as a multiple of the first arm's: geometric mean over the tasks. */
  readonly testsRatio: number;
  /** The same in candidates, each of which is one run of the tests. */
  readonly candidatesRatio: number;
  /** How many candidates a task must be allowed, so that this share of all tasks is fixed; rates that either arm misses are left out. */
  readonly atRates: readonly { readonly rate: number; readonly own: number; readonly other: number }[];
}

/** Compares another arm with the first one, on one budget. Null where they fixed no task in common. */
export function compareArms(outcomes: readonly FixOutcome[], budget: string, other: FixOutcome['arm']): Comparison | null {
  const tasks = [...new Set(outcomes.map(({ task }) => task))];
  const passOf = (task: string, arm: FixOutcome['arm']): FixOutcome['firstPass'] =>
    outcomes.find((o) => o.task === task && o.arm === arm && o.budget === budget && o.fixed)?.firstPass;
  const both = tasks.flatMap((task) => {
    const [own, others] = [passOf(task, armNames[0]), passOf(task, other)];
    return own && others ? [{ own, others }] : [];
  });
  if (both.length === 0) return null;
  const needed = (arm: FixOutcome['arm']): number[] =>
    tasks.flatMap((task) => passOf(task, arm)?.candidates ?? []).sort((a, b) => a - b);
  const [own, others] = [needed(armNames[0]), needed(other)];
  const atRates = rates.flatMap((rate) => {
    const at = Math.ceil(rate * tasks.length - 1e-9) - 1;
    const [mine, theirs] = [own[at], others[at]];
    return mine === undefined || theirs === undefined ? [] : [{ rate, own: mine, other: theirs }];
  });
  return {
    tasks: both.length,
    testsRatio: geometricMean(both.map((each) => each.others.testsRun / each.own.testsRun)),
    candidatesRatio: geometricMean(both.map((each) => each.others.candidates / each.own.candidates)),
    atRates,
  };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
