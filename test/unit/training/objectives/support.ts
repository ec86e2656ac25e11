import assert from 'node:assert/strict';
import type { TransformerConfig } from '../../../../src/model/config';
import { runtime, type Ort } from '../../../../src/model/runtime';
import { randomWeights } from '../../../../src/model/weights';
import { gradients } from '../../../../src/onnx/autodiff/gradients';
import { GraphBuilder } from '../../../../src/onnx/graph';
import { serialize } from '../../../../src/onnx/serialize';
import type { Batch } from '../../../../src/training/batch';
import type { LossBuilder } from '../../../../src/training/graph/losses';
import { cpuTraining } from '../../../../src/training/graph/lowering';
import { TrainingSession } from '../../../../src/training/graph/training-session';
import { parametersOf, type Parameter } from '../../../../src/training/parameters';

/** Weights large enough that every gradient shows above the rounding of the loss. */
export function livelyParameters(c: TransformerConfig, seed = 3): Parameter[] {
  return parametersOf(c, randomWeights(c, seed)).map((p) => ({
    ...p,
    data: p.shape.length === 2 ? p.data.map((v) => 20 * v) : p.data,
  }));
}

export async function withSession<T>(
  c: TransformerConfig,
  parameters: readonly Parameter[],
  loss: LossBuilder,
  length: number,
  use: (s: TrainingSession) => Promise<T>,
): Promise<T> {
  const session = await TrainingSession.create(c, parameters, { lowering: cpuTraining, batch: 'B', length, loss, threads: 1 });
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** Loss and its gradient by each row's log-probability, for log-probabilities that are simply given. */
export async function lossOfLogp(
  builder: LossBuilder,
  batch: Batch,
  logp: Float32Array,
): Promise<{ loss: number; metrics: Record<string, number>; gradient: Float32Array }> {
  const ort = await runtime();
  const g = new GraphBuilder('loss');
  const input = g.input('logp', 'float32', ['N']);
  const { loss, metrics, fused } = builder(g, input);
  g.output('loss', loss);
  for (const [name, value] of Object.entries(metrics)) g.output(name, value);
  g.output('gradient', gradients(g, loss, [input], { fused })[0]!);
  const session = await ort.InferenceSession.create(serialize(g.build()), { logSeverityLevel: 3 });
  try {
    const floats = Object.entries({ ...batch.values, logp }).map(([n, v]): [string, Ort.Tensor] => [
      n,
      new ort.Tensor('float32', v, [v.length]),
    ]);
    const whole = Object.entries(batch.indices ?? {}).map(([n, v]): [string, Ort.Tensor] => [
      n,
      new ort.Tensor('int64', BigInt64Array.from(v, BigInt), [v.length]),
    ]);
    const feeds = Object.fromEntries([...floats, ...whole]);
    const results = await session.run(Object.fromEntries(session.inputNames.map((n) => [n, feeds[n]!])));
    const number = (n: string): number => Number(results[n]!.data[0]);
    return {
      loss: number('loss'),
      metrics: Object.fromEntries(Object.keys(metrics).map((n) => [n, number(n)])),
      gradient: results['gradient']!.data as Float32Array,
    };
  } finally {
    await session.release();
  }
}

export function close(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected} within ${tolerance}`);
}

/** Mean of many draws, with its standard error. */
export function meanOf(draws: number, draw: () => number): { mean: number; error: number } {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < draws; i++) {
    const x = draw();
    sum += x;
    squares += x * x;
  }
  const mean = sum / draws;
  return { mean, error: Math.sqrt(Math.max(0, squares / draws - mean * mean) / draws) };
}

/** A fixed "model": the cross-entropy of token i where the set of masked tokens is given by bits. Any function of both will do. */
export function fixedCrossEntropy(i: number, maskedBits: number): number {
  const x = Math.sin((i + 1) * 12.9898 + maskedBits * 78.233) * 43758.5453;
  return 0.2 + 3 * (x - Math.floor(x));
}

/**
 * The ELBO's bound of n tokens in nats, exactly: int_0^1 (1/t) E[sum of masked CE] dt = sum over non-empty sets S of 1 / (|S| C(n,|S|)) sum over S of CE.
 */
export function exactBound(n: number, ce = fixedCrossEntropy): number {
  const choose = (k: number): number => Array.from({ length: k }, (_, j) => (n - j) / (j + 1)).reduce((a, b) => a * b, 1);
  let total = 0;
  for (let bits = 1; bits < 1 << n; bits++) {
    const set = Array.from({ length: n }, (_, i) => i).filter((i) => (bits >> i) & 1);
    total += set.reduce((sum, i) => sum + ce(i, bits), 0) / (set.length * choose(set.length));
  }
  return total;
}
