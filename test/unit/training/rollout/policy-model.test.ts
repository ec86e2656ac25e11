import assert from 'node:assert/strict';
import { cpuLowering } from '../../../../src/model/lowerings/cpu';
import { StepModel } from '../../../../src/model/step-model';
import { randomWeights } from '../../../../src/model/weights';
import { parametersOf, weightsOf } from '../../../../src/training/parameters';
import { PolicyModel } from '../../../../src/training/rollout/policy-model';
import { tinyConfig } from '../support';

describe('policy model', () => {
  const c = tinyConfig({ vocabulary: 24 });
  const request = { batch: 1, ids: [1, 9, 3], rows: [0, 1, 2], queries: [0, 1, 2], want: { logits: true } };

  it('keeps the weights it was compiled from until it is refreshed, and then has the live ones', async () => {
    const parameters = parametersOf(c, randomWeights(c, 1));
    const options = { lowering: cpuLowering, threads: 1 };
    const policy = await PolicyModel.create(c, parameters, options);
    try {
      const logits = async (m: StepModel): Promise<Float32Array> => (await m.step(request)).logits!;
      const before = await logits(policy.model);
      for (const p of parameters) for (let i = 0; i < p.data.length; i++) p.data[i]! += 0.01 * ((i % 7) - 3);
      assert.deepEqual(await logits(policy.model), before);
      const fresh = await StepModel.create(c, weightsOf(c, parameters), options);
      const refreshed = await policy.refresh();
      assert.equal(refreshed, policy.model);
      assert.notDeepEqual(await logits(refreshed), before);
      assert.deepEqual(await logits(refreshed), await logits(fresh));
      await fresh.dispose();
    } finally {
      await policy.dispose();
    }
  });
});
