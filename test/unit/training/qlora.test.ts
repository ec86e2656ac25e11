import assert from 'node:assert/strict';
import type { AdapterOptions } from '../../../src/model/adapter/adapter';
import { dequantise, type QuantisationOptions } from '../../../src/model/quantise';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining, webgpuTraining } from '../../../src/training/graph/lowering';
import { buildTrainingGraph } from '../../../src/training/graph/training-graph';
import type { FrozenWeights } from '../../../src/training/graph/weights';
import { frozenWeights, quantisedWeights } from '../../../src/training/lora/frozen';
import { allTargets } from '../../../src/training/lora/parameters';
import { differencesAgree, livelyAdapter, livelyParameters, smallBatch, tinyConfig, withSession } from './support';

const c = tinyConfig({ width: 64, headWidth: 32, mlpWidth: 96, kvHeads: 1 });
const adapter: AdapterOptions = { rank: 4, alpha: 8, targets: allTargets };
const base = livelyParameters(c).map((p) => ({ ...p, data: p.shape.length === 2 ? p.data.map((v) => v / 4) : p.data }));
const trained = livelyAdapter(c, adapter).map((p) => ({ ...p, data: p.data.map((v) => v / 4) }));
const [embedding] = base;

/** The embedding, which is everything's input, is left out to be trained as well. */
const without = (w: FrozenWeights): FrozenWeights => new Map([...w].filter(([name]) => name !== 'embedding'));

/** The same weights written out in float32. */
function writtenOut(w: FrozenWeights): FrozenWeights {
  return new Map([...w].map(([name, v]) => [name, v instanceof Float32Array ? v : dequantise(v)]));
}

describe('adapters beside quantised weights', () => {
  for (const quantisation of [{ bits: 4 }, { bits: 8 }, { bits: 4, block: 16 }] satisfies QuantisationOptions[]) {
    for (const [name, lowering] of Object.entries({ cpuTraining, webgpuTraining })) {
      const { bits, block = 32 } = quantisation as QuantisationOptions;
      it(`${bits} bits in blocks of ${block}, ${name}: gradients as with the weights they stand for`, async () => {
        const quantised = without(quantisedWeights(base, quantisation));
        const run = (frozen: FrozenWeights): Promise<{ loss: number; gradients: Map<string, Float32Array> }> => {
          const options = { adapter, frozen, trainable: () => true, lowering: { ...lowering, provider: 'cpu' as const } };
          return withSession(c, [embedding!, ...trained], options, async (s) => {
            const { loss } = await s.step(smallBatch);
            return { loss, gradients: new Map([...s.gradients].map(([n, g]) => [n, g.slice()])) };
          });
        };
        const [found, expected] = [await run(quantised), await run(writtenOut(quantised))];
        assert.ok(Math.abs(found.loss - expected.loss) < 1e-5, `loss ${found.loss}, written out ${expected.loss}`);
        assert.equal(found.gradients.size, trained.length + 1);
        for (const [n, gradient] of found.gradients) {
          const reference = expected.gradients.get(n)!;
          const scale = Math.max(...reference.map(Math.abs));
          assert.ok(scale > 1e-5, `${n} has a gradient`);
          gradient.forEach((v, i) => {
            assert.ok(Math.abs(v - reference[i]!) <= 2e-5 * scale, `${n}[${i}]: ${v}, written out ${reference[i]!}`);
          });
        }
      });
    }
  }

  it('gradients agree with finite differences', async () => {
    const some = trained.filter((p) => /^block[01]\.(query|down)/.test(p.name));
    await withSession(c, trained, { adapter, frozen: quantisedWeights(base, { bits: 4 }) }, (s) =>
      differencesAgree(s, some, smallBatch),
    );
  });

  it('hold the block matrices in under a third of the bytes at 4 bits, and have no gradient of them', () => {
    const graphOf = (frozen: FrozenWeights): ReturnType<typeof buildTrainingGraph> =>
      buildTrainingGraph(c, { lowering: cpuTraining, batch: 2, length: 4, loss: weightedCrossEntropy, adapter, frozen });
    const bytes = (frozen: FrozenWeights): number =>
      [...graphOf(frozen).initializers.values()]
        .filter((t) => /^(block|zero)/.test(t.name) && t.shape.length > 1)
        .reduce((s, t) => s + t.data.length, 0);
    const quantised = quantisedWeights(base, { bits: 4 });
    // Twice half a byte (as the forward product reads them, and as rows for the backward one) and a scale and a zero point for 32.
    assert.ok(bytes(quantised) < 0.31 * bytes(frozenWeights(base)), `${bytes(quantised)} of ${bytes(frozenWeights(base))}`);
    assert.ok(
      graphOf(quantised)
        .outputs.filter((o) => o.name.startsWith('grad.'))
        .every((o) => /lora[AB]$/.test(o.name)),
    );
  });

  it('of another size than the network are refused', () => {
    const build = (frozen: FrozenWeights, fields: object): unknown =>
      buildTrainingGraph(
        { ...c, ...fields },
        { lowering: cpuTraining, batch: 2, length: 4, loss: weightedCrossEntropy, adapter, frozen },
      );
    assert.throws(
      () => build(quantisedWeights(base, { bits: 4 }), { mlpWidth: 64 }),
      /block0\.gate is \[64,64\], quantised it is \[64,96\]/,
    );
  });
});
