/** A tuning, from a pre-trained model's weights to a model that repairs: supervised, then by the reward of calls that give what they should (d1, arXiv 2504.12216). */
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../model/atomic-file';
import type { TransformerConfig } from '../../model/config';
import { cpuLowering } from '../../model/lowerings/cpu';
import { readNetwork } from '../../model/network';
import { writeNetwork } from '../../model/network-write';
import { CodeTokenizer } from '../../model/tokenizer';
import { trainGrpo } from '../grpo/loop';
import { weightedCrossEntropy } from '../graph/losses';
import { cpuTraining } from '../graph/lowering';
import { TrainingSession } from '../graph/training-session';
import { TrainingLog } from '../log/log';
import { proofreadMetrics, roundMetrics } from '../log/rounds';
import type { NewRecord } from '../log/records';
import { adamW } from '../optimiser/adamw';
import { muon } from '../optimiser/muon';
import type { Optimiser } from '../optimiser/optimiser';
import { linearDecay, warmUp, type Schedule } from '../optimiser/schedule';
import { parametersOf, weightsOf, type Parameter } from '../parameters';
import type { TrainingContext } from '../process/serve';
import { Random } from '../random';
import { PolicyModel } from '../rollout/policy-model';
import { resumeRun } from '../run/resume';
import { runTraining } from '../run/run';
import { Trainer } from '../trainer';
import type { ExampleSizes, RepairCase } from './examples';
import type { TuneJob } from './job';
import { rehearsalOf } from './proofread/rehearsal';
import { trainProofreadGrpo } from './proofread/reward';
import { callsReward } from './reward';
import { openSources, type OpenedSources } from './sources';
import { listwise } from './ranking/listwise';
import { rankingOptions, TuneStream, type Ranker } from './stream';

/** Files of a tuning's folder. */
export const tuneFiles = { log: 'log.jsonl', checkpoints: 'checkpoints', supervised: 'supervised', model: 'model' } as const;

export interface TuneOutcome {
  readonly updates: number;
  readonly rounds: number;
  readonly finished: boolean;
}

/** Throws CorpusError, ModelError, CheckpointError or DivergedError, all with messages for the user. */
export async function tune(job: TuneJob, context: TrainingContext): Promise<TuneOutcome> {
  await mkdir(job.folder, { recursive: true });
  const { config, weights } = await readNetwork(job.from);
  const tokenizer = await CodeTokenizer.load(job.from);
  const sizes = { length: config.maxSequence, completion: Math.min(job.settings.grpo.completion, config.maxSequence >> 1) };
  const sources = await openSources(job, tokenizer, config, sizes);
  // Of a tuning that goes on, the updates after its checkpoint stand there twice.
  const log = TrainingLog.open(path.join(job.folder, tuneFiles.log), Number.MAX_SAFE_INTEGER);
  const sitting: Sitting = {
    job,
    config,
    sizes,
    sources,
    parameters: parametersOf(config, weights),
    signal: context.signal,
    tell: (record) => {
      context.report(record);
      log.append(record);
    },
  };
  const { arm, minutes, supervised } = job.settings;
  const sftMinutes = arm === 'grpo' ? 0 : arm === 'sft' ? minutes : supervised * minutes;
  sitting.tell({ kind: 'run', version: 1, title: `tuning, ${job.settings.lesson}, ${arm}`, total: { seconds: 60 * minutes }, settings: { ...job.settings.sft, ...job.settings.grpo, threads: job.threads } }); // prettier-ignore
  try {
    const updates = sftMinutes > 0 ? await supervise(sitting, sftMinutes) : 0;
    if (context.signal.aborted) return { updates, rounds: 0, finished: false };
    const rounds = minutes > sftMinutes ? await reward(sitting, minutes - sftMinutes, updates) : 0;
    await save(sitting, tuneFiles.model, job.settings.towards);
    return { updates, rounds, finished: !context.signal.aborted };
  } finally {
    log.close();
    sources.data.close();
  }
}

