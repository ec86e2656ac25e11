/** Masked supervised fine-tuning as in d1 (arXiv 2504.12216) and LLaDA (arXiv 2502.09992). */
import type { Random } from '../random';
import { noised, type MaskedOptions, type NoisedSequences } from './masked';

export { noisedBatch as sftBatch, type NoisedSequences } from './masked';
export { smallestT } from './noise';

export interface Example {
  readonly prompt: readonly number[];
  /** Without the end token, which is added. */
  readonly completion: readonly number[];
}

export interface SftOptions extends MaskedOptions {
  readonly length: number;
  readonly endToken: number;
}

/**
 * Examples, cut to `length` and filled up with end tokens, noised: t ~ eps + (1 - eps) U(0,1) per sequence, each completion token masked with
 * probability t, the prompt clean. Only tokens up to and including the first end token are masked and counted (training on the padding
 * collapses to empty answers); padding cannot be attended to. A cut completion has no end token to learn, so it does not teach to stop there. As
 * in d1 a sequence may happen to have no mask at all: masking one anyway would count it with a weight of up to 1000.
 */
export function noisedExamples(examples: readonly Example[], options: SftOptions, random: Random): NoisedSequences {
  const { length } = options;
  const size = examples.length * length;
  const ids = new Int32Array(size).fill(options.endToken);
  const [learnt, hidden] = [new Uint8Array(size), new Uint8Array(size)];
  examples.forEach((example, b) => {
    if (example.prompt.length >= length)
      throw new Error(`a prompt of ${example.prompt.length} tokens leaves no room in ${length}`);
    const tokens = [...example.prompt, ...example.completion].slice(0, length);
    ids.set(tokens, b * length);
    const end = Math.min(length, tokens.length + 1);
    learnt.fill(1, b * length + example.prompt.length, b * length + end);
    hidden.fill(1, b * length + end, (b + 1) * length);
  });
  return noised({ batch: examples.length, length, ids, learnt, hidden }, options, random);
}

/** [B*L]: 1 up to and including each row's first end token, which is d1's rule for what counts. */
export function completionMask(completions: Int32Array, length: number, endToken: number): Uint8Array {
  const mask = new Uint8Array(completions.length);
  for (let at = 0; at < completions.length; at += length) {
    const end = completions.subarray(at, at + length).indexOf(endToken);
    mask.fill(1, at, at + (end < 0 ? length : end + 1));
  }
  return mask;
}
