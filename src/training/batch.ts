/** What one step is fed: sequences, the rows that enter the loss, and the numbers that the loss wants of each row. */

export interface Sequences {
  readonly batch: number;
  readonly length: number;
  /** Token ids [B,L], as the network sees them (masks in place). */
  readonly ids: Int32Array;
  /** Each position sees itself and earlier ones only. */
  readonly causal?: boolean;
  /** [B,L]: 1 where a position must not be attended to (padding). */
  readonly hidden?: Uint8Array;
}

export interface Batch extends Sequences {
  /** Loss rows, as b * L + l. */
  readonly rows: Int32Array;
  /** Token to be predicted at each row. */
  readonly targets: Int32Array;
  /** Further float32 inputs of the loss, [N] each: `row_weights` and the like. */
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** Score that hides a column; large enough to vanish in the softmax. */
const hiddenScore = -3e4;

/** Attention bias [B or 1, L or 1, L] with its sizes. */
export function attentionBias(s: Sequences): {
  readonly data: Float32Array;
  readonly dims: readonly [number, number, number, number];
} {
  const [batches, lines, length] = [s.hidden ? s.batch : 1, s.causal ? s.length : 1, s.length];
  const data = new Float32Array(batches * lines * length);
  for (let b = 0; b < batches; b++) {
    for (let q = 0; q < lines; q++) {
      const at = (b * lines + q) * length;
      for (let k = 0; k < length; k++) {
        if ((s.causal && k > q) || s.hidden?.[b * length + k]) data[at + k] = hiddenScore;
      }
    }
  }
  return { data, dims: [batches, 1, lines, length] };
}
