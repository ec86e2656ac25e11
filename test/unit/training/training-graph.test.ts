import assert from 'node:assert/strict';
import type { TransformerConfig } from '../../../src/model/config';
import type { Batch } from '../../../src/training/batch';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining, webgpuTraining } from '../../../src/training/graph/lowering';
import { buildTrainingGraph } from '../../../src/training/graph/training-graph';
import { differencesAgree, livelyParameters, smallBatch, tinyConfig, withSession } from './support';

describe('training graph', () => {
  const cases: Record<string, [config: Partial<TransformerConfig>, batch: Partial<Batch>]> = {
    'full attention with padding': [{}, {}],
    'grouped queries, tied, causal': [{ kvHeads: 1, tied: true }, { causal: true }],
  };

  for (const [name, [fields, change]] of Object.entries(cases)) {
    it(`gradients by every weight agree with finite differences: ${name}`, async () => {
      const c = tinyConfig(fields);
      const parameters = livelyParameters(c);
      const fed = { ...smallBatch, ...change };
      await withSession(c, parameters, {}, async (session) => {
        await differencesAgree(session, parameters, fed);
      });
    });
  }

  it('gradients add up where a row has several targets', async () => {
    const c = tinyConfig({ tied: true });
    const parameters = livelyParameters(c);
    const rows = Int32Array.of(2, 5, 2, 7, 2);
    const targets = Int32Array.of(3, 6, 1, 8, 3);
    const values = { row_weights: Float32Array.of(0.5, 1, -0.7, 0.25, 0.3) };
    await withSession(c, parameters, { repeatedRows: true }, async (session) => {
      await differencesAgree(session, parameters, { ...smallBatch, rows, targets, values });
    });
    await withSession(c, parameters, {}, async (session) => {
      await assert.rejects(session.step({ ...smallBatch, rows, targets, values }), /a row comes twice/);
    });
  });

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
        await s.step(smallBatch);
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
      const before = await session.step(smallBatch);
      const gradient = session.gradients.get('block0.key')!.slice();
      const after = await session.step({ ...smallBatch, ids: Int32Array.of(1, 2, 9, 4, 8, 9, 7, 9) });
      assert.equal(after.loss, before.loss);
      assert.deepEqual(session.gradients.get('block0.key'), gradient);
    });
  });
});
