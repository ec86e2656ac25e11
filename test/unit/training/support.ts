import type { TransformerConfig } from '../../../src/model/config';

/** A network of LLaDA's shape, small enough for differences by every weight. */
export function tinyConfig(fields: Partial<TransformerConfig> = {}): TransformerConfig {
  return {
    architecture: 'llada',
    layers: 2,
    width: 8,
    heads: 2,
    kvHeads: 2,
    headWidth: 4,
    mlpWidth: 12,
    vocabulary: 11,
    normEpsilon: 1e-5,
    ropeTheta: 100,
    tied: false,
    maxSequence: 16,
    maskToken: 9,
    endToken: 10,
    ...fields,
  };
}
