import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ModelError } from '../../../src/model/errors';
import { toFloat16 } from '../../../src/model/float16';

/** The number that a half stands for, by the standard's definition. */
function valueOf(half: number): number {
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return half & 0x8000 ? -magnitude : magnitude;
}

const largest = 0x7bff;
const convert = (...values: number[]): number[] => [...toFloat16(Float32Array.from(values), 'w')];

describe('single to half precision', () => {
  it('every half comes back as itself, and so does its negative', () => {
    for (let h = 0; h <= largest; h++) {
      assert.deepEqual(convert(valueOf(h), -valueOf(h)), [h, h | 0x8000]);
    }
  });

  it('between two halves: the nearer one, and in the middle the even one', () => {
    for (let h = 0; h < largest; h++) {
      const [below, above] = [valueOf(h), valueOf(h + 1)];
      const middle = (below + above) / 2;
      // A single has 13 bits of fraction more, so these are singles too.
      const step = (above - below) / 64;
      assert.deepEqual(convert(middle - step, middle, middle + step), [h, h % 2 === 0 ? h : h + 1, h + 1], `above ${below}`);
    }
  });

  it('any single within range: no half is nearer', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (v) => {
        const [half] = convert(v);
        const distance = (h: number): number => Math.abs(valueOf(h) - v);
        const neighbours = [half! - 1, half! + 1].filter((h) => (h & 0x7fff) <= largest && (h & 0x8000) === (half! & 0x8000));
        assert.ok(neighbours.every((h) => distance(half!) <= distance(h)));
        assert.equal(Object.is(Math.sign(valueOf(half!)) * Math.sign(v), -1), false);
      }),
      { numRuns: 2000 },
    );
  });

  it('singles below all halves become zeros of their sign, denormal ones included', () => {
    assert.deepEqual(convert(2 ** -25, -(2 ** -25), 2 ** -149, -(2 ** -149), 0, -0), [0, 0x8000, 0, 0x8000, 0, 0x8000]);
    assert.deepEqual(convert(2 ** -25 + 2 ** -40), [1]);
  });

  it('what no half can hold is refused by name, up to the last single that is rounded down', () => {
    assert.deepEqual(convert(Math.fround(65519.996), -Math.fround(65519.996)), [largest, largest | 0x8000]);
    for (const v of [65520, -65520, 1e30, Infinity, -Infinity, Number.NaN]) {
      assert.throws(
        () => convert(1, v),
        (error) =>
          error instanceof ModelError && /^w holds (-?65520|1.*e\+?30|-?Infinity|NaN), .*half precision/.test(error.message),
      );
    }
  });

  it('converts a view at its place', () => {
    assert.deepEqual([...toFloat16(Float32Array.of(5, 1, 2, 7).subarray(1, 3), 'w')], [0x3c00, 0x4000]);
  });
});
