/** Token sequences before any objective has touched them. */

export interface TokenSequences {
  readonly batch: number;
  readonly length: number;
  /** Token ids [B,L]. */
  readonly ids: Int32Array;
  /** [B,L]: 1 for padding, which is neither attended to nor learnt. */
  readonly hidden?: Uint8Array;
  /** [B,L]: 1 where a token is to be learnt (a completion's tokens, say). Default: everywhere but in padding. */
  readonly learnt?: Uint8Array;
  /** [B,L]: number of the document that a token is of. Where given, tokens see their own document only. */
  readonly documents?: Int32Array;
}

/** Whether the token at index i = b*L+l is learnt. */
export function isLearnt(s: TokenSequences, i: number): boolean {
  return s.hidden?.[i] !== 1 && s.learnt?.[i] !== 0;
}

/** Indices b*L+l of the learnt tokens of sequence b. */
export function learntPositions(s: TokenSequences, b: number): Int32Array {
  const all = Array.from({ length: s.length }, (_, l) => b * s.length + l);
  return Int32Array.from(all.filter((i) => isLearnt(s, i)));
}

/** [B,L,L]: 1 where both tokens are of one document. Rotary embedding knows distances only, so positions need not begin anew. */
export function sameDocument(s: TokenSequences): Uint8Array | undefined {
  const { batch, length, documents } = s;
  if (!documents) return undefined;
  const visible = new Uint8Array(batch * length * length);
  for (let b = 0; b < batch; b++) {
    const own = documents.subarray(b * length, (b + 1) * length);
    for (let q = 0; q < length; q++) {
      const at = (b * length + q) * length;
      for (let k = 0; k < length; k++) visible[at + k] = own[q] === own[k] ? 1 : 0;
    }
  }
  return visible;
}

/** Rows of the loss, collected one by one. */
export class Rows {
  private readonly rows: number[] = [];
  private readonly targets: number[] = [];
  private readonly weights: number[] = [];

  add(row: number, target: number, weight: number): void {
    this.rows.push(row);
    this.targets.push(target);
    this.weights.push(weight);
  }

  /** The batch's fields. The graph wants at least one row: where there is none, one of weight 0 stands in. */
  fields(): { rows: Int32Array; targets: Int32Array; values: { row_weights: Float32Array } } {
    if (this.rows.length === 0) this.add(0, 0, 0);
    return {
      rows: Int32Array.from(this.rows),
      targets: Int32Array.from(this.targets),
      values: { row_weights: Float32Array.from(this.weights) },
    };
  }
}
