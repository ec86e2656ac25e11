import type { Batch } from './batch';
import type { StepOutcome } from './graph/training-session';
import { clipToNorm, globalNorm } from './optimiser/clip';
import type { Optimiser } from './optimiser/optimiser';
import { rewarmed, type Schedule } from './optimiser/schedule';

/** What a trainer needs of a session: TrainingSession, or one whose gradients are those of adapters. */
export interface GradientSource {
  /** By parameter name; overwritten by each step. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  step(batch: Batch): Promise<StepOutcome>;
  dispose(): Promise<void>;
}

export interface TrainerOptions {
  readonly session: GradientSource;
  /** Over parameters that the session gives gradients of. */
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  /** Largest norm of all gradients together. Default: not clipped. */
  readonly clip?: number;
  /** Updates over which the learning rate rises again when moments start from zero in the middle of a training. Default 50. */
  readonly rewarmUpdates?: number;
}

export interface UpdateOptions {
  /** Share of the training done, for schedules that go by it. Default 0. */
  readonly share?: number;
  /** Looked at before each batch; the weights are as before when the update is given up. */
  readonly signal?: AbortSignal;
}

export interface UpdateOutcome {
  /** Sum over the batches, as their weights say. */
  readonly loss: number;
  /** Sums over the batches. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly seconds: number;
  /** Positions computed, padding included. */
  readonly tokens: number;
}

/** Counters of a training, to be saved beside weights and moments. */
export interface TrainerState {
  readonly updates: number;
  readonly tokens: number;
  /** Of the optimiser: fewer than `updates` where moments were started anew. */
  readonly optimiserUpdates: number;
  /** Update at which moments last started from zero in a training that was under way; null: never. */
  readonly rewarmedAt: number | null;
}

/** Gradients that are no numbers: the training has diverged, and the weights are those before the update. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/** Batches in, changed weights out: owns the session, the optimiser and the counters that the schedule goes by. */
export class Trainer {
  private counters = { updates: 0, tokens: 0 };
  private rewarmedAt: number | null = null;
  /** Sums of gradients while an update has several batches; made when first needed. */
  private readonly sums = new Map<string, Float32Array>();

  constructor(private readonly options: TrainerOptions) {}

  get optimiser(): Optimiser {
    return this.options.optimiser;
  }

  get state(): TrainerState {
    return { ...this.counters, optimiserUpdates: this.optimiser.updates, rewarmedAt: this.rewarmedAt };
  }

  /** Goes on from saved counters; weights and moments are the caller's to set. */
  restore(state: TrainerState): void {
    this.counters = { updates: state.updates, tokens: state.tokens };
    this.optimiser.updates = state.optimiserUpdates;
    this.rewarmedAt = state.rewarmedAt;
  }

  /** Goes on from weights and counters alone: moments are zero, and the learning rate rises anew while they fill. */
  restoreWithoutMoments(state: Pick<TrainerState, 'updates' | 'tokens'>): void {
    for (const moment of this.optimiser.state) moment.data.fill(0);
    this.restore({ updates: state.updates, tokens: state.tokens, optimiserUpdates: 0, rewarmedAt: state.updates });
  }

  /**
   * One update by the sum of the batches' gradients: the batches' own weights hold the normalisation, so to split a batch in two is to give
   * each half the denominator of the whole. Throws DivergedError on gradients that are not finite, and the signal's reason when it is aborted.
   */
  async update(batches: readonly Batch[], { share = 0, signal }: UpdateOptions = {}): Promise<UpdateOutcome> {
    if (batches.length === 0) throw new Error('an update needs a batch');
    const start = performance.now();
    let [loss, tokens] = [0, 0];
    const metrics: Record<string, number> = {};
    for (const [i, batch] of batches.entries()) {
      signal?.throwIfAborted();
      const outcome = await this.options.session.step(batch);
      loss += outcome.loss;
      tokens += batch.batch * batch.length;
      for (const [name, value] of Object.entries(outcome.metrics)) metrics[name] = (metrics[name] ?? 0) + value;
      if (batches.length > 1) this.accumulate(i, batches.length);
    }
    signal?.throwIfAborted();
    const gradients = this.trained();
    const gradientNorm = globalNorm(gradients.values());
    if (!Number.isFinite(gradientNorm) || !Number.isFinite(loss))
      throw new DivergedError(`update ${this.counters.updates + 1}: loss ${loss}, gradient norm ${gradientNorm}`);
    clipToNorm(gradients.values(), gradientNorm, this.options.clip ?? Infinity);
    const learningRate = this.schedule({ step: this.counters.updates, share });
    await this.optimiser.update(gradients, learningRate);
    this.counters = { updates: this.counters.updates + 1, tokens: this.counters.tokens + tokens };
    return { loss, metrics, gradientNorm, learningRate, tokens, seconds: (performance.now() - start) / 1000 };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.options.session.dispose(), this.optimiser.dispose()]);
  }

  private get schedule(): Schedule {
    const { schedule, rewarmUpdates = 50 } = this.options;
    return this.rewarmedAt === null ? schedule : rewarmed(schedule, this.rewarmedAt, rewarmUpdates);
  }

  private trained(): Map<string, Float32Array> {
    const { gradients } = this.options.session;
    return new Map(this.optimiser.parameters.map((p) => [p.name, gradients.get(p.name) ?? missing(p.name)]));
  }

  /** Batch `index` of `count` has left its gradients in the session: the first are copied, the last get the sum of all. */
  private accumulate(index: number, count: number): void {
    for (const [name, gradient] of this.trained()) {
      const sum = this.sums.get(name) ?? new Float32Array(gradient.length);
      this.sums.set(name, sum);
      if (index === 0) sum.set(gradient);
      else if (index < count - 1) addInto(sum, gradient);
      else addInto(gradient, sum);
    }
  }
}

function addInto(target: Float32Array, source: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + source[i]!;
}

function missing(name: string): never {
  throw new Error(`the session gives no gradient of ${name}`);
}
