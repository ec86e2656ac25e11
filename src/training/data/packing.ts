/** Documents joined into one stream of tokens and cut into sequences of one length: nothing is padded, and nothing is lost but at the stream's ends. */
import type { TokenSequences } from '../objectives/sequences';
import { Random } from '../random';

/** Tokens in memory, or somewhere from where they are read piece by piece. */
export interface TokenArray {
  readonly length: number;
  subarray(start: number, end: number): ArrayLike<number>;
}

export interface PackedTokens {
  /** All documents, each followed by an end token. */
  readonly tokens: TokenArray;
  /** Where each document begins, ascending; the first is 0. */
  readonly starts: Int32Array;
}

/** Joins documents, an end token after each; empty ones are left out. */
export function packDocuments(
  documents: Iterable<ArrayLike<number>>,
  endToken: number,
): PackedTokens & { readonly tokens: Int32Array } {
  const parts = [...documents].filter((d) => d.length > 0);
  const tokens = new Int32Array(parts.reduce((n, d) => n + d.length + 1, 0)).fill(endToken);
  const starts = new Int32Array(parts.length);
  let at = 0;
  parts.forEach((document, i) => {
    starts[i] = at;
    tokens.set(document, at);
    at += document.length + 1;
  });
  return { tokens, starts };
}

export interface SequenceOptions {
  /** Tokens in a sequence. */
  readonly length: number;
  readonly seed: number;
  /** Tokens see their own document only (and no row predicts the next document's first token). Default true. */
  readonly separate?: boolean;
}

/**
 * Sequences of a packed stream in an order that depends on the seed and the position alone, so that one number, the count of sequences taken so far, resumes a
 * run. Each pass cuts the stream at another offset and takes the pieces in another order.
 */
export class PackedSequences {
  /** Sequences in one pass. */
  readonly count: number;
  private pass: { readonly number: number; readonly offset: number; readonly order: Int32Array } | undefined;

  /** Throws if the stream is shorter than one sequence. */
  constructor(
    private readonly packed: PackedTokens,
    private readonly options: SequenceOptions,
  ) {
    const spare = packed.tokens.length - options.length;
    if (spare < 0) throw new Error(`${packed.tokens.length} tokens are no sequence of ${options.length}`);
    // One sequence of slack, as far as there is one, for the offset.
    this.count = Math.max(1, Math.floor(spare / options.length));
  }

  /** `size` sequences from position `at` on; the position after it is at + size. */
  batch(at: number, size: number): TokenSequences {
    const { length } = this.options;
    const ids = new Int32Array(size * length);
    const documents = new Int32Array(size * length);
    for (let b = 0; b < size; b++) {
      const start = this.startOf(at + b);
      ids.set(this.packed.tokens.subarray(start, start + length), b * length);
      this.numberDocuments(start, documents.subarray(b * length, (b + 1) * length));
    }
    return { batch: size, length, ids, ...((this.options.separate ?? true) ? { documents } : {}) };
  }

  private startOf(position: number): number {
    const number = Math.floor(position / this.count);
    if (this.pass?.number !== number) this.pass = this.passOf(number);
    return this.pass.offset + this.pass.order[position % this.count]! * this.options.length;
  }

  private passOf(number: number): { number: number; offset: number; order: Int32Array } {
    const random = Random.seeded((this.options.seed ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0);
    const slack = this.packed.tokens.length - this.count * this.options.length;
    const order = Int32Array.from({ length: this.count }, (_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return { number, offset: random.below(Math.min(slack, this.options.length) + 1), order };
  }

  /** Writes the number of the document of each token from `start` on. */
  private numberDocuments(start: number, into: Int32Array): void {
    const { starts } = this.packed;
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= start) low = middle;
      else high = middle;
    }
    for (let l = 0; l < into.length; l++) {
      while (low + 1 < starts.length && starts[low + 1]! <= start + l) low++;
      into[l] = low;
    }
  }
}