interface Sitting {
  readonly job: TuneJob;
  readonly config: TransformerConfig;
  readonly sizes: ExampleSizes;
  readonly sources: OpenedSources;
  readonly parameters: readonly Parameter[];
  readonly signal: AbortSignal;
  readonly tell: (record: NewRecord) => void;
}

/** Goes on from the folder's checkpoint, and leaves the weights in `supervised` when it is through. Returns the updates made in all. */
async function supervise(s: Sitting, minutes: number): Promise<number> {
  const { job, config, parameters, sizes, sources } = s;
  const { learningRate, warmUp: rising, ranking } = job.settings.sft;
  const policy =
    ranking > 0 ? await PolicyModel.create(config, parameters, { lowering: cpuLowering, threads: job.threads }) : null;
  const session = await TrainingSession.create(config, parameters, { lowering: cpuTraining, batch: 'B', length: sizes.length, loss: weightedCrossEntropy, repeatedRows: ranking > 0, threads: job.threads }); // prettier-ignore
  const trainer = new Trainer({
    session,
    optimiser: await muon(parameters, { weightDecay: 0.01, threads: job.threads }),
    schedule: warmUp(rising, linearDecay(learningRate, { from: 0.2, floor: learningRate / 20 })),
    clip: 1,
  });
  try {
    const stream = new TuneStream(sources, job.settings, sizes, policy ? rankerBy(policy, s) : undefined);
    const folder = path.join(job.folder, tuneFiles.checkpoints);
    const from = await resumeRun({ trainer, stream, weights: parameters, folder });
    const outcome = await runTraining({
      trainer,
      stream,
      weights: parameters,
      until: { minutes },
      signal: s.signal,
      checkpoints: { folder },
      ...(from ? { from } : {}),
      onUpdate: (o, at) => {
        const metrics = {
          loss: o.loss,
          learning_rate: o.learningRate,
          gradient_norm: o.gradientNorm,
          tokens_per_second: o.tokens / o.seconds,
        };
        s.tell({ kind: 'update', step: at.updates, seconds: at.seconds, metrics });
      },
    });
    if (outcome.ended === 'minutes') await save(s, tuneFiles.supervised);
    return outcome.updates;
  } finally {
    await trainer.dispose();
    await policy?.dispose();
  }
}

/** Updates between two looks at the weights as they are: odds change slowly, and compiling a model takes a fraction of an update. */
const policyUpdates = 4;

function rankerBy(policy: PolicyModel, { sources, sizes, tell, job }: Sitting): Ranker {
  const options = rankingOptions(sources, job.settings, sizes);
  const started = performance.now();
  let asked = 0;
  return async (examples) => {
    if (asked > 0 && asked % policyUpdates === 0) await policy.refresh();
    const { batches, loss, before } = await listwise(policy.model, sources.proofreading.structure, examples, options);
    const seconds = (performance.now() - started) / 1000;
    if (++asked % 20 === 0) tell({ kind: 'note', step: asked, seconds, text: `ranking: loss ${loss.toFixed(2)}, ${Math.expm1(before).toFixed(2)} before the right change` }); // prettier-ignore
    return batches;
  };
}

/** Diffu-GRPO on broken functions; returns its rounds. Broken off, it begins again from the supervised weights. */
async function reward(s: Sitting, minutes: number, updates: number): Promise<number> {
  const { job, parameters, sources } = s;
  const { grpo, seed } = job.settings;
  const random = Random.seeded(seed + 1000);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const draw = (): RepairCase => {
    const from = random.uniform() < grpo.keep ? sources.right : sources.broken;
    return from[random.below(from.length)]!;
  };
  const course: Course = {
    cases: () => Array.from({ length: grpo.prompts }, draw),
    optimiser: adamW(parameters, { beta2: 0.99, weightDecay: 0.1 }),
    // What a group says is noisy: on the way down its noise is averaged out.
    schedule: warmUp(4, linearDecay(grpo.learningRate, { from: 0.5, floor: grpo.learningRate / 20 })),
    clip: 0.2,
    random,
    share: () => seconds() / (60 * minutes),
    tell: (round, metrics) => {
      s.tell({ kind: 'update', step: updates + round + 1, seconds: seconds(), metrics });
    },
  };
  try {
    return await (job.settings.lesson === 'proofreading' ? rewardCorrections(s, course) : rewardAnswers(s, course));
  } catch (error) {
    if (s.signal.aborted && error === s.signal.reason) return 0;
    throw error;
  }
}

