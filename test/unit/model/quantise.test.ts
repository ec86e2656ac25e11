import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ModelError } from '../../../src/model/errors';
import { dequantise, quantise, zeroPoint, type QuantisedBits } from '../../../src/model/quantise';

const [inner, outer] = [64, 3];

describe('block quantisation', () => {
  for (const bits of [4, 8] as const) {
    for (const block of [16, 32]) {
      it(`${bits} bits in blocks of ${block}: the error keeps to its formula, and the extreme of each block is kept`, () => {
        const number = fc.double({ min: -8, max: 8, noNaN: true }).map((v) => (Math.abs(v) < 1e-30 ? 0 : Math.fround(v)));
        fc.assert(
          fc.property(fc.array(number, { minLength: inner * outer, maxLength: inner * outer }), (values) => {
            const weight = Float32Array.from(values);
            const m = quantise(weight, inner, outer, { bits, block });
            checkErrors(weight, dequantise(m), block, bits);
            // Quantising what has been quantised changes nothing more.
            const once = dequantise(m);
            assert.deepEqual(dequantise(quantise(once, inner, outer, { bits, block })), once);
          }),
          { numRuns: 60 },
        );
      });
    }
  }

  it('normal weights lose 1/10 of their deviation at 4 bits, and 1/160 at 8', () => {
    const random = (
      (seed): (() => number) =>
      () =>
        (seed = (seed * 16807) % 2147483647) / 2147483647
    )(42);
    const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const weight = Float32Array.from({ length: 256 * 64 }, normal);
    for (const [bits, bound] of [
      [4, 0.1],
      [8, 1 / 160],
    ] as const) {
      const back = dequantise(quantise(weight, 256, 64, { bits }));
      const error = Math.sqrt(weight.reduce((s, w, i) => s + (w - back[i]!) ** 2, 0) / weight.length);
      assert.ok(error < bound && error > bound / 2, `${bits} bits: ${error}`);
    }
  });

  it('lays numbers out as MatMulNBits reads them: by columns, the first of two in the low half', () => {
    const weight = new Float32Array(32 * 2);
    weight[0] = -8;
    weight[2] = 3; // row 1, column 0
    weight[1] = -16; // row 0, column 1
    const m = quantise(weight, 32, 2, { bits: 4 });
    assert.deepEqual([...m.scales], [1, 2]);
    assert.deepEqual([m.data.length, m.data[0], m.data[1], m.data[16]], [32, 0xb0, 0x88, 0x80]);
  });

  it('zeros stay zeros', () => {
    for (const bits of [4, 8] as const) {
      const m = quantise(new Float32Array(32), 32, 1, { bits });
      assert.ok(m.scales.every((s) => Math.abs(s) === 0));
      assert.ok(dequantise(m).every((w) => Math.abs(w) === 0));
    }
  });

  it('refuses an inner size that is no multiple of the block', () => {
    assert.throws(
      () => quantise(new Float32Array(40), 40, 1, { bits: 4 }),
      (e) => e instanceof ModelError && /inner size 40.*blocks of 32/.test(e.message),
    );
    assert.throws(() => quantise(new Float32Array(10), 32, 1, { bits: 4 }), ModelError);
  });
});

/** |w - w'| <= |s|/2, or <= |s| where w lies beyond the last integer; s = |extreme| / 2^(bits-1). */
function checkErrors(weight: Float32Array, back: Float32Array, block: number, bits: QuantisedBits): void {
  for (let n = 0; n < outer; n++) {
    for (let k = 0; k < inner; k += block) {
      const at = Array.from({ length: block }, (_, i) => (k + i) * outer + n);
      const extreme = at.map((i) => weight[i]!).reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      const scale = Math.abs(extreme) / zeroPoint(bits);
      const rounding = 1e-6 * Math.abs(extreme);
      for (const i of at) {
        const beyond = -weight[i]! * Math.sign(extreme) > (zeroPoint(bits) - 0.5) * scale;
        const error = Math.abs(weight[i]! - back[i]!);
        assert.ok(error <= scale * (beyond ? 1 : 0.5) + rounding, `${weight[i]!} became ${back[i]!} at scale ${scale}`);
        if (weight[i] === extreme) assert.ok(error <= rounding, `the extreme ${extreme} became ${back[i]!}`);
      }
    }
  }
}
