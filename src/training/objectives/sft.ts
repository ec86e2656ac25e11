/** Masked supervised fine-tuning as in d1 (arXiv 2504.12216) and LLaDA (arXiv 2502.09992). */
import type { Batch } from '../batch';
import type { Random } from '../random';

/** Smallest share of masked tokens. */
export const smallestT = 1e-3;

export interface NoisedSequences {
  readonly batch: number;
  readonly length: number;
  /** Token ids [B,L]. */
  readonly clean: Int32Array;
  /** The same with masks in place. */
  readonly noisy: Int32Array;
  /** [B,L]: 1 where a token was masked. */
  readonly masked: Uint8Array;
  /** Masking probability of each sequence [B]. */
  readonly t: Float64Array;
  /** What the sum is divided by; d1: all positions that are not prompt, padding included. */
  readonly denominator: number;
  readonly hidden?: Uint8Array;
}

/** Loss = sum over masked of CE / t, divided by the denominator. */
export function sftBatch(x: NoisedSequences): Batch {
  const rows = positionsOf(x.masked);
  return {
    batch: x.batch,
    length: x.length,
    ids: x.noisy,
    ...(x.hidden ? { hidden: x.hidden } : {}),
    rows,
    targets: rows.map((r) => x.clean[r]!),
    values: { row_weights: Float32Array.from(rows, (r) => 1 / x.t[Math.floor(r / x.length)]! / x.denominator) },
  };
}

export interface Example {
  readonly prompt: readonly number[];
  /** Without the end token, which is added. */
  readonly completion: readonly number[];
}

export interface SftOptions {
  readonly length: number;
  readonly maskToken: number;
  readonly endToken: number;
}

/**
 * Examples, cut to `length` and filled up with end tokens, noised: t ~ eps + (1 - eps) U(0,1) per sequence, each completion token masked with
 * probability t, the prompt clean. Only tokens up to and including the first end token are masked and counted (training on the padding
 * collapses to empty answers); padding cannot be attended to. At least one token of each sequence is masked.
 */
export function noisedExamples(examples: readonly Example[], options: SftOptions, random: Random): NoisedSequences {
  const { length } = options;
  const size = examples.length * length;
  const clean = new Int32Array(size).fill(options.endToken);
  const [masked, hidden] = [new Uint8Array(size), new Uint8Array(size)];
  const t = new Float64Array(examples.length);
  let counted = 0;
  examples.forEach((example, b) => {
    const tokens = [...example.prompt, ...example.completion].slice(0, length);
    if (example.prompt.length >= length)
      throw new Error(`a prompt of ${example.prompt.length} tokens leaves no room in ${length}`);
    clean.set(tokens, b * length);
    const end = Math.min(length, tokens.length + 1);
    const share = smallestT + (1 - smallestT) * random.uniform();
    t[b] = share;
    const always = example.prompt.length + random.below(end - example.prompt.length);
    for (let l = example.prompt.length; l < end; l++) {
      counted++;
      if (random.uniform() < share) masked[b * length + l] = 1;
    }
    if (!masked.subarray(b * length, (b + 1) * length).includes(1)) masked[b * length + always] = 1;
    hidden.fill(1, b * length + end, (b + 1) * length);
  });
  const noisy = clean.map((id, i) => (masked[i] ? options.maskToken : id));
  return { batch: examples.length, length, clean, noisy, masked, t, hidden, denominator: counted };
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

/** Indices of the entries that are not 0. */
export function positionsOf(flags: Uint8Array): Int32Array {
  return Int32Array.from([...flags.keys()].filter((i) => flags[i]));
}
