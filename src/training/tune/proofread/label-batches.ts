/** Batches of texts as they stand whose labels have weights of their own, of either sign; for graphs in which a row may have several targets. */
import type { Correction } from '../../../diffusion/proofread';
import type { Batch } from '../../batch';
import { Rows } from '../../objectives/sequences';

export interface LabelledText {
  readonly tokens: readonly number[];
  readonly rows: readonly { readonly at: number; readonly label: number; readonly weight: number }[];
}

/** Weights of log odds, collected as weights of labels: what a label gets, the token that stands there loses. */
export class LabelWeights {
  private readonly byPlace = new Map<number, Map<number, number>>();

  constructor(private readonly tokens: readonly number[]) {}

  /** The loss falls by `weight` times the log odds of these corrections against leaving their tokens as they are. */
  add(corrections: readonly Correction[], weight: number): void {
    if (weight === 0) return;
    for (const { at, label } of corrections) {
      const of = this.byPlace.get(at) ?? new Map<number, number>();
      this.byPlace.set(at, of);
      of.set(label, (of.get(label) ?? 0) + weight);
      of.set(this.tokens[at]!, (of.get(this.tokens[at]!) ?? 0) - weight);
    }
  }

  /** Without those that hardly weigh. */
  rows(least = 0): LabelledText['rows'] {
    return [...this.byPlace].flatMap(([at, of]) =>
      Array.from(of, ([label, weight]) => ({ at, label, weight })).filter(({ weight }) => Math.abs(weight) > least),
    );
  }
}

export interface LabelBatchOptions {
  /** Texts of a batch. */
  readonly atOnce: number;
  /** Tokens of a sequence; absent: as many as a batch's longest text has. */
  readonly length?: number;
  readonly endToken: number;
}

/** Loss = minus the sum of weight times log-probability. Texts of like length come together. */
export function labelBatches(texts: readonly LabelledText[], o: LabelBatchOptions): Batch[] {
  const sorted = [...texts].sort((a, b) => a.tokens.length - b.tokens.length);
  return Array.from({ length: Math.ceil(sorted.length / o.atOnce) }, (_, i) => {
    const some = sorted.slice(i * o.atOnce, (i + 1) * o.atOnce);
    const length = o.length ?? Math.max(...some.map((t) => t.tokens.length));
    const ids = new Int32Array(o.atOnce * length).fill(o.endToken);
    const hidden = new Uint8Array(o.atOnce * length).fill(1);
    const rows = new Rows();
    some.forEach((text, b) => {
      ids.set(text.tokens, b * length);
      hidden.fill(0, b * length, b * length + text.tokens.length);
      for (const { at, label, weight } of text.rows) rows.add(b * length + at, label, weight);
    });
    // A text that stands in for none sees itself: attention to nothing has no value.
    hidden.fill(0, some.length * length);
    return { batch: o.atOnce, length, ids, hidden, ...rows.fields() };
  });
}
