/** One sitting of a pre-training: from where it stands to its end, or until it is told to stop. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { TransformerConfig } from '../../model/config';
import { ModelError } from '../../model/errors';
import { readNetwork } from '../../model/network';
import { randomWeights } from '../../model/weights';
import type { Json } from '../checkpoint';
import { weightedCrossEntropy } from '../graph/losses';
import { cpuTraining } from '../graph/lowering';
import { TrainingSession } from '../graph/training-session';
import { TrainingLog } from '../log/log';
import type { NewRecord } from '../log/records';
import { adamW } from '../optimiser/adamw';
import { muon } from '../optimiser/muon';
import type { Optimiser } from '../optimiser/optimiser';
import { linearDecay, warmUp, type Schedule } from '../optimiser/schedule';
import { parametersOf, weightsOf, type Parameter } from '../parameters';
import type { TrainingContext } from '../process/serve';
import { resumeRun, type RunPosition } from '../run/resume';
import { runTraining } from '../run/run';
import { Trainer } from '../trainer';
import { openData, type PretrainData } from './data';
import { autoregressiveBits, diffusionBits } from './evaluate';
import { cutByTokens, gapTasks, infillScores } from './infill-scores';
import type { Job } from './job';
import { readProgress, writeMilestone, type Progress } from './milestone';
import { planOf, stageAt, type Settings } from './settings';
import { networkOf } from './sizes';
import { PretrainStream } from './stream';

export interface PretrainOutcome {
  readonly updates: number;
  readonly finished: boolean;
}

/** Files of a training's folder. */
export const files = { log: 'log.jsonl', checkpoints: 'checkpoints', model: 'model' } as const;

/** Trains. Throws CorpusError, TokenizerError, CheckpointError, ModelError or DivergedError, all with messages for the user. */
export async function pretrain(job: Job, context: TrainingContext): Promise<PretrainOutcome> {
  await mkdir(job.folder, { recursive: true });
  const data = await openData(job.corpus, job.tokenizer);
  try {
    return await new Sitting(job, context, data).run();
  } finally {
    data.close();
  }
}

/** What a sitting holds while it lasts: native sessions, an open log, and when it last evaluated and saved. */
class Sitting {
  private readonly settings: Settings;
  private readonly config: TransformerConfig;
  private parameters: readonly Parameter[] = [];
  private evaluations: Progress['evaluations'] = [];
  /** Seconds of training at the last of each. */
  private last = { evaluation: 0, milestone: 0 };
  private scoring: TrainingSession | undefined;
  private log: TrainingLog | undefined;

  constructor(
    private readonly job: Job,
    private readonly context: TrainingContext,
    private readonly data: PretrainData,
  ) {
    this.settings = job.settings;
    this.config = networkOf(job.settings.size, data.vocabulary, job.settings.length);
  }

  async run(): Promise<PretrainOutcome> {
    const { job, settings, config } = this;
    const from = job.from === null ? null : await this.weightsFrom(job.from);
    this.parameters =
      from?.parameters ?? parametersOf(config, randomWeights(config, settings.seed, settings.deviation * config.width ** -0.5));
    const session = await this.session({});
    const optimiser = await optimiserOf(settings, this.parameters, job.threads);
    const plan = planOf(settings);
    const trainer = new Trainer({ session, optimiser, schedule: scheduleOf(settings, plan.updates), clip: settings.clip });
    const stream = new PretrainStream(this.data.train, settings, this.data.text);
    try {
      const folder = path.join(job.folder, files.checkpoints);
      const resumed = await resumeRun({ trainer, stream, weights: this.parameters, folder });
      const start = resumed ?? this.startFrom(from?.progress ?? null, trainer, stream);
      this.log = TrainingLog.open(path.join(job.folder, files.log), start?.updates ?? 0);
      this.restore(resumed ? resumed.extra : { evaluations: from?.progress?.evaluations ?? [] }, start?.seconds ?? 0);
      this.tell({
        kind: 'run',
        version: 1,
        title: `pre-training, ${settings.size}`,
        total: { steps: plan.updates },
        settings: { ...settings, threads: job.threads },
      });
      const stop = this.deadline();
      const outcome = await runTraining({
        trainer,
        stream,
        weights: this.parameters,
        until: { updates: plan.updates },
        signal: stop.signal,
        checkpoints: { folder, everySeconds: job.every.checkpoint },
        ...(start ? { from: start } : {}),
        extra: () => ({ evaluations: this.evaluations }),
        onUpdate: async (o, at) => {
          const metrics = {
            loss: o.loss,
            learning_rate: o.learningRate,
            gradient_norm: o.gradientNorm,
            tokens_per_second: o.tokens / o.seconds,
          };
          this.tell({ kind: 'update', step: at.updates, seconds: at.seconds, metrics });
          await this.between(at, stream);
        },
      }).finally(stop.clear);
      const finished = outcome.ended === 'updates';
      if (outcome.ended === 'signal') this.note(outcome, `stopped: ${(stop.signal.reason as Error).message}`);
      // Stopped early, the checkpoint is enough; scores would keep whoever stopped it waiting.
      if (finished) await this.evaluate(outcome);
      if (outcome.updates > 0) await this.milestone(outcome, stream);
      return { updates: outcome.updates, finished };
    } finally {
      this.log?.close();
      await trainer.dispose();
      await this.scoring?.dispose();
    }
  }

