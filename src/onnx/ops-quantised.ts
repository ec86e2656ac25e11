/** Operators on block-quantised matrices. */
import { GraphError, type GraphBuilder, type Value } from './graph';
import { sameShape } from './shape';

export interface BlockQuantisation {
  readonly bits: 4 | 8;
  /** Numbers along the inner axis that share a scale. */
  readonly block: number;
}

/**
 * x [.., inner] times the matrix [inner, outer] that stands for scale * (q - 2^(bits-1)): `packed` uint8 [outer, inner/block, block*bits/8] and `scales`
 * f32 [outer, inner/block]. Sums are taken in float32 (accuracy level 1): lower levels round x as well, and gradients would not fit them.
 */
export function matMulNBits(g: GraphBuilder, x: Value, packed: Value, scales: Value, { bits, block }: BlockQuantisation): Value {
  const inner = x.shape.at(-1);
  const [outer, blocks] = scales.shape;
  if (typeof inner !== 'number' || typeof outer !== 'number' || blocks !== inner / block)
    throw new GraphError(`MatMulNBits: [${x.shape.join(',')}] with scales [${scales.shape.join(',')}] of blocks of ${block}`);
  if (packed.dtype !== 'uint8' || !sameShape(packed.shape, [outer, blocks, (block * bits) / 8]))
    throw new GraphError(`MatMulNBits: [${packed.shape.join(',')}] is no packed [${inner},${outer}] of ${bits} bits`);
  return g.node({
    op: 'MatMulNBits',
    domain: 'com.microsoft',
    inputs: [x, packed, scales],
    attributes: { K: inner, N: outer, bits, block_size: block, accuracy_level: 1 },
    outputs: [{ dtype: x.dtype, shape: [...x.shape.slice(0, -1), outer] }],
  })[0]!;
}

/** The matrix of `matMulNBits` written out as f32 [outer, inner]. `packed` must be an initialiser: its bytes are read as rows of integers. */
export function dequantised(g: GraphBuilder, packed: Value, scales: Value, { bits, block }: BlockQuantisation): Value {
  const stored = g.initializerNamed(packed.name);
  const [outer, blocks] = scales.shape;
  if (!stored || typeof outer !== 'number' || typeof blocks !== 'number')
    throw new GraphError(`${packed.name} is not an initialiser, so it cannot be dequantised`);
  const dtype = bits === 4 ? 'uint4' : 'uint8';
  const shared = (name: string, shape: readonly number[], data: () => Uint8Array): Value =>
    g.initializerNamed(name) ? g.valueNamed(name) : g.initializer(name, dtype, shape, data());
  const rows = shared(`${packed.name}.rows`, [outer, blocks * block], () => stored.data);
  const zero = shared(`zero.${dtype}.${outer}x${blocks}`, [outer, blocks], () =>
    new Uint8Array(Math.ceil((outer * blocks * bits) / 8)).fill(bits === 4 ? 0x88 : 0x80),
  );
  return g.node({
    op: 'DequantizeLinear',
    inputs: [rows, scales, zero],
    attributes: { axis: 1, block_size: block },
    outputs: [{ dtype: 'float32', shape: [outer, blocks * block] }],
  })[0]!;
}
