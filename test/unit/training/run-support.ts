import type { TransformerConfig } from '../../../src/model/config';
import { randomWeights } from '../../../src/model/weights';
import type { Batch } from '../../../src/training/batch';
import type { Json } from '../../../src/training/checkpoint';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining } from '../../../src/training/graph/lowering';
import { TrainingSession } from '../../../src/training/graph/training-session';
import { adamW } from '../../../src/training/optimiser/adamw';
import { muon } from '../../../src/training/optimiser/muon';
import type { Optimiser } from '../../../src/training/optimiser/optimiser';
import { constant, type Schedule } from '../../../src/training/optimiser/schedule';
import { parametersOf, type Parameter } from '../../../src/training/parameters';
import { Random } from '../../../src/training/random';
import type { BatchStream } from '../../../src/training/run/stream';
import { Trainer } from '../../../src/training/trainer';
import { tinyConfig } from './support';

const [batch, length] = [2, 8];

/** Counting sequences with random starts, some of whose tokens are masked: learnt within a hundred updates. */
export class CountingStream implements BatchStream {
  private random = Random.seeded(17);
  private drawn = 0;

  constructor(
    private readonly c: TransformerConfig,
    /** Batches of one update, each with an equal share of it. */
    private readonly parts = 1,
  ) {}

  next(): Batch[] {
    this.drawn++;
    return Array.from({ length: this.parts }, () => this.batch());
  }

  get state(): Json {
    return { random: this.random.state, drawn: this.drawn };
  }

  restore(state: Json): void {
    const { random, drawn } = state as { random: number[]; drawn: number };
    this.random = Random.from(random);
    this.drawn = drawn;
  }

  private batch(): Batch {
    const clean = new Int32Array(batch * length);
    for (let b = 0; b < batch; b++) {
      const start = this.random.below(this.c.maskToken);
      for (let l = 0; l < length; l++) clean[b * length + l] = (start + l) % this.c.maskToken;
    }
    const rows = Int32Array.from([...clean.keys()].filter((i) => i % 3 === 1 || this.random.uniform() < 0.3));
    const ids = clean.slice();
    for (const r of rows) ids[r] = this.c.maskToken;
    const weight = 1 / rows.length / this.parts;
    return {
      batch,
      length,
      ids,
      rows,
      targets: rows.map((r) => clean[r]!),
      values: { row_weights: new Float32Array(rows.length).fill(weight) },
    };
  }
}

export const tinyRunConfig = tinyConfig({ width: 16, headWidth: 8, mlpWidth: 24, vocabulary: 12 });

export function tinyParameters(c: TransformerConfig = tinyRunConfig): Parameter[] {
  return parametersOf(c, randomWeights(c, 3));
}

export const optimisers = {
  AdamW: (parameters: readonly Parameter[]): Promise<Optimiser> => Promise.resolve(adamW(parameters, { weightDecay: 0.1 })),
  Muon: (parameters: readonly Parameter[]): Promise<Optimiser> => muon(parameters, { threads: 1, weightDecay: 0.1 }),
} as const;

export type OptimiserName = keyof typeof optimisers;

/** A trainer of the tiny network on one thread. */
export async function tinyTrainer(
  parameters: readonly Parameter[],
  name: OptimiserName = 'AdamW',
  options: { schedule?: Schedule; clip?: number; rewarmUpdates?: number } = {},
): Promise<Trainer> {
  const session = await TrainingSession.create(tinyRunConfig, parameters, {
    lowering: cpuTraining,
    batch: 'B',
    length,
    loss: weightedCrossEntropy,
    threads: 1,
  });
  return new Trainer({ session, optimiser: await optimisers[name](parameters), schedule: constant(0.01), clip: 1, ...options });
}
