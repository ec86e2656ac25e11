/** One arm, from the base's weights to its scores. Compute is counted in processor seconds of this process, so that a busy machine changes nothing. */
import { cpuLowering } from '../../model/lowerings/cpu';
import { randomWeights, type TransformerWeights } from '../../model/weights';
import { StepModel } from '../../model/step-model';
import { trainGrpo } from '../../training/grpo/loop';
import { roundMetrics } from '../../training/log/rounds';
import { adamW } from '../../training/optimiser/adamw';
import { constant, warmUp } from '../../training/optimiser/schedule';
import { parametersOf, weightsOf, type Parameter } from '../../training/parameters';
import { Random } from '../../training/random';
import { decode, paddedPrompt } from './alphabet';
import { arms, type ArmName } from './arms';
import { freshPuzzles } from './corpus';
import { evaluate, type Evaluation } from './evaluate';
import { learnBase, learnTraces } from './learn';
import { grpo, network, supervised } from './settings';
import { lengths, promptLength, type D1Task } from './task';
import { trace } from './traces';

export interface ArmJob<P> extends TrainingControl {
  readonly task: D1Task<P>;
  readonly arm: ArmName;
  readonly seed: number;
  /** Processor seconds of training. */
  readonly seconds: number;
  readonly base: TransformerWeights;
  readonly heldOut: readonly P[];
  readonly threads: number;
}

export interface ArmProgress {
  readonly phase: 'base' | 'sft' | 'grpo' | 'score';
  /** Updates of the phase (rounds in Diffu-GRPO) done. */
  readonly update: number;
  /** Share of the phase that is done. */
  readonly share: number;
  readonly text: string;
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface ArmOutcome {
  readonly updates: { readonly sft: number; readonly grpoRounds: number };
  /** Processor seconds really used for training. */
  readonly seconds: number;
  readonly evaluations: readonly Evaluation[];
}

/** Share of a budget of processor seconds that has been used since the call. */
export function budget(seconds: number): () => number {
  const start = process.cpuUsage();
  return () => {
    if (seconds <= 0) return 1;
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6 / seconds;
  };
}

export interface TrainingControl {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((at: ArmProgress) => void) | undefined;
}

/** Trains the base, which all arms of the task start from, from nothing, for so many processor seconds. */
export async function trainBase<P>(
  { task, heldOut, seconds, threads }: Pick<ArmJob<P>, 'task' | 'heldOut' | 'seconds' | 'threads'>,
  { signal, onProgress }: TrainingControl = {},
): Promise<TransformerWeights> {
  // From 0.02, LLaDA's own, so narrow a network learns nothing for thousands of updates: its queries and keys hardly differ.
  const weights = randomWeights(network, 7, network.width ** -0.5);
  const share = budget(seconds);
  await learnBase(task, heldOut, {
    parameters: parametersOf(network, weights),
    random: Random.seeded(11),
    threads,
    share,
    ...(signal ? { signal } : {}),
    onUpdate: supervisedProgress('base', share, onProgress),
  });
  return weights;
}

/** Every tenth update is told. */
function supervisedProgress(
  phase: 'base' | 'sft',
  share: () => number,
  onProgress: TrainingControl['onProgress'],
): (at: { readonly update: number; readonly loss: number }) => void {
  let [sum, count] = [0, 0];
  return ({ update, loss }) => {
    sum += loss;
    count++;
    if (count < 10) return;
    const mean = sum / count;
    [sum, count] = [0, 0];
    onProgress?.({ phase, update, share: share(), text: `loss ${mean.toFixed(3)}`, metrics: { loss: mean } });
  };
}

/** Trains and scores one arm; the base itself is not changed. */
export async function runArm<P>(job: ArmJob<P>): Promise<ArmOutcome> {
  const { task } = job;
  const arm = arms[job.arm];
  const parameters = parametersOf(network, job.base).map((p) => ({ ...p, data: p.data.slice() }));
  const started = process.cpuUsage();
  const sft = arm.sft > 0 ? await sftPhase(job, parameters, arm.sft * job.seconds) : 0;
  const grpoRounds = arm.grpo > 0 ? await grpoPhase(job, parameters, arm.grpo * job.seconds) : 0;
  const { user, system } = process.cpuUsage(started);
  const model = await StepModel.create(network, weightsOf(network, parameters), { lowering: cpuLowering, threads: job.threads });
  const evaluations: Evaluation[] = [];
  try {
    for (const length of lengths) {
      for (const remask of [false, true]) {
        const found = await evaluate(model, task, job.heldOut, { length, remask }, job.signal);
        evaluations.push(found);
        job.onProgress?.({ phase: 'score', update: evaluations.length, share: evaluations.length / 6, text: `${length} tokens${remask ? ', remasking' : ''}: ${(100 * found.accuracy).toFixed(1)}%` }); // prettier-ignore
      }
    }
  } finally {
    await model.dispose();
  }
  return { updates: { sft, grpoRounds }, seconds: (user + system) / 1e6, evaluations };
}

async function sftPhase<P>(job: ArmJob<P>, parameters: readonly Parameter[], seconds: number): Promise<number> {
  const random = Random.seeded(1000 + job.seed);
  const documents = Array.from({ length: supervised.sft.traces }, () => trace(job.task.name, random));
  const share = budget(seconds);
  return learnTraces(documents, {
    parameters,
    random,
    threads: job.threads,
    share,
    ...(job.signal ? { signal: job.signal } : {}),
    onUpdate: supervisedProgress('sft', share, job.onProgress),
  });
}

async function grpoPhase<P>(job: ArmJob<P>, parameters: readonly Parameter[], seconds: number): Promise<number> {
  const { task } = job;
  const arm = arms[job.arm];
  const random = Random.seeded(2000 + job.seed);
  const puzzle = freshPuzzles(task, job.heldOut, random);
  const share = budget(seconds);
  const length = lengths[1];
  return trainGrpo({
    config: network,
    parameters,
    objective: arm.objective,
    policy: { promptMask: arm.promptMask },
    innerUpdates: grpo.innerUpdates,
    sample: {
      group: grpo.group,
      completionLength: length,
      blockLength: grpo.blockLength,
      schedule: { steps: length / grpo.tokensPerStep },
      temperature: grpo.temperature,
      cache: 'dual',
    },
    tasks: () => Array.from({ length: grpo.prompts }, puzzle),
    prompt: (p) => paddedPrompt(task.prompt(p), promptLength),
    text: decode,
    reward: {
      name: task.name,
      score: (p, text) => {
        const { reward, solved } = task.score(p, text);
        return { total: reward, parts: { solved: Number(solved) } };
      },
    },
    optimiser: adamW(parameters, { beta2: 0.99, weightDecay: 0.1 }),
    schedule: warmUp(grpo.warmUp, constant(grpo.learningRate)),
    clip: grpo.clip,
    random,
    threads: job.threads,
    share,
    ...(job.signal ? { signal: job.signal } : {}),
    onRound: (round) =>
      job.onProgress?.({
        phase: 'grpo',
        update: round.round + 1,
        share: share(),
        text: `reward ${round.reward.toFixed(3)}`,
        metrics: roundMetrics(round),
      }),
  });
}
