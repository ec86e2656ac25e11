import { ModelError } from './errors';

const signBit = 0x80000000;
/** 65520, from which on a number is rounded to infinity. */
const overflow = 0x477ff000;
/** 2^-14, the smallest normal half. */
const smallestNormal = 0x38800000;
/** 2^-25, half of the smallest subnormal: ties with it go to 0. */
const vanishing = 0x33000000;

/**
 * IEEE singles rounded to halves, to the nearest and ties to even, subnormals included. Works on bits: the runtime switches denormals off in the
 * thread that made its first session. Throws ModelError, with `name`, on a number that no half can hold, and on NaN and infinities.
 */
export function toFloat16(values: Float32Array, name: string): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const magnitude = word & ~signBit;
    if (magnitude >= overflow)
      throw new ModelError(`${name} holds ${values[i]!}, which is beyond half precision (65504): save it in single precision`);
    halves[i] = ((word & signBit) >>> 16) | rounded(magnitude);
  }
  return halves;
}

function rounded(magnitude: number): number {
  // A carry out of the fraction raises the exponent, as it should.
  if (magnitude >= smallestNormal) return (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
  if (magnitude <= vanishing) return 0;
  // The fraction with its leading one, in units of 2^-24 after the shift.
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - (magnitude >>> 23);
  const halfway = 1 << (shift - 1);
  return (fraction + halfway - 1 + ((fraction >>> shift) & 1)) >>> shift;
}
