/** Networks that pre-training offers. */
import type { TransformerConfig } from '../../model/config';
import { specialId } from '../tokenizer/pattern';

interface Size {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly mlpWidth: number;
}

/** By name; the figure is the number of weights in millions with a vocabulary of 6144, the embedding included. */
export const sizes = {
  /** For trying the machinery out. */
  tiny: { layers: 2, width: 64, heads: 2, mlpWidth: 128 },
  '6M': { layers: 6, width: 256, heads: 4, mlpWidth: 704 },
  '10M': { layers: 6, width: 320, heads: 5, mlpWidth: 896 },
  '13M': { layers: 6, width: 384, heads: 6, mlpWidth: 1024 },
  /** As many weights as 10M in twice the layers. */
  '10M-deep': { layers: 10, width: 256, heads: 4, mlpWidth: 704 },
} as const satisfies Record<string, Size>;

export type SizeName = keyof typeof sizes;
export const sizeNames = Object.keys(sizes) as [SizeName, ...SizeName[]];

export function networkOf(size: SizeName, vocabulary: number, maxSequence: number): TransformerConfig {
  const { layers, width, heads, mlpWidth } = sizes[size];
  return {
    architecture: 'llada',
    layers,
    width,
    heads,
    kvHeads: heads,
    headWidth: width / heads,
    mlpWidth,
    vocabulary,
    normEpsilon: 1e-6,
    ropeTheta: 10000,
    tied: true,
    maxSequence,
    maskToken: specialId('<|mask|>'),
    endToken: specialId('<|endoftext|>'),
  };
}
