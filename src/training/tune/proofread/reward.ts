/** Diffu-GRPO for proofreading: groups of corrections of broken functions, and of right ones, worth 1 where all calls give what they should. */
import type { LabelRow } from '../../../diffusion/proofread';
import { readLabels } from '../../../diffusion/proofread';
import type { StructureTokens } from '../../../diffusion/variable-length';
import type { TransformerConfig } from '../../../model/config';
import { cpuLowering } from '../../../model/lowerings/cpu';
import type { CodeTokenizer } from '../../../model/tokenizer';
import { weightedCrossEntropy } from '../../graph/losses';
import { cpuTraining } from '../../graph/lowering';
import { TrainingSession } from '../../graph/training-session';
import { groupAdvantages } from '../../objectives/grpo';
import type { Optimiser } from '../../optimiser/optimiser';
import type { Schedule } from '../../optimiser/schedule';
import type { Parameter } from '../../parameters';
import type { Random } from '../../random';
import { PolicyModel } from '../../rollout/policy-model';
import { runCalls } from '../../tasks/repair/calls';
import { callsOf, solves } from '../../tasks/repair/tasks';
import { Trainer } from '../../trainer';
import type { RepairCase } from '../examples';
import { atOnce } from '../stream';
import type { Rehearsal } from './rehearsal';
import { afterAction, drawActions, isAction, policyBatches, type Action } from './policy';

export interface ProofreadGrpoOptions {
  readonly config: TransformerConfig;
  /** Live: changed in place. */
  readonly parameters: readonly Parameter[];
  readonly tokenizer: CodeTokenizer;
  readonly structure: StructureTokens;
  /** Cases of the next round. */
  readonly cases: () => readonly RepairCase[];
  readonly group: number;
  readonly temperature: number;
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  readonly clip: number;
  readonly random: Random;
  readonly threads?: number;
  /** What each update goes over again. */
  readonly rehearsal?: Rehearsal | undefined;
  /** Share of the budget that is used; the loop ends when it reaches 1. */
  readonly share: () => number;
  readonly signal: AbortSignal;
  readonly onRound: (round: ProofreadRound) => void;
}

/** Means over a round's actions. */
export interface ProofreadRound {
  readonly round: number;
  readonly reward: number;
  /** Of broken functions: mended. Of right ones: left alone. Absent where there was none. */
  readonly solved?: number;
  readonly kept?: number;
  /** Standard deviation of the advantages: 0 when no group disagrees, and then nothing is learnt. */
  readonly advantageSpread: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** Trains until the budget is used up. Throws DivergedError, and the signal's reason when aborted. Returns the number of rounds. */
export async function trainProofreadGrpo(o: ProofreadGrpoOptions): Promise<number> {
  const threads = o.threads ? { threads: o.threads } : {};
  const session = await TrainingSession.create(o.config, o.parameters, {
    lowering: cpuTraining,
    batch: atOnce,
    length: 'L',
    loss: weightedCrossEntropy,
    repeatedRows: true,
    ...threads,
  });
  const trainer = new Trainer({ session, optimiser: o.optimiser, schedule: o.schedule, clip: o.clip });
  try {
    const policy = await PolicyModel.create(o.config, o.parameters, { lowering: cpuLowering, ...threads });
    try {
      let round = 0;
      for (; o.share() < 1; round++) {
        if (round > 0) await policy.refresh();
        await oneRound(o, policy, trainer, round);
      }
      return round;
    } finally {
      await policy.dispose();
    }
  } finally {
    await trainer.dispose();
  }
}

async function oneRound(o: ProofreadGrpoOptions, policy: PolicyModel, trainer: Trainer, round: number): Promise<void> {
  const drawn: { of: RepairCase; tokens: number[]; actions: Action[] }[] = [];
  const allowed = isAction(o.tokenizer, o.structure);
  for (const of of o.cases()) {
    o.signal.throwIfAborted();
    const tokens = o.tokenizer.encode(of.shown);
    const rows: readonly LabelRow[] = await readLabels(policy.model, o.structure, tokens, { from: 0, until: tokens.length });
    drawn.push({
      of,
      tokens,
      actions: drawActions(tokens, rows, { count: o.group, temperature: o.temperature, allowed }, o.random),
    });
  }
  const rewards = await actionRewards(o, drawn);
  const advantages = groupAdvantages(rewards, o.group);
  const groups = drawn.map(({ tokens, actions }, i) => ({
    tokens,
    actions,
    advantages: Array.from(advantages.subarray(i * o.group, (i + 1) * o.group)),
  }));
  const batches = [
    ...policyBatches(groups, { atOnce, endToken: o.config.endToken }),
    ...((await o.rehearsal?.(policy.model)) ?? []),
  ];
  // Where no group disagrees, and nothing is gone over again, there is nothing to learn.
  const update = batches.length === 0 ? null : await trainer.update(batches, { share: o.share(), signal: o.signal });
  const of = (broken: boolean): number[] =>
    rewards.filter((_, k) => (drawn[Math.floor(k / o.group)]!.of.failing !== null) === broken);
  const [mended, left] = [of(true), of(false)];
  o.onRound({
    round,
    reward: mean(rewards),
    ...(mended.length > 0 ? { solved: mean(mended) } : {}),
    ...(left.length > 0 ? { kept: mean(left) } : {}),
    advantageSpread: Math.sqrt(mean(Array.from(advantages, (a) => a * a))),
    gradientNorm: update?.gradientNorm ?? 0,
    learningRate: update?.learningRate ?? 0,
  });
}

/** 1 for a broken function that all calls agree with afterwards, and for a right one that is left as it is; else 0. */
async function actionRewards(
  o: Pick<ProofreadGrpoOptions, 'tokenizer' | 'structure' | 'signal'>,
  drawn: readonly { readonly of: RepairCase; readonly tokens: readonly number[]; readonly actions: readonly Action[] }[],
): Promise<number[]> {
  // The same text is called once.
  const texts = new Map<string, { of: RepairCase; text: string }>();
  const keys = drawn.map(({ of, tokens, actions }, i) =>
    actions.map((action) => {
      if (!of.failing || !action) return null;
      const text = o.tokenizer.decode(afterAction(tokens, action, o.structure.delete));
      const key = `${i}:${text}`;
      if (text !== of.shown) texts.set(key, { of, text });
      return key;
    }),
  );
  const jobs = [...texts.values()];
  const outcomes = await runCalls(
    jobs.map(({ of, text }, id) => callsOf(of, text, id)),
    o.signal,
  );
  const solved = new Set([...texts.keys()].filter((_, i) => solves(jobs[i]!.of.calls, outcomes[i]!)));
  return drawn.flatMap(({ of, actions }, i) =>
    actions.map((action, k) => (of.failing ? Number(solved.has(keys[i]![k] ?? '')) : Number(action === null))),
  );
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}
