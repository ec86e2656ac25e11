import assert from 'node:assert/strict';
import path from 'node:path';
import { openContext } from '../../../src/diffusion/context-cache';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { readNetwork } from '../../../src/model/network';
import { StepModel, type KeyValueCache } from '../../../src/model/step-model';
import { goldenFolder } from '../helpers/golden';

const direct = <T>(work: () => Promise<T>): Promise<T> => work();

describe('gap context', () => {
  let model: StepModel;
  before(async () => {
    const { config, weights } = await readNetwork(path.join(goldenFolder, 'llada-sampler'));
    model = await StepModel.create(config, weights, { lowering: cpuLowering });
  });
  after(() => model.dispose());

  const beforeGap = [250, 285, 80, 214, 49, 50];
  const afterGap = [274, 126, 153, 167, 9];

  /** Logits of the gap's rows: [length, vocabulary]. */
  async function exact(length: number): Promise<Float32Array> {
    const canvas = [...beforeGap, ...Array<number>(length).fill(model.config.maskToken), ...afterGap];
    const queries = Array.from({ length }, (_, k) => beforeGap.length + k);
    return (await model.step({ batch: 1, ids: canvas, rows: canvas.map((_, i) => i), queries, want: { logits: true } })).logits!;
  }
  async function cached(probe: number, length: number): Promise<Float32Array> {
    const context = await openContext(model, beforeGap, afterGap, probe, direct);
    const rows = Array.from({ length }, (_, k) => beforeGap.length + k);
    const ids = rows.map(() => model.config.maskToken);
    return (
      await model.step({
        batch: 1,
        ids,
        rows,
        cache: context.forLength(length),
        queries: ids.map((_, k) => k),
        want: { logits: true },
      })
    ).logits!;
  }
  const distance = (a: Float32Array, b: Float32Array): number =>
    a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), 0);

  it('at the length it was computed with, equals a full forward', async () => {
    assert.ok(distance(await cached(4, 4), await exact(4)) < 5e-5);
  });

  it('keys moved there and back again are the keys', async () => {
    const context = await openContext(model, beforeGap, afterGap, 4, direct);
    const there = context.forLength(9);
    const back = model.gatherCache(there, Array.from({ length: 15 }, (_, p) => (p < 6 ? p : p < 10 ? -1 : p + 5)), (p) => (p < 6 ? 0 : -5)); // prettier-ignore
    const original = context.forLength(4);
    for (const [name, tensor] of Object.entries(original.tensors)) {
      assert.ok(distance(back.tensors[name]!.data as Float32Array, tensor.data as Float32Array) < 1e-5, name);
    }
  });

  it('first-layer keys at another length are those of a full forward there: they depend on token and position alone', async () => {
    const moved = (await openContext(model, beforeGap, afterGap, 4, direct)).forLength(7);
    const fresh = (await openContext(model, beforeGap, afterGap, 7, direct)).forLength(7);
    assert.ok(distance(moved.tensors['past.k.0']!.data as Float32Array, fresh.tensors['past.k.0']!.data as Float32Array) < 1e-5);
  });

  it('at another length it is nearer to the truth than keys left where they were', async () => {
    const truth = await exact(7);
    const context = await openContext(model, beforeGap, afterGap, 4, direct);
    const unmoved = model.gatherCache(context.forLength(4), Array.from({ length: 18 }, (_, p) => (p < 6 ? p : p < 13 ? -1 : p - 3)), () => 0); // prettier-ignore
    const rows = Array.from({ length: 7 }, (_, k) => 6 + k);
    const ids = rows.map(() => model.config.maskToken);
    const wrong = (
      await model.step({ batch: 1, ids, rows, cache: unmoved, queries: ids.map((_, k) => k), want: { logits: true } })
    ).logits!;
    assert.ok(distance(await cached(4, 7), truth) < distance(wrong, truth));
  });

  it('lent again and again, in any order, a cache gives what one of its own gives', async () => {
    const context = await openContext(model, beforeGap, afterGap, 4, direct);
    const logitsWith = async (length: number, cache: KeyValueCache): Promise<Float32Array> => {
      const rows = Array.from({ length }, (_, k) => beforeGap.length + k);
      const ids = rows.map(() => model.config.maskToken);
      const queries = ids.map((_, k) => k);
      return (await model.step({ batch: 1, ids, rows, cache, queries, want: { logits: true } })).logits!;
    };
    for (const length of [1, 9, 4, 2, 4, 12, 9]) {
      const lent = await logitsWith(length, context.lendForLength(length));
      const own = await logitsWith(length, context.forLength(length));
      assert.ok(distance(lent, own) < 1e-5, `length ${length}: ${distance(lent, own)}`);
    }
  });
});
