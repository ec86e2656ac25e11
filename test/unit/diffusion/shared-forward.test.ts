import assert from 'node:assert/strict';
import path from 'node:path';
import { copiesOf, sharedStep } from '../../../src/diffusion/shared-forward';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { readNetwork } from '../../../src/model/network';
import { StepModel, type StepRequest, type StepResult } from '../../../src/model/step-model';
import { goldenFolder } from '../helpers/golden';

describe('shared first forward', () => {
  let model: StepModel;
  before(async () => {
    const { config, weights } = await readNetwork(path.join(goldenFolder, 'llada-sampler'));
    model = await StepModel.create(config, weights, { lowering: cpuLowering, threads: 1 });
  });
  after(() => model.dispose());

  const close = (a: StepResult, b: StepResult): void => {
    assert.deepEqual(a.topId, b.topId);
    for (const name of ['topP', 'entropy', 'targetLogp'] as const) {
      assert.equal(a[name]!.length, b[name]!.length);
      a[name]!.forEach((v, i) => {
        assert.ok(Math.abs(v - b[name]![i]!) < 1e-5, `${name}[${i}]`);
      });
    }
  };

  it('finds groups of equal canvases, whatever their sizes have in common', () => {
    const canvas = (...ids: number[]): Int32Array => Int32Array.from(ids.flatMap((id) => [7, id]));
    assert.equal(copiesOf(canvas(1, 1, 1, 1), 4), 4);
    assert.equal(copiesOf(canvas(1, 1, 2, 2), 4), 2);
    assert.equal(copiesOf(canvas(1, 1, 1, 1, 2, 2), 6), 2);
    assert.equal(copiesOf(canvas(1, 1, 1, 2, 2), 5), 1);
    assert.equal(copiesOf(canvas(1, 2), 2), 1);
    assert.equal(copiesOf(canvas(1), 1), 1);
    assert.equal(copiesOf(canvas(1, 1), 2, Uint8Array.of(1, 0, 0, 0)), 1);
    assert.equal(copiesOf(canvas(1, 1), 2, Uint8Array.of(1, 0, 1, 0)), 2);
  });

  it('gives every canvas what a forward of its own gives it, and a cache to go on with', async () => {
    const mask = model.config.maskToken;
    const [first, second] = [[250, 285, mask, 80, mask], [49, 50, 9, mask, 7]]; // prettier-ignore
    const canvases = [first, first, first, second, second, second];
    // Other numbers of rows are wanted of each; position 0 of the second is padding.
    const wanted = [[2, 4], [3]]; // prettier-ignore
    const queries = canvases.flatMap((_, b) => wanted[b < 3 ? 0 : 1]!.map((p) => b * 5 + p));
    const request: StepRequest = {
      batch: 6,
      ids: canvases.flat(),
      rows: [0, 1, 2, 3, 4],
      hidden: { mask: Uint8Array.from({ length: 30 }, (_, i) => Number(i >= 15 && i % 5 === 0)), length: 5 },
      queries,
      // Equal canvases ask for the same targets.
      targets: { ids: queries.map((q) => (q % 5) + 20), perQuery: 1 },
      want: { cache: true, entropy: true },
    };
    const plain = await model.step(request);
    const shared = await sharedStep(model, request, 3, undefined);
    close(shared, plain);
    const next: StepRequest = {
      ...request,
      rows: [3, 4],
      ids: canvases.flatMap((c) => c.slice(3)),
      queries: Array.from({ length: 12 }, (_, i) => i),
      targets: { ids: new Int32Array(12), perQuery: 1 },
    };
    close(await model.step({ ...next, cache: shared.cache }), await model.step({ ...next, cache: plain.cache }));
  });
});
