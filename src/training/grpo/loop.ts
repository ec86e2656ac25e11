/**
 * The loop of group-relative policy optimisation (d1, arXiv 2504.12216, Algorithm 1): sample a group of completions for each prompt, score them, and take a
 * few updates on the same rollouts, each with masks of its own. The objective is a plug-in; `diffu-grpo` is d1's.
 */
import type { TransformerConfig } from '../../model/config';
import { TrainingSession } from '../graph/training-session';
import { cpuTraining } from '../graph/lowering';
import { weightedCrossEntropy } from '../graph/losses';
import { groupAdvantages } from '../objectives/grpo';
import { policyObjective, type PolicyDraw, type PolicyObjectiveName, type PolicyOptions } from '../objectives/policy';
import type { Optimiser } from '../optimiser/optimiser';
import type { Schedule } from '../optimiser/schedule';
import type { Parameter } from '../parameters';
import type { Random } from '../random';
import { scoreCompletions, type Reward } from '../rewards/reward';
import { completionTokens, sampleCompletions, type SampledRollouts, type SampleOptions } from '../rollout/sample';
import { PolicyModel } from '../rollout/policy-model';
import { cpuLowering } from '../../model/lowerings/cpu';
import { Trainer, type UpdateOutcome } from '../trainer';

export interface GrpoOptions<Task> {
  readonly config: TransformerConfig;
  /** Live: changed in place. The reference of the KL term is a copy taken at the start. */
  readonly parameters: readonly Parameter[];
  readonly objective: PolicyObjectiveName;
  readonly policy?: Omit<PolicyOptions, 'maskToken'>;
  /** Updates on the same rollouts (d1's mu). */
  readonly innerUpdates: number;
  readonly sample: Omit<SampleOptions, 'prompts' | 'random'>;
  /** Tasks of the next round. */
  readonly tasks: () => readonly Task[];
  readonly prompt: (task: Task) => readonly number[];
  readonly text: (tokens: Int32Array) => string;
  readonly reward: Reward<Task>;
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  readonly clip: number;
  readonly random: Random;
  /** Prompts differ in length; each batch then has so many rollouts (see PolicyOptions.rolloutsPerBatch). Absent: all are as long as the first. */
  readonly anyLength?: { readonly batch: number };
  /** 0 or absent: the runtime's choice. */
  readonly threads?: number;
  /** Share of the budget that is used; the loop ends when it reaches 1. */
  readonly share: () => number;
  readonly signal?: AbortSignal;
  readonly onRound?: (round: GrpoRound) => void;
}

