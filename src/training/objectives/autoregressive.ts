/** Next-token prediction: cheap pre-training, since every token of every sequence is learnt in each step. */
import type { Batch } from '../batch';
import { isLearnt, Rows, sameDocument, type TokenSequences } from './sequences';

/** Calls `add` with each row i = b*L+l that predicts token i+1: within a sequence, within a document, and learnt. */
export function nextTokenRows(s: TokenSequences, add: (row: number, target: number) => void): void {
  s.ids.forEach((_, i) => {
    if (i % s.length === s.length - 1 || s.hidden?.[i] || !isLearnt(s, i + 1)) return;
    if (s.documents && s.documents[i] !== s.documents[i + 1]) return;
    add(i, s.ids[i + 1]!);
  });
}

/**
 * Loss = mean over learnt tokens of - log p(x_i | x_<i), in nats. Row i-1 predicts token i; a document's first token has no row that sees its own document
 * alone, and is not learnt where `documents` are given.
 */
export function autoregressiveBatch(s: TokenSequences): Batch {
  let count = 0;
  nextTokenRows(s, () => count++);
  const rows = new Rows();
  nextTokenRows(s, (row, target) => {
    rows.add(row, target, 1 / count);
  });
  const visible = sameDocument(s);
  return {
    batch: s.batch,
    length: s.length,
    ids: s.ids,
    causal: true,
    ...(s.hidden ? { hidden: s.hidden } : {}),
    ...(visible ? { visible } : {}),
    ...rows.fields(),
  };
}
