/**
 * Block quantisation of weight matrices, in the layout of ONNX Runtime's MatMulNBits: each run of `block` numbers along the inner axis shares a
 * scale s, and w is stored as round(w / s) + zero, with zero = 2^(bits - 1).
 */
import { ModelError } from './errors';

export type QuantisedBits = 4 | 8;

export interface QuantisationOptions {
  readonly bits: QuantisedBits;
  /** Numbers that share a scale: 16, 32, 64, 128 or 256. Default 32. */
  readonly block?: number;
}

/** A matrix [inner, outer], stored by columns. */
export interface QuantisedMatrix {
  readonly bits: QuantisedBits;
  readonly block: number;
  readonly inner: number;
  readonly outer: number;
  /** [outer, inner / block, block * bits / 8]; of two 4-bit numbers the first is in the low half. */
  readonly data: Uint8Array;
  /** [outer, inner / block]. */
  readonly scales: Float32Array;
}

/** What stands for 0. */
export function zeroPoint(bits: QuantisedBits): number {
  return 2 ** (bits - 1);
}

/**
 * Quantises a row-major [inner, outer] matrix. s = -e / zero for the number e of largest magnitude in the block (as in ONNX Runtime and GGML's
 * Q4_0), so e itself is kept exactly; the error is at most |s| / 2, and at most |s| for numbers of the other sign beyond (zero - 1/2) |s|, where the
 * range of the integers ends. Throws ModelError if `inner` is no multiple of the block.
 */
export function quantise(weight: Float32Array, inner: number, outer: number, options: QuantisationOptions): QuantisedMatrix {
  const { bits, block = 32 } = options;
  if (weight.length !== inner * outer) throw new ModelError(`${weight.length} numbers are no [${inner}, ${outer}] matrix`);
  if (inner % block !== 0) throw new ModelError(`a matrix of inner size ${inner} cannot be quantised in blocks of ${block}`);
  const zero = zeroPoint(bits);
  const blocks = inner / block;
  const data = new Uint8Array((outer * inner * bits) / 8);
  const scales = new Float32Array(outer * blocks);
  for (let n = 0; n < outer; n++) {
    for (let k = 0; k < blocks; k++) {
      const start = k * block * outer + n;
      let extreme = 0;
      for (let i = 0; i < block; i++) {
        const w = weight[start + i * outer]!;
        if (Math.abs(w) > Math.abs(extreme)) extreme = w;
      }
      const scale = Math.fround(-extreme / zero);
      scales[n * blocks + k] = scale;
      const inverse = scale === 0 ? 0 : 1 / scale;
      for (let i = 0; i < block; i++) {
        const q = Math.min(2 * zero - 1, Math.max(0, Math.round(weight[start + i * outer]! * inverse) + zero));
        const at = n * inner + k * block + i;
        if (bits === 8) data[at] = q;
        else data[at >> 1]! |= q << (4 * (at & 1));
      }
    }
  }
  return { bits, block, inner, outer, data, scales };
}

/** The matrix that the quantised one stands for: s (q - zero), row-major [inner, outer]. */
export function dequantise(m: QuantisedMatrix): Float32Array {
  const { bits, block, inner, outer, data, scales } = m;
  const zero = zeroPoint(bits);
  const weight = new Float32Array(inner * outer);
  for (let n = 0; n < outer; n++) {
    for (let k = 0; k < inner; k++) {
      const at = n * inner + k;
      const q = bits === 8 ? data[at]! : (data[at >> 1]! >> (4 * (at & 1))) & 15;
      weight[k * outer + n] = scales[Math.floor(at / block)]! * (q - zero);
    }
  }
  return weight;
}