/** What one round showed; means over rollouts and inner updates. */
export interface GrpoRound {
  readonly round: number;
  readonly reward: number;
  readonly parts: Readonly<Record<string, number>>;
  /** Standard deviation of the advantages: 0 when no group disagrees, and then nothing is learnt. */
  readonly advantageSpread: number;
  readonly clipShare: number;
  readonly kl: number;
  /** Mean negative log-probability of the sampled tokens under the scoring masks, nats: an estimate of the policy's entropy. */
  readonly entropy: number;
  readonly length: number;
  /** Share of the rollouts in which a committed token was remasked and changed. */
  readonly corrected: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** Trains until the budget is used up. Throws DivergedError, and the signal's reason when aborted. Returns the number of rounds. */
export async function trainGrpo<Task>(o: GrpoOptions<Task>): Promise<number> {
  const run = await openRun(o);
  try {
    let round = 0;
    while (o.share() < 1) {
      o.signal?.throwIfAborted();
      await oneRound(o, run, round);
      round++;
    }
    return round;
  } finally {
    await run.dispose();
  }
}

interface Run {
  readonly trainer: Trainer;
  readonly policy: PolicyModel;
  /** Log-probabilities under the live weights, and under those of the start. */
  readonly current: TrainingSession;
  readonly reference: TrainingSession | null;
  readonly objective: ReturnType<typeof policyObjective>;
  dispose(): Promise<void>;
}

async function openRun<Task>(o: GrpoOptions<Task>): Promise<Run> {
  const objective = policyObjective(o.objective, { ...o.policy, maskToken: o.config.maskToken });
  const options = {
    lowering: cpuTraining,
    ...(o.anyLength
      ? { batch: o.anyLength.batch, length: 'L' }
      : { batch: 'B', length: o.sample.completionLength + o.prompt(o.tasks()[0]!).length }),
    ...(o.threads ? { threads: o.threads } : {}),
  } as const;
  const opened: { dispose(): Promise<void> }[] = [];
  const open = async <T extends { dispose(): Promise<void> }>(made: Promise<T>): Promise<T> => {
    const value = await made;
    opened.push(value);
    return value;
  };
  const dispose = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.dispose()));
  };
  try {
    const frozen = o.parameters.map((p) => ({ ...p, data: p.data.slice() }));
    const forward = { ...options, loss: weightedCrossEntropy, forwardOnly: true };
    const session = await TrainingSession.create(o.config, o.parameters, { ...options, loss: objective.loss });
    const trainer = await open(
      Promise.resolve(new Trainer({ session, optimiser: o.optimiser, schedule: o.schedule, clip: o.clip })),
    );
    return {
      trainer,
      objective,
      current: await open(TrainingSession.create(o.config, o.parameters, forward)),
      reference: o.policy?.beta === 0 ? null : await open(TrainingSession.create(o.config, frozen, forward)),
      policy: await open(
        PolicyModel.create(o.config, o.parameters, { lowering: cpuLowering, ...(o.threads ? { threads: o.threads } : {}) }),
      ),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function oneRound<Task>(o: GrpoOptions<Task>, run: Run, round: number): Promise<void> {
  const tasks = o.tasks();
  const model = round === 0 ? run.policy.model : await run.policy.refresh();
  const rollouts = await sampleCompletions(model, { ...o.sample, prompts: tasks.map(o.prompt), random: o.random }, o.signal);
  const texts = Array.from({ length: rollouts.batch }, (_, b) => o.text(completionTokens(rollouts, b, o.config.endToken)));
  const scored = await scoreCompletions(o.reward, tasks, texts);
  const advantages = groupAdvantages(scored.totals, o.sample.group);
  const draws = Array.from({ length: o.innerUpdates }, () => run.objective.draw(rollouts, o.random));
  const old = await logProbabilities(run.current, run.objective, draws, o.signal);
  const ref = run.reference && (await logProbabilities(run.reference, run.objective, draws, o.signal));
  const updates: UpdateOutcome[] = [];
  for (const [i, draw] of draws.entries()) {
    const batches = run.objective.batches(draw, { advantages, oldLogp: old[i]!, ...(ref ? { refLogp: ref[i]! } : {}) });
    updates.push(await run.trainer.update(batches, { share: o.share(), ...(o.signal ? { signal: o.signal } : {}) }));
  }
  o.onRound?.(summary(round, rollouts, scored, advantages, updates, old));
}

/** By draw, then by part. */
async function logProbabilities(
  session: TrainingSession,
  objective: Run['objective'],
  draws: readonly PolicyDraw[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[][]> {
  const all: Float32Array[][] = [];
  for (const draw of draws) {
    const parts: Float32Array[] = [];
    for (const batch of objective.logp(draw)) {
      signal?.throwIfAborted();
      parts.push((await session.step(batch)).logp);
    }
    all.push(parts);
  }
  return all;
}

function summary(
  round: number,
  rollouts: SampledRollouts,
  scored: { readonly totals: readonly number[]; readonly parts: Readonly<Record<string, number>> },
  advantages: Float64Array,
  updates: readonly UpdateOutcome[],
  old: readonly (readonly Float32Array[])[],
): GrpoRound {
  const metric = (name: string): number => mean(updates.map((u) => u.metrics[name] ?? 0));
  const logps = old.flat().map((part) => mean(part));
  return {
    round,
    reward: mean(scored.totals),
    parts: scored.parts,
    advantageSpread: Math.sqrt(mean(Array.from(advantages, (a) => a * a))),
    clipShare: metric('clip_share'),
    kl: metric('kl'),
    entropy: -mean(logps),
    length: mean(rollouts.lengths),
    corrected: mean(Array.from(rollouts.corrected, (n) => (n > 0 ? 1 : 0))),
    gradientNorm: mean(updates.map((u) => u.gradientNorm)),
    learningRate: updates.at(-1)?.learningRate ?? 0,
  };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}