/** What the two lessons have in common. */
interface Course {
  readonly cases: () => RepairCase[];
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  readonly clip: number;
  readonly random: Random;
  readonly share: () => number;
  readonly tell: (round: number, metrics: Record<string, number>) => void;
}

function rewardCorrections(s: Sitting, { tell, ...course }: Course): Promise<number> {
  const { config, parameters, sources, job, signal } = s;
  const { group, temperature } = job.settings.grpo;
  const { tokenizer, proofreading } = sources;
  return trainProofreadGrpo({
    ...course,
    config,
    parameters,
    tokenizer,
    structure: proofreading.structure,
    group,
    temperature,
    rehearsal: rehearsalOf(sources, job.settings, s.sizes),
    threads: job.threads,
    signal,
    onRound: (round) => {
      tell(round.round, proofreadMetrics(round));
    },
  });
}

function rewardAnswers(s: Sitting, { tell, cases, ...course }: Course): Promise<number> {
  const { job, config, parameters, sizes, sources } = s;
  const { grpo } = job.settings;
  const special = sources.tokenizer.specialTokens.filter((id) => id !== config.endToken && id !== config.maskToken);
  return trainGrpo<RepairCase>({
    ...course,
    config,
    parameters,
    objective: 'diffu-grpo',
    policy: { promptMask: grpo.promptMask, rolloutsPerBatch: grpo.group },
    innerUpdates: grpo.innerUpdates,
    sample: {
      group: grpo.group,
      completionLength: sizes.completion,
      blockLength: sizes.completion / 2,
      schedule: { steps: Math.round(sizes.completion / grpo.tokensPerStep) },
      temperature: grpo.temperature,
      cache: 'dual',
      forbidden: special,
    },
    anyLength: { batch: grpo.group },
    tasks: cases,
    prompt: (one) => one.prompt,
    text: (tokens) => sources.tokenizer.decode(tokens),
    reward: callsReward(s.signal),
    threads: job.threads,
    signal: s.signal,
    onRound: (round) => {
      tell(round.round, roundMetrics(round));
    },
  });
}

/** The weights, or those on the way to them from where it began, as a model folder that the product loads. */
async function save(s: Sitting, name: string, towards = 1): Promise<void> {
  const folder = path.join(s.job.folder, name);
  await mkdir(folder, { recursive: true });
  const parameters = towards === 1 ? s.parameters : await between(s, towards);
  await writeNetwork(folder, s.config, weightsOf(s.config, parameters), { dtype: 'F16', tokenizerFrom: s.job.from });
  const learnt = s.job.settings.lesson === 'proofreading' ? 'proofread' : 'reason';
  const revises = s.job.settings.sft.edits > 0 ? ['revise'] : [];
  const manifest = { id: 'unmask-tiny', capabilities: ['infill', learnt, ...revises] };
  await writeFileAtomically(path.join(folder, 'manifest.json'), [Buffer.from(`${JSON.stringify(manifest)}\n`)]);
}

/** Copies of the weights, so far on the way from those that it began with. */
async function between(s: Sitting, share: number): Promise<Parameter[]> {
  const base = parametersOf(s.config, (await readNetwork(s.job.from)).weights);
  return s.parameters.map((p, i) => {
    const from = base[i]!.data;
    return { ...p, data: p.data.map((w, k) => from[k]! + share * (w - from[k]!)) };
  });
}

/** Whether a folder holds a finished tuning's model. */
export function isTuned(folder: string): Promise<boolean> {
  return access(path.join(folder, tuneFiles.model, 'manifest.json')).then(
    () => true,
    () => false,
  );
}
