/** Gradient rule of products with block-quantised matrices, which are always frozen: the gradient goes to the left factor alone. */
import { matMul } from '../ops';
import { dequantised } from '../ops-quantised';
import { intAttribute, outputGradient, type GradientRule } from './rule';

export const quantisedRules: Readonly<Record<string, GradientRule>> = {
  /** y = x W with W stored by columns: dx = dy W', and W' is what dequantising gives. It is written out anew, and lives as long as this product. */
  MatMulNBits: (c) => {
    const bits = intAttribute(c, 'bits', 4) === 8 ? 8 : 4;
    const transposed = dequantised(c.g, c.inputs[1]!, c.inputs[2]!, { bits, block: intAttribute(c, 'block_size', 32) });
    return [matMul(c.g, outputGradient(c), transposed), null, null];
  },
};
