/** Measures one configuration in this process: memory first, then speed, in turns with the roof. */
import { runtime } from '../../model/runtime';
import { randomWeights } from '../../model/weights';
import type { Batch } from '../../training/batch';
import { cpuTraining } from '../../training/graph/lowering';
import { buildTrainingGraph } from '../../training/graph/training-graph';
import { TrainingSession, type StepOutcome } from '../../training/graph/training-session';
import { allTargets, initialAdapter } from '../../training/lora/parameters';
import { adamW } from '../../training/optimiser/adamw';
import { muon } from '../../training/optimiser/muon';
import { constant } from '../../training/optimiser/schedule';
import { parametersOf, type Parameter } from '../../training/parameters';
import { Random } from '../../training/random';
import { Trainer, type GradientSource } from '../../training/trainer';
import { openRoof, roofFlops } from '../engine/roof';
import { quantile } from '../engine/timing';
import { batchOf, losses } from './batches';
import { fullFlops, loraFlops } from './flops';
import type { Job, Measurement } from './job';
import { activationBytes, parameterBytes } from './memory';
import { loraRank, networks } from './networks';

/** Updates before anything is timed; the peak of memory is taken after them. */
const warmUps = 2;
/** Runs of the roof's product before and after an update, of which the best counts. */
const roofRuns = 4;

/** Seconds of wall time; on one thread seconds of processor time, which other load on the machine changes little. */
function clockOf(threads: number): () => number {
  if (threads > 1) return () => performance.now() / 1000;
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
}

/** Throws the signal's reason when aborted; looked at between updates. */
export async function measure(job: Job, signal: AbortSignal, onTurn: (turn: number) => void): Promise<Measurement> {
  const clock = clockOf(job.threads);
  await runtime();
  const before = process.memoryUsage.rss();
  const made = await makeTrainer(job, clock);
  const { trainer, random } = made;
  const c = networks[job.size];
  try {
    let batch: Batch | undefined;
    for (let i = 0; i < warmUps; i++) {
      batch = batchOf(job.objective, c, random);
      await trainer.update([batch], { signal });
    }
    const peak = process.resourceUsage().maxRSS * 1024;
    const speed = await inTurns(job, made, clock, signal, onTurn);
    return {
      ...speed,
      parameters: made.weights.reduce((n, p) => n + p.data.length, 0),
      trained: made.trained.reduce((n, p) => n + p.data.length, 0),
      memory: {
        peak,
        before,
        weights: parameterBytes([...new Set([...made.weights, ...made.trained])]),
        gradients: parameterBytes(made.trained),
        moments: parameterBytes(trainer.optimiser.state),
        activations: activationBytes(made.graph, runSizes(batch!)),
      },
    };
  } finally {
    await trainer.dispose();
  }
}

function runSizes(b: Batch): Record<string, number> {
  return { B: b.batch, N: b.rows.length };
}

interface Made {
  readonly weights: readonly Parameter[];
  readonly trained: readonly Parameter[];
  readonly trainer: Trainer;
  readonly session: TimedSession;
  readonly graph: ReturnType<typeof buildTrainingGraph>;
  readonly random: Random;
}

async function makeTrainer(job: Job, clock: () => number): Promise<Made> {
  const c = networks[job.size];
  const random = Random.seeded(1);
  const weights = parametersOf(c, randomWeights(c, 1));
  const adapter = { rank: loraRank, alpha: 2 * loraRank, targets: allTargets };
  const full = job.kind === 'full';
  const trained = full ? weights : initialAdapter(c, adapter, random);
  const options = {
    lowering: cpuTraining,
    batch: 'B',
    length: c.maxSequence,
    loss: losses[job.objective],
    threads: job.threads,
    ...(full ? {} : { adapter }),
  };
  // Base weights beside an adapter are inputs too: as constants they run no faster and lie in memory twice.
  const inputs = full ? weights : [...weights, ...trained];
  const session = new TimedSession(await TrainingSession.create(c, inputs, options), clock);
  const optimiser = job.optimiser === 'muon' ? await muon(trained, { threads: job.threads }) : adamW(trained);
  const trainer = new Trainer({ session, optimiser, schedule: constant(1e-4), clip: 1 });
  return { weights, trained, trainer, session, random, graph: buildTrainingGraph(c, options) };
}

/** A session that keeps the time of its last step. */
class TimedSession implements GradientSource {
  seconds = 0;

  constructor(
    private readonly inner: TrainingSession,
    private readonly clock: () => number,
  ) {}

  get gradients(): ReadonlyMap<string, Float32Array> {
    return this.inner.gradients;
  }

  async step(batch: Batch): Promise<StepOutcome> {
    const start = this.clock();
    const outcome = await this.inner.step(batch);
    this.seconds = this.clock() - start;
    return outcome;
  }

  dispose(): Promise<void> {
    return this.inner.dispose();
  }
}

type Speed = Omit<Measurement, 'memory' | 'parameters' | 'trained'>;

/** Medians over the turns; each update is set against the roof just before and after it, since the machine's speed drifts. */
async function inTurns(
  job: Job,
  { trainer, session, random }: Made,
  clock: () => number,
  signal: AbortSignal,
  onTurn: (turn: number) => void,
): Promise<Speed> {
  const c = networks[job.size];
  const roof = await openRoof(job.threads);
  const turns: { tokens: number; rows: number; seconds: number; gradients: number; flops: number; roof: number }[] = [];
  const roofSpeed = async (): Promise<number> => {
    let best = Infinity;
    for (let i = 0; i < roofRuns; i++) {
      const start = clock();
      await roof.run();
      best = Math.min(best, clock() - start);
    }
    return roofFlops / best;
  };
  try {
    await roof.run();
    let last = await roofSpeed();
    for (let turn = 0; turn < job.turns; turn++) {
      const batch = batchOf(job.objective, c, random);
      const start = clock();
      await trainer.update([batch], { signal });
      const seconds = clock() - start;
      const next = await roofSpeed();
      const sizes = { sequences: batch.batch, length: batch.length, rows: batch.rows.length };
      const flops = job.kind === 'full' ? fullFlops(c, sizes) : loraFlops(c, sizes, loraRank);
      turns.push({
        tokens: batch.ids.length,
        rows: sizes.rows,
        seconds,
        gradients: session.seconds,
        flops,
        roof: (last + next) / 2,
      });
      last = next;
      onTurn(turn + 1);
    }
  } finally {
    await roof.dispose();
  }
  const median = (of: (t: (typeof turns)[number]) => number): number =>
    quantile(
      turns.map(of).sort((a, b) => a - b),
      0.5,
    );
  return {
    tokens: median((t) => t.tokens),
    rows: median((t) => t.rows),
    seconds: median((t) => t.seconds),
    gflops: median((t) => t.flops / t.seconds) / 1e9,
    roofGflops: median((t) => t.roof) / 1e9,
    roofShare: median((t) => t.flops / t.seconds / t.roof),
    roofShareGradients: median((t) => t.flops / t.gradients / t.roof),
    optimiserShare: median((t) => 1 - t.gradients / t.seconds),
  };
}
