import assert from 'node:assert/strict';
import type { AdapterOptions } from '../../../src/model/adapter/adapter';
import type { TransformerConfig } from '../../../src/model/config';
import { randomWeights } from '../../../src/model/weights';
import type { Batch } from '../../../src/training/batch';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining } from '../../../src/training/graph/lowering';
import { TrainingSession, type TrainingSessionOptions } from '../../../src/training/graph/training-session';
import { initialAdapter } from '../../../src/training/lora/parameters';
import { parametersOf, type Parameter } from '../../../src/training/parameters';
import { Random } from '../../../src/training/random';

/** A network of LLaDA's shape, small enough for differences by every weight. */
export function tinyConfig(fields: Partial<TransformerConfig> = {}): TransformerConfig {
  return {
    architecture: 'llada',
    layers: 2,
    width: 8,
    heads: 2,
    kvHeads: 2,
    headWidth: 4,
    mlpWidth: 12,
    vocabulary: 11,
    normEpsilon: 1e-5,
    ropeTheta: 100,
    tied: false,
    maxSequence: 16,
    maskToken: 9,
    endToken: 10,
    ...fields,
  };
}

/** Weights large enough that every gradient shows above the rounding of the loss. */
export function livelyParameters(c: TransformerConfig): Parameter[] {
  return parametersOf(c, randomWeights(c, 3)).map((p) => ({
    ...p,
    data: p.shape.length === 2 ? p.data.map((v) => 20 * v) : p.data,
  }));
}

/** An adapter as it may be after some training: no matrix is 0. */
export function livelyAdapter(c: TransformerConfig, options: AdapterOptions): Parameter[] {
  const random = Random.seeded(8);
  return initialAdapter(c, options, random).map((p) => ({ ...p, data: p.data.map(() => random.uniform() - 0.5) }));
}

/** Two sequences of four, the second padded on the left, three rows in the loss. */
export const smallBatch: Batch = {
  batch: 2,
  length: 4,
  ids: Int32Array.of(1, 2, 9, 4, 5, 9, 7, 9),
  hidden: Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0),
  rows: Int32Array.of(2, 5, 7),
  targets: Int32Array.of(3, 6, 8),
  values: { row_weights: Float32Array.of(0.5, 1, 0.25) },
};

/** Creates a session for sequences of four tokens on one thread, and disposes of it afterwards. */
export async function withSession<T>(
  c: TransformerConfig,
  parameters: readonly Parameter[],
  options: Partial<TrainingSessionOptions>,
  use: (s: TrainingSession) => Promise<T>,
): Promise<T> {
  const session = await TrainingSession.create(c, parameters, {
    lowering: cpuTraining,
    batch: 'B',
    length: 4,
    loss: weightedCrossEntropy,
    threads: 1,
    ...options,
  });
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** Checks gradients by (a sample of) every parameter against central finite differences of the loss. */
export async function differencesAgree(session: TrainingSession, parameters: readonly Parameter[], fed: Batch): Promise<void> {
  await session.step(fed);
  const analytic = new Map([...session.gradients].map(([n, g]) => [n, g.slice()]));
  const step = 4e-3;
  for (const p of parameters) {
    const found = analytic.get(p.name)!;
    const scale = Math.max(...found.map(Math.abs));
    assert.ok(scale > 1e-4, `${p.name} has a gradient`);
    const stride = Math.ceil(p.data.length / 24);
    for (let i = 0; i < p.data.length; i += stride) {
      const kept = p.data[i]!;
      p.data[i] = kept + step;
      const [above, high] = [(await session.step(fed)).loss, p.data[i]!];
      p.data[i] = kept - step;
      const [below, low] = [(await session.step(fed)).loss, p.data[i]!];
      p.data[i] = kept;
      const numeric = (above - below) / (high - low);
      assert.ok(
        Math.abs(numeric - found[i]!) < 4e-3 * Math.max(0.1, scale),
        `${p.name}[${i}]: ${found[i]!}, by differences ${numeric}`,
      );
    }
  }
}
