/**
 * Proofreading as an objective: texts with mistakes, nothing masked, and for every token the cross-entropy of what should become of it (see diffusion/proofread.ts).
 * As in CDLM (arXiv 2512.15596, section 4) visible tokens are learnt; other than there the right ones are, too, so that staying as it is is a label like any other.
 */
import type { Correction } from '../../diffusion/proofread';
import type { Batch } from '../batch';
import { Rows } from './sequences';

export interface ProofreadExample {
  /** Tokens as they stand, mistakes and all. */
  readonly tokens: readonly number[];
  /** What is to be corrected in them; all other tokens stay. */
  readonly corrections: readonly Correction[];
}

export interface ProofreadOptions {
  /** Tokens of a sequence: longer examples are a mistake of the caller's. */
  readonly length: number;
  /** Stands where an example has no tokens; hidden. */
  readonly endToken: number;
  /** Weight of the mean over the tokens that stay, beside 1 of the mean over those to be corrected. */
  readonly keepWeight: number;
}

/** Loss: mean cross-entropy of the corrections, nats, and `keepWeight` times that of the other tokens. */
export function proofreadBatch(examples: readonly ProofreadExample[], o: ProofreadOptions): Batch {
  const { length } = o;
  const size = examples.length * length;
  const ids = new Int32Array(size).fill(o.endToken);
  const hidden = new Uint8Array(size).fill(1);
  const rows = new Rows();
  const corrected = examples.reduce((n, e) => n + e.corrections.length, 0);
  const kept = examples.reduce((n, e) => n + e.tokens.length, 0) - corrected;
  examples.forEach(({ tokens, corrections }, b) => {
    if (tokens.length > length) throw new Error(`an example of ${tokens.length} tokens does not fit in ${length}`);
    ids.set(tokens, b * length);
    hidden.fill(0, b * length, b * length + tokens.length);
    const labels = new Map(corrections.map((c) => [c.at, c.label]));
    tokens.forEach((token, at) => {
      const label = labels.get(at);
      rows.add(b * length + at, label ?? token, label === undefined ? o.keepWeight / kept : 1 / corrected);
    });
  });
  return { batch: examples.length, length, ids, hidden, ...rows.fields() };
}
