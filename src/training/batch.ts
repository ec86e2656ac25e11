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
  /** [1 or B, L, L]: 1 where a position (middle axis) may see a column; whatever `causal` and `hidden` forbid stays forbidden. */
  readonly visible?: Uint8Array;
}

export interface Batch extends Sequences {
  /** Loss rows, as b * L + l; no two the same, but in graphs that allow it (`repeatedRows`). */
  readonly rows: Int32Array;
  /** Token to be predicted at each row. */
  readonly targets: Int32Array;
  /** Further float32 inputs of the loss, [N] each: `row_weights` and the like. */
  readonly values: Readonly<Record<string, Float32Array>>;
  /** Further int64 inputs of the loss, such as the unit that a row belongs to. */
  readonly indices?: Readonly<Record<string, Int32Array>>;
}

/** Score that hides a column; large enough to vanish in the softmax. */
export const hiddenScore = -3e4;

/** Attention bias [B or 1, 1, L or 1, L] with its sizes. */
export function attentionBias(s: Sequences): {
  readonly data: Float32Array;
  readonly dims: readonly [number, number, number, number];
} {
  const { length, visible } = s;
  const square = length * length;
  const ownVisible = visible !== undefined && visible.length > square;
  const [batches, lines] = [s.hidden || ownVisible ? s.batch : 1, s.causal || visible ? length : 1];
  const data = new Float32Array(batches * lines * length);
  for (let b = 0; b < batches; b++) {
    for (let q = 0; q < lines; q++) {
      const at = (b * lines + q) * length;
      const row = (ownVisible ? b * square : 0) + q * length;
      for (let k = 0; k < length; k++) {
        if ((s.causal && k > q) || s.hidden?.[b * length + k] || visible?.[row + k] === 0) data[at + k] = hiddenScore;
      }
    }
  }
  return { data, dims: [batches, 1, lines, length] };
}

/** The batch with its loss multiplied. */
export function scaledBatch(batch: Batch, factor: number): Batch {
  const weights = batch.values['row_weights']!.map((w) => w * factor);
  return { ...batch, values: { ...batch.values, row_weights: weights } };
}
