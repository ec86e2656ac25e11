import assert from 'node:assert/strict';
import type { TransformerConfig } from '../../../src/model/config';
import { randomWeights } from '../../../src/model/weights';
import type { Batch } from '../../../src/training/batch';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining, webgpuTraining } from '../../../src/training/graph/lowering';
import { buildTrainingGraph } from '../../../src/training/graph/training-graph';
import { TrainingSession, type TrainingSessionOptions } from '../../../src/training/graph/training-session';
import { parametersOf, type Parameter } from '../../../src/training/parameters';
import { tinyConfig } from './support';

/** Weights large enough that every gradient shows above the rounding of the loss. */
function livelyParameters(c: TransformerConfig): Parameter[] {
  return parametersOf(c, randomWeights(c, 3)).map((p) => ({
    ...p,
    data: p.shape.length === 2 ? p.data.map((v) => 20 * v) : p.data,
  }));
}

const batch: Batch = {
  batch: 2,
  length: 4,
  ids: Int32Array.of(1, 2, 9, 4, 5, 9, 7, 9),
  hidden: Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0),
  rows: Int32Array.of(2, 5, 7),
  targets: Int32Array.of(3, 6, 8),
  values: { row_weights: Float32Array.of(0.5, 1, 0.25) },
};

async function withSession<T>(
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

describe('training graph', () => {
  const cases: Record<string, [config: Partial<TransformerConfig>, batch: Partial<Batch>]> = {
    'full attention with padding': [{}, {}],
    'grouped queries, tied, causal': [{ kvHeads: 1, tied: true }, { causal: true }],
  };

  for (const [name, [fields, change]] of Object.entries(cases)) {
    it(`gradients by every weight agree with finite differences: ${name}`, async () => {
      const c = tinyConfig(fields);
      const parameters = livelyParameters(c);
      const fed = { ...batch, ...change };
      await withSession(c, parameters, {}, async (session) => {
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
      });
    });
  }

  it('what is frozen costs no backward pass', () => {
    const c = tinyConfig();
    const options = { lowering: cpuTraining, batch: 2, length: 4, loss: weightedCrossEntropy };
    const products = (trainable: (name: string) => boolean): number =>
      buildTrainingGraph(c, { ...options, trainable }).nodes.filter((n) => n.op.endsWith('MatMul')).length;
    const forward = buildTrainingGraph(c, { ...options, forwardOnly: true }).nodes.filter((n) => n.op.endsWith('MatMul')).length;
    // dW of the head alone; then also dX of the head, and dX and dW of the last block's down projection.
    assert.equal(products((n) => n === 'head') - forward, 1);
    assert.equal(products((n) => n === 'block1.down') - forward, 2);
    assert.equal(products(() => true) - forward, 2 * forward);
  });

  it('the lowering without fused products has none, and the same gradients', async () => {
    const c = tinyConfig({ kvHeads: 1 });
    const parameters = livelyParameters(c);
    const run = (lowering: typeof cpuTraining): Promise<Map<string, Float32Array>> =>
      withSession(c, parameters, { lowering: { ...lowering, provider: 'cpu' } }, async (s) => {
        await s.step(batch);
        return new Map([...s.gradients].map(([n, g]) => [n, g.slice()]));
      });
    const graph = buildTrainingGraph(c, { lowering: webgpuTraining, batch: 2, length: 4, loss: weightedCrossEntropy });
    assert.ok(graph.nodes.every((n) => n.op !== 'FusedMatMul'));
    const [fused, plain] = [await run(cpuTraining), await run(webgpuTraining)];
    for (const [name, gradient] of fused) {
      gradient.forEach((v, i) => {
        assert.ok(Math.abs(v - plain.get(name)![i]!) < 1e-5, `${name}[${i}]`);
      });
    }
  });

  it('padding changes nothing', async () => {
    const c = tinyConfig();
    await withSession(c, livelyParameters(c), {}, async (session) => {
      const before = await session.step(batch);
      const gradient = session.gradients.get('block0.key')!.slice();
      const after = await session.step({ ...batch, ids: Int32Array.of(1, 2, 9, 4, 8, 9, 7, 9) });
      assert.equal(after.loss, before.loss);
      assert.deepEqual(session.gradients.get('block0.key'), gradient);
    });
  });
});