  /** Weights of a model folder, with where their training stood, if that is known. */
  private async weightsFrom(folder: string): Promise<{ parameters: Parameter[]; progress: Progress | null }> {
    const { config, weights } = await readNetwork(folder);
    const same = { ...config, maxSequence: this.config.maxSequence };
    if (JSON.stringify(same) !== JSON.stringify(this.config))
      throw new ModelError(`${folder} holds a network of another size or vocabulary than ${this.settings.size}`);
    return { parameters: parametersOf(this.config, weights), progress: await readProgress(folder) };
  }

  /** Counters of a model folder whose moments are lost: the learning rate rises anew. Null: the beginning. */
  private startFrom(progress: Progress | null, trainer: Trainer, stream: PretrainStream): RunPosition | null {
    if (!progress) return null;
    trainer.restoreWithoutMoments(progress);
    stream.restore(progress.data);
    return { updates: progress.updates, seconds: progress.seconds };
  }

  private restore(extra: Json, seconds: number): void {
    const { evaluations } = extra as { evaluations: Progress['evaluations'] };
    this.evaluations = [...evaluations];
    this.last = { evaluation: seconds, milestone: seconds };
  }

  private session(options: { readonly forwardOnly?: boolean }): Promise<TrainingSession> {
    return TrainingSession.create(this.config, this.parameters, {
      lowering: cpuTraining,
      batch: 'B',
      length: this.settings.length,
      loss: weightedCrossEntropy,
      threads: this.job.threads,
      ...options,
    });
  }

  /** Aborts when the training is told to stop, or its minutes are over. */
  private deadline(): { readonly signal: AbortSignal; readonly clear: () => void } {
    const over = new AbortController();
    const { minutes } = this.job;
    const timer = minutes === null ? undefined : setTimeout(() => { over.abort(new Error('the minutes are over')); }, 60_000 * minutes); // prettier-ignore
    return {
      signal: AbortSignal.any([this.context.signal, over.signal]),
      clear: () => {
        clearTimeout(timer);
      },
    };
  }

  /** What is due after an update. */
  private async between(at: RunPosition, stream: PretrainStream): Promise<void> {
    const { every } = this.job;
    const plan = planOf(this.settings);
    const stage = stageAt(plan, at.updates);
    const entered = at.updates < plan.updates && plan.begins[stage] === at.updates && at.updates > 0;
    if (entered) this.note(at, `${stage} begins`);
    if (entered || at.seconds - this.last.evaluation >= every.evaluation) await this.evaluate(at);
    if (entered || at.seconds - this.last.milestone >= every.milestone) await this.milestone(at, stream);
  }

  private async evaluate(at: RunPosition): Promise<void> {
    this.last.evaluation = at.seconds;
    this.scoring ??= await this.session({ forwardOnly: true });
    const { heldOut, charactersOf } = this.data;
    const { sequences, gaps } = this.job.heldOut;
    const options = {
      session: this.scoring,
      heldOut,
      length: this.settings.length,
      sequences,
      charactersOf,
      maskToken: this.config.maskToken,
    };
    const plan = planOf(this.settings);
    // What was learnt last, not what comes next.
    const stage = stageAt(plan, at.updates - 1);
    const metrics: Record<string, number> = {};
    if (stage !== 'diffusion') metrics['autoregressive_bits_per_character'] = (await autoregressiveBits(options)).perCharacter;
    if (stage !== 'autoregressive') metrics['diffusion_bits_per_character'] = (await diffusionBits(options)).perCharacter;
    if (stage === 'diffusion' && gaps > 0) {
      const { tokenizer } = this.data;
      const tasks = gapTasks(await this.data.heldOutTexts(), gaps, cutByTokens(tokenizer));
      const weights = weightsOf(this.config, this.parameters);
      Object.assign(metrics, await infillScores({ config: this.config, weights, tokenizer, tasks, threads: this.job.threads }));
    }
    this.evaluations = [...this.evaluations, { updates: at.updates, metrics }];
    this.tell({ kind: 'evaluation', step: at.updates, seconds: at.seconds, set: 'held-out', metrics });
  }

  private async milestone(at: RunPosition, stream: PretrainStream): Promise<void> {
    this.last.milestone = at.seconds;
    await writeMilestone({
      folder: path.join(this.job.folder, files.model),
      tokenizer: this.job.tokenizer,
      config: this.config,
      parameters: this.parameters,
      progress: {
        version: 1,
        settings: this.settings,
        updates: at.updates,
        tokens: at.updates * this.settings.sequences * this.settings.length,
        seconds: at.seconds,
        data: stream.state,
        corpus: this.data.corpus,
        charactersPerToken: this.data.charactersPerToken,
        evaluations: this.evaluations,
      },
    });
    this.note(at, `model written after ${at.updates} updates`);
  }

  private note(at: RunPosition, text: string): void {
    this.tell({ kind: 'note', step: at.updates, seconds: at.seconds, text });
  }

  private tell(record: NewRecord): void {
    this.log?.append(record);
    this.context.report(record);
  }
}

function optimiserOf(s: Settings, parameters: readonly Parameter[], threads: number): Promise<Optimiser> {
  const adam = { beta2: 0.95, weightDecay: s.weightDecay };
  if (s.optimiser === 'adamw') return Promise.resolve(adamW(parameters, adam));
  return muon(parameters, { weightDecay: s.weightDecay, adam, threads });
}

/** Up, level, and down in a straight line to a twentieth: a level stretch can be made longer without having been a mistake. */
function scheduleOf(s: Settings, updates: number): Schedule {
  const falling = linearDecay(s.learningRate, { from: s.decayFrom, floor: s.learningRate / 20 });
  return warmUp(s.warmUp, ({ step }) => falling({ step, share: step / updates }));
}
