/** int64 is what the runtime wants ids in; here they are plain numbers of 32 bits. */

/** Whole numbers of 32 bits as int64, by their words (low one first on every platform of the runtime): a BigInt for each costs far more. */
export function widen(values: ArrayLike<number>): BigInt64Array {
  const out = new BigInt64Array(values.length);
  const words = new Int32Array(out.buffer);
  for (let i = 0; i < values.length; i++) {
    words[2 * i] = values[i]!;
    words[2 * i + 1] = values[i]! < 0 ? -1 : 0;
  }
  return out;
}

/** The low words of the first `length` numbers. */
export function narrow(values: BigInt64Array, length: number): Int32Array {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * length);
  const out = new Int32Array(length);
  for (let i = 0; i < length; i++) out[i] = words[2 * i]!;
  return out;
}
