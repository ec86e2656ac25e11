import assert from 'node:assert/strict';
import fc from 'fast-check';
import { adamW, type AdamWOptions } from '../../../../src/training/optimiser/adamw';
import type { Parameter } from '../../../../src/training/parameters';
import { Random } from '../../../../src/training/random';

const matrix = (data: readonly number[], name = 'block0.query'): Parameter => ({
  name,
  shape: [1, data.length],
  data: Float32Array.from(data),
});
const fed = (p: Parameter, gradient: readonly number[]): Map<string, Float32Array> =>
  new Map([[p.name, Float32Array.from(gradient)]]);

/** Algorithm 2 of the paper line by line, in float64, with alpha 1 and the schedule multiplier eta: one weight, its gradients in order. */
function reference(
  theta0: number,
  gradients: readonly number[],
  { beta1, beta2, epsilon, lambda }: { beta1: number; beta2: number; epsilon: number; lambda: number },
  eta: number,
): number {
  let [theta, m, v] = [theta0, 0, 0];
  gradients.forEach((g, i) => {
    const t = i + 1;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const mHat = m / (1 - beta1 ** t);
    const vHat = v / (1 - beta2 ** t);
    theta = theta - eta * (mHat / (Math.sqrt(vHat) + epsilon) + lambda * theta);
  });
  return theta;
}

describe('AdamW', () => {
  it('follows the formula of the paper for any gradients and settings', async () => {
    const gradient = fc.double({ min: -10, max: 10, noNaN: true });
    const settings = fc.record({
      beta1: fc.double({ min: 0, max: 0.98, noNaN: true }),
      beta2: fc.double({ min: 0.5, max: 0.9999, noNaN: true }),
      epsilon: fc.constantFrom(1e-8, 1e-3),
      lambda: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(gradient, { minLength: 1, maxLength: 40 }), settings, gradient, async (gradients, s, start) => {
        const rounded = gradients.map(Math.fround);
        const p = matrix([start]);
        const options: AdamWOptions = { beta1: s.beta1, beta2: s.beta2, epsilon: s.epsilon, weightDecay: s.lambda };
        const optimiser = adamW([p], options);
        for (const g of rounded) await optimiser.update(fed(p, [g]), 0.01);
        const expected = reference(Math.fround(start), rounded, s, 0.01);
        assert.ok(
          Math.abs(p.data[0]! - expected) < 2e-6 * (1 + Math.abs(expected)) + 2e-6 * rounded.length,
          `${p.data[0]!}, ${expected}`,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('worked by hand: the first step is the learning rate, the second is smaller when its gradient is 0', async () => {
    const p = matrix([2, 2]);
    const optimiser = adamW([p], { weightDecay: 0.5 });
    await optimiser.update(fed(p, [3, -0.25]), 0.1);
    // 2 (1 - 0.1 x 0.5) - 0.1 and + 0.1, whatever the size of the gradient.
    assert.ok(Math.abs(p.data[0]! - 1.8) < 1e-6 && Math.abs(p.data[1]! - 2) < 1e-6, String(p.data));
    await optimiser.update(fed(p, [0, 0]), 0.1);
    // m / (1 - 0.81) = 0.09 g / 0.19; v / (1 - 0.998001) = 0.000999 g^2 / 0.001999; their quotient is 0.670058.
    assert.ok(Math.abs(p.data[0]! - (1.8 * 0.95 - 0.0670058)) < 1e-6, String(p.data[0]));
    assert.ok(Math.abs(p.data[1]! - (2 * 0.95 + 0.0670058)) < 1e-6, String(p.data[1]));
  });

  it('decays matrices; norms never, tables of tokens on demand', async () => {
    const all = [
      matrix([1, 1]),
      matrix([1, 1], 'embedding'),
      matrix([1, 1], 'head'),
      { name: 'block0.mlpNorm', shape: [2], data: Float32Array.of(1, 1) },
    ];
    const still = new Map(all.map((p) => [p.name, new Float32Array(2)]));
    await adamW(all, { weightDecay: 0.5 }).update(still, 0.5);
    assert.deepEqual(
      all.map((p) => p.data[0]),
      [0.75, 1, 1, 1],
    );
    await adamW(all, { weightDecay: 0.5, decays: (p) => p.shape.length === 2 }).update(still, 0.5);
    assert.deepEqual(
      all.map((p) => p.data[0]),
      [0.5625, 0.75, 0.75, 1],
    );
  });

  it('moments of weights that get no gradient any more end at 0, and the weights stop', async () => {
    const p = matrix([1]);
    const optimiser = adamW([p], { beta2: 0.95 });
    await optimiser.update(fed(p, [1e-3]), 0.1);
    for (let i = 0; i < 2000; i++) await optimiser.update(fed(p, [0]), 0.1);
    const rest = p.data[0]!;
    assert.deepEqual(
      optimiser.state.map((s) => s.data[0]),
      [0, 0],
    );
    await optimiser.update(fed(p, [0]), 0.1);
    assert.equal(p.data[0], rest);
  });

  it('goes on from its state bit for bit', async () => {
    const random = Random.seeded(4);
    const values = (): number[] => Array.from({ length: 9 }, () => random.uniform() - 0.5);
    const gradients = Array.from({ length: 6 }, values);
    const [whole, broken] = [matrix(values()), matrix([])];
    const copy = { ...broken, shape: [1, 9], data: whole.data.slice() };
    const unbroken = adamW([whole], { weightDecay: 0.1 });
    for (const g of gradients) await unbroken.update(fed(whole, g), 0.01);
    const first = adamW([copy], { weightDecay: 0.1 });
    for (const g of gradients.slice(0, 3)) await first.update(fed(copy, g), 0.01);
    const second = adamW([copy], { weightDecay: 0.1 });
    second.state.forEach((s, i) => {
      s.data.set(first.state[i]!.data);
    });
    second.updates = first.updates;
    for (const g of gradients.slice(3)) await second.update(fed(copy, g), 0.01);
    assert.deepEqual(copy.data, whole.data);
  });

  it('changes nothing if a gradient is missing or of another size', async () => {
    const [a, b] = [matrix([1, 1], 'a'), matrix([1, 1], 'b')];
    const optimiser = adamW([a, b]);
    await assert.rejects(optimiser.update(fed(a, [1, 1]), 1), /no gradient of b/);
    await assert.rejects(optimiser.update(new Map([...fed(a, [1, 1]), ...fed(b, [1])]), 1), /gradient of b has 1 numbers/);
    assert.deepEqual([a.data, b.data, optimiser.updates], [Float32Array.of(1, 1), Float32Array.of(1, 1), 0]);
  });
});
