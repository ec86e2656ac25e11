/** One step of training in a process of its own, for its peak memory. Usage: memory-child.ts keep|recompute; prints JSON. */
import { readFileSync } from 'node:fs';
import type { TransformerConfig } from '../../../../src/model/config';
import { randomWeights } from '../../../../src/model/weights';
import { weightedCrossEntropy } from '../../../../src/training/graph/losses';
import { cpuTraining } from '../../../../src/training/graph/lowering';
import { TrainingSession } from '../../../../src/training/graph/training-session';
import { parametersOf } from '../../../../src/training/parameters';
import { tinyConfig } from '../support';

export interface StepMemory {
  readonly loss: number;
  /** Bytes beyond what the process held before its first step, at the highest. */
  readonly peakBytes: number;
  /** Sum of squares of all gradients. */
  readonly gradientSquares: number;
}

/** Few weights and long sequences: nearly all memory is activations. */
export const memoryConfig: TransformerConfig = tinyConfig({
  layers: 8,
  width: 64,
  headWidth: 32,
  mlpWidth: 176,
  vocabulary: 64,
  maxSequence: 256,
});
export const memorySizes = { batch: 8, length: 256 } as const;

/** Highest resident memory so far; Linux alone counts it where it can be read. */
function peakBytes(): number {
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}

async function main(recompute: boolean): Promise<StepMemory> {
  const { batch, length } = memorySizes;
  const session = await TrainingSession.create(memoryConfig, parametersOf(memoryConfig, randomWeights(memoryConfig, 1)), {
    lowering: cpuTraining,
    batch,
    length,
    loss: weightedCrossEntropy,
    threads: 1,
    recompute,
  });
  const before = peakBytes();
  const rows = Int32Array.from({ length: 64 }, (_, i) => 7 * i);
  const fed = {
    batch,
    length,
    ids: Int32Array.from({ length: batch * length }, (_, i) => i % 50),
    rows,
    targets: rows.map((r) => r % 50),
    values: { row_weights: new Float32Array(64).fill(1 / 64) },
  };
  await session.step(fed);
  const { loss } = await session.step(fed);
  let gradientSquares = 0;
  for (const gradient of session.gradients.values()) for (const v of gradient) gradientSquares += v * v;
  return { loss, peakBytes: peakBytes() - before, gradientSquares };
}

if (require.main === module)
  void main(process.argv[2] === 'recompute').then((found) => {
    process.stdout.write(`${JSON.stringify(found)}\n`);
  });
