import assert from 'node:assert/strict';
import { randomWeights } from '../../../src/model/weights';
import type { Batch } from '../../../src/training/batch';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining } from '../../../src/training/graph/lowering';
import { TrainingSession } from '../../../src/training/graph/training-session';
import { parametersOf } from '../../../src/training/parameters';
import { tinyConfig } from './support';

describe('gradient by the embedding', () => {
  for (const tied of [true, false]) {
    it(`${tied ? 'tied' : 'untied'}: many threads adding to one token's row lose nothing`, async () => {
      const c = tinyConfig({ layers: 1, width: 256, heads: 4, kvHeads: 4, headWidth: 64, mlpWidth: 16, maxSequence: 256, tied });
      const parameters = parametersOf(c, randomWeights(c, 1));
      const ids = Int32Array.from({ length: 1024 }, (_, i) => (i * 7) % 5);
      const rows = Int32Array.from({ length: 1024 }, (_, i) => i);
      const batch: Batch = {
        batch: 4,
        length: 256,
        ids,
        rows,
        targets: ids,
        values: { row_weights: new Float32Array(1024).fill(1 / 1024) },
      };
      const session = (threads: number): Promise<TrainingSession> =>
        TrainingSession.create(c, parameters, {
          lowering: cpuTraining,
          batch: 4,
          length: 256,
          loss: weightedCrossEntropy,
          threads,
        });
      const [one, several] = await Promise.all([session(1), session(4)]);
      try {
        await one.step(batch);
        const expected = one.gradients.get('embedding')!;
        const scale = Math.max(...expected.map(Math.abs));
        for (let step = 0; step < 8; step++) {
          await several.step(batch);
          several.gradients.get('embedding')!.forEach((v, i) => {
            assert.ok(
              Math.abs(v - expected[i]!) < 1e-4 * scale,
              `step ${step}, element ${i}: ${v}, on one thread ${expected[i]!}`,
            );
          });
        }
      } finally {
        await Promise.all([one.dispose(), several.dispose()]);
      }
    });
  }
});
