/** Fix rate and seconds on a set of tasks: every arm at every budget, each result written down as soon as it is there. */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Budget } from '../../protocol/messages';
import { compareArms, type Comparison } from './compare';
import { summarise } from './report';
import { armNames, armSettings, identify, runTask, type ArmName, type FixClient, type FixOutcome } from './run';
import type { TaskSet } from './tasks';

/** A started engine; `model` is what the protocol's initialize takes. */
export type Connect = (model: string | undefined) => Promise<FixClient & { dispose(): Promise<void> }>;

export interface FixBenchOptions {
  /** Of the search. */
  readonly seed: number;
  /** Smallest first. */
  readonly budgets: readonly Budget[];
  readonly arms?: readonly ArmName[];
  /** JSON lines, one outcome each. A run with the same file goes on where the last one stopped. */
  readonly file?: string | undefined;
  /** Runs everything again at each budget; else a fix found within a smaller budget counts for the larger ones, too. */
  readonly full?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onOutcome?: (outcome: FixOutcome, done: number, total: number) => void;
}

export interface FixBenchReport {
  readonly seed: number;
  readonly tasks: number;
  readonly groups: readonly ({ readonly arm: ArmName; readonly budget: Budget } & ReturnType<typeof summarise>)[];
  /** What the other arms need until a candidate passes, beside the product. */
  readonly ratios: readonly ({ readonly budget: Budget; readonly arm: ArmName } & Comparison)[];
  readonly outcomes: readonly FixOutcome[];
}

const keyOf = ({ task, digest, arm, budget, seed }: ReturnType<typeof identify>): string =>
  [task, digest, arm, budget, seed].join('|');

/** Runs the benchmark. Throws only when aborted or when an engine can't be started. */
export async function benchFix(connect: Connect, set: TaskSet, options: FixBenchOptions): Promise<FixBenchReport> {
  const { seed, budgets, signal } = options;
  const arms = options.arms ?? armNames;
  const known = await readOutcomes(options.file);
  const total = budgets.length * arms.length * set.tasks.length;
  const outcomes = new Map<string, FixOutcome>();
  for (const [level, budget] of budgets.entries()) {
    for (const arm of arms) {
      let engine: Awaited<ReturnType<Connect>> | undefined;
      try {
        for (const task of set.tasks) {
          const id = identify(task, { arm, budget, seed });
          const smaller = budgets.slice(0, level).map((name) => outcomes.get(keyOf({ ...id, budget: name })));
          const earlier = options.full === true ? undefined : smaller.find((outcome) => outcome?.fixed);
          let outcome = known.get(keyOf(id));
          if (!outcome && earlier) outcome = { ...earlier, budget, carried: true };
          if (!outcome) {
            engine ??= await connect(armSettings(arm, seed).model);
            outcome = (await runTask(engine, set, task, { arm, budget, seed, signal })).outcome;
            await note(options.file, outcome);
          }
          outcomes.set(keyOf(id), outcome);
          options.onOutcome?.(outcome, outcomes.size, total);
        }
      } finally {
        await engine?.dispose();
      }
    }
  }
  const all = [...outcomes.values()];
  const groups = budgets.flatMap((budget) =>
    arms.map((arm) => ({
      arm,
      budget,
      ...summarise(all.filter((outcome) => outcome.arm === arm && outcome.budget === budget)),
    })),
  );
  const ratios = budgets.flatMap((budget) =>
    armNames.slice(1).flatMap((arm) => {
      const found = compareArms(all, budget, arm);
      return found ? [{ budget, arm, ...found }] : [];
    }),
  );
  return { seed, tasks: set.tasks.length, groups, ratios, outcomes: all };
}

/** What an earlier run wrote down; a last line that was cut short is left out. */
async function readOutcomes(file: string | undefined): Promise<Map<string, FixOutcome>> {
  const known = new Map<string, FixOutcome>();
  if (file === undefined) return known;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  for (const line of text.split('\n').filter((each) => each.endsWith('}'))) {
    const outcome = JSON.parse(line) as FixOutcome;
    known.set(keyOf(outcome), outcome);
  }
  return known;
}

async function note(file: string | undefined, outcome: FixOutcome): Promise<void> {
  if (file === undefined) return;
  await mkdir(path.dirname(file), { recursive: true });
  await appendFile(file, `${JSON.stringify(outcome)}\n`);
}
