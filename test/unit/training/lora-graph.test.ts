import assert from 'node:assert/strict';
import type { AdapterOptions } from '../../../src/model/adapter/adapter';
import type { TransformerConfig } from '../../../src/model/config';
import { blockMatrices } from '../../../src/model/weights';
import { weightedCrossEntropy } from '../../../src/training/graph/losses';
import { cpuTraining } from '../../../src/training/graph/lowering';
import { buildTrainingGraph } from '../../../src/training/graph/training-graph';
import { allTargets, initialAdapter } from '../../../src/training/lora/parameters';
import { frozenWeights } from '../../../src/training/lora/frozen';
import { Random } from '../../../src/training/random';
import { differencesAgree, livelyAdapter, livelyParameters, smallBatch, tinyConfig, withSession } from './support';

const options: AdapterOptions = { rank: 3, alpha: 6, targets: allTargets };
const size = (a: Float32Array): number => Math.max(...a.map(Math.abs));

describe('a fresh adapter', () => {
  const c = tinyConfig({ width: 64, headWidth: 32, mlpWidth: 96 });
  const parameters = initialAdapter(c, { ...options, rank: 16 }, Random.seeded(5));

  it('has a pair for each of the seven matrices of each block', () => {
    assert.equal(blockMatrices.length, 7);
    assert.equal(parameters.length, c.layers * 7 * 2);
    const shapes = new Map(parameters.map((p) => [p.name, p.shape.join()]));
    assert.equal(shapes.get('block1.down.loraA'), '96,16');
    assert.equal(shapes.get('block1.down.loraB'), '16,64');
  });

  it('has B = 0 and A uniform within 1/sqrt(in)', () => {
    for (const p of parameters) {
      if (p.name.endsWith('loraB')) assert.equal(size(p.data), 0, p.name);
      else {
        const bound = 1 / Math.sqrt(p.shape[0]!);
        assert.ok(size(p.data) <= bound && size(p.data) > 0.95 * bound, p.name);
        const deviation = Math.sqrt(p.data.reduce((s, v) => s + v * v, 0) / p.data.length);
        assert.ok(Math.abs(deviation / (bound / Math.sqrt(3)) - 1) < 0.08, `${p.name}: deviation ${deviation}`);
      }
    }
  });

  it('is repeatable by its seed, and another one by another', () => {
    const again = (seed: number): Float32Array => initialAdapter(c, { ...options, rank: 16 }, Random.seeded(seed))[0]!.data;
    assert.deepEqual(again(5), parameters[0]!.data);
    assert.notDeepEqual(again(6), parameters[0]!.data);
  });

  it('refuses a rank below 1 and an empty list of targets', () => {
    assert.throws(() => initialAdapter(c, { ...options, rank: 0 }, Random.seeded(1)), /rank/);
    assert.throws(() => initialAdapter(c, { ...options, targets: [] }, Random.seeded(1)), /target/);
  });

  it('changes no log-probability, and trains B first: the gradient by A is 0', async () => {
    const c = tinyConfig();
    const base = livelyParameters(c);
    const plain = await withSession(c, base, {}, (s) => s.step(smallBatch));
    await withSession(c, [...base, ...initialAdapter(c, options, Random.seeded(1))], { adapter: options }, async (s) => {
      assert.deepEqual((await s.step(smallBatch)).logp, plain.logp);
      for (const [name, gradient] of s.gradients) assert.equal(size(gradient) > 0, name.endsWith('loraB'), name);
    });
  });
});

describe('training an adapter', () => {
  const cases: Record<string, [config: Partial<TransformerConfig>, adapter: Partial<AdapterOptions>]> = {
    'all targets': [{}, {}],
    'two targets, grouped queries, tied, scale 1': [
      { kvHeads: 1, tied: true },
      { targets: ['key', 'down'], alpha: 3 },
    ],
  };
  for (const [name, [fields, change]] of Object.entries(cases)) {
    it(`gradients by every A and B agree with finite differences: ${name}`, async () => {
      const c = tinyConfig(fields);
      const adapter = { ...options, ...change };
      const trained = livelyAdapter(c, adapter);
      await withSession(c, [...livelyParameters(c), ...trained], { adapter }, (s) => differencesAgree(s, trained, smallBatch));
    });
  }

  it('base weights cost no product of their own in the backward pass', () => {
    const c = tinyConfig();
    const graph = { lowering: cpuTraining, batch: 2, length: 4, loss: weightedCrossEntropy, adapter: options };
    const products = (o: object): number =>
      buildTrainingGraph(c, { ...graph, ...o }).nodes.filter((n) => n.op.endsWith('MatMul')).length;
    const forward = products({ forwardOnly: true });
    const pairs = 7 * c.layers;
    // Forward: two products a pair; attention two a layer; the head.
    assert.equal(forward, 3 * pairs + 2 * c.layers + 1);
    // Backward: dA, dB and two products on the way through each pair; dX of each matrix and of the head; four of attention. The first layer's queries, keys and values hand on nothing.
    assert.equal(products({}) - forward, 4 * pairs + pairs + 1 + 4 * c.layers - 2 * 3);
  });

  it('base weights as constants instead of inputs: same loss, same gradients', async () => {
    const c = tinyConfig({ kvHeads: 1 });
    const base = livelyParameters(c);
    const trained = livelyAdapter(c, options);
    const run = (o: object, inputs: typeof base): Promise<[number, Map<string, Float32Array>]> =>
      withSession(c, [...inputs, ...trained], { adapter: options, ...o }, async (s) => {
        const { loss } = await s.step(smallBatch);
        return [loss, new Map([...s.gradients].map(([n, g]) => [n, g.slice()]))];
      });
    const [loss, expected] = await run({}, base);
    const [frozenLoss, found] = await run({ frozen: frozenWeights(base) }, []);
    assert.ok(Math.abs(frozenLoss - loss) < 1e-6);
    assert.equal(found.size, expected.size);
    for (const [name, gradient] of expected) {
      gradient.forEach((v, i) => {
        assert.ok(Math.abs(v - found.get(name)![i]!) <= 1e-5 * Math.max(1, size(gradient)), `${name}[${i}]`);
      });
    }
  });
});
