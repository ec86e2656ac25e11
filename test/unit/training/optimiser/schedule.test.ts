import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clipToNorm, globalNorm } from '../../../../src/training/optimiser/clip';
import { constant, cosine, linearDecay, rewarmed, warmUp } from '../../../../src/training/optimiser/schedule';

describe('schedules', () => {
  const near = (a: number, b: number): void => {
    assert.ok(Math.abs(a - b) < 1e-12, `${a}, ${b}`);
  };

  it('warm-up reaches the rate with its last update and stays', () => {
    const schedule = warmUp(4, constant(8));
    assert.deepEqual(
      [0, 1, 2, 3, 4, 99].map((step) => schedule({ step, share: 0 })),
      [2, 4, 6, 8, 8, 8],
    );
    assert.equal(warmUp(0, constant(8))({ step: 0, share: 0 }), 8);
  });

  it('cosine: peak, the middle, floor, and not beyond', () => {
    const schedule = cosine(3, 1);
    [3, 2 + Math.SQRT1_2, 2, 1, 1].forEach((rate, i) => {
      near(schedule({ step: 0, share: [0, 0.25, 0.5, 1, 1.5][i]! }), rate);
    });
  });

  it('linear decay from a share on', () => {
    const schedule = linearDecay(4, { from: 0.5, floor: 1 });
    [4, 4, 2.5, 1, 1].forEach((rate, i) => {
      near(schedule({ step: 0, share: [0, 0.5, 0.75, 1, 2][i]! }), rate);
    });
    near(linearDecay(4)({ step: 0, share: 0.25 }), 3);
    assert.equal(linearDecay(4, { from: 1 })({ step: 0, share: 1 }), 4);
  });

  it('a second warm-up scales what the schedule says at that time', () => {
    const schedule = rewarmed(linearDecay(1), 100, 2);
    near(schedule({ step: 100, share: 0.5 }), 0.25);
    near(schedule({ step: 101, share: 0.5 }), 0.5);
    near(schedule({ step: 200, share: 0.75 }), 0.25);
  });
});

describe('clipping by the global norm', () => {
  const arrays = fc.array(
    fc.array(fc.float({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 9 }).map((a) => Float32Array.from(a)),
    { maxLength: 4 },
  );

  it('the norm is that of all numbers in one list', () => {
    fc.assert(
      fc.property(arrays, (gradients) => {
        const expected = Math.hypot(...gradients.flatMap((g) => [...g]));
        assert.ok(Math.abs(globalNorm(gradients) - expected) <= 1e-9 * expected);
      }),
    );
  });

  it('brings the norm to the limit along the same direction, or changes nothing', () => {
    fc.assert(
      fc.property(arrays, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (gradients, limit) => {
        const before = gradients.map((g) => g.slice());
        const norm = globalNorm(gradients);
        clipToNorm(gradients, norm, limit);
        if (norm <= limit) {
          assert.deepEqual(gradients, before);
          return;
        }
        assert.ok(Math.abs(globalNorm(gradients) - limit) <= 1e-5 * limit);
        gradients.forEach((g, i) => {
          g.forEach((v, j) => {
            assert.ok(Math.abs(v - (before[i]![j]! * limit) / norm) <= 1e-6 * limit);
          });
        });
      }),
    );
  });

  it('a number that is none shows in the norm', () => {
    assert.ok(Number.isNaN(globalNorm([Float32Array.of(1, 2, 3, 4, Number.NaN)])));
    assert.equal(globalNorm([Float32Array.of(1, -Infinity)]), Infinity);
  });
});
