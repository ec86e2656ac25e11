/**
 * Proofreading: one pass over a text as it stands, nothing masked, says of each token that it stays, what should stand in its place, that it is superfluous, or that
 * something is missing before it. The labels are ordinary tokens and the `delete` and `expand` tokens of gaps whose length is sought (DreamOn, arXiv 2602.01326), here
 * said of visible tokens. A corrective model (CDLM, arXiv 2512.15596) in whose training mistakes were those that programmers make; what teaches it:
 * training/objectives/proofread.ts.
 */
import { setImmediate } from 'node:timers/promises';
import { diffArrays } from 'diff';
import { topCandidates } from '../model/step-graph';
import type { RunTurn, StepModel } from '../model/step-model';
import type { TokenSpan } from '../model/tokenizer';
import type { ProofreadRequest, ProofreadResult, TokenSurprise } from './code-model';
import { regionTokens, type TextTools } from './surprise';
import type { StructureTokens } from './variable-length';
import { shareRoom } from './window';

/** What is to become of a token: its position, and a text token, `delete` or `expand`. */
export interface Correction {
  readonly at: number;
  readonly label: number;
}

/**
 * What makes `right` of `wrong`, as labels on the tokens of `wrong`. Tokens are replaced pairwise; too many are deleted; where some are missing, the next one says
 * `expand` (none does at the end of the text).
 */
export function correctionsOf(
  wrong: readonly number[],
  right: readonly number[],
  structure: Pick<StructureTokens, 'expand' | 'delete'>,
): Correction[] {
  const out: Correction[] = [];
  let at = 0;
  let removed = 0;
  let added: readonly number[] = [];
  const close = (): void => {
    const first = at - removed;
    for (let k = 0; k < removed; k++) out.push({ at: first + k, label: added[k] ?? structure.delete });
    if (added.length > removed && at < wrong.length) out.push({ at, label: structure.expand });
    [removed, added] = [0, []];
  };
  for (const part of diffArrays([...wrong], [...right])) {
    if (part.added) added = part.value;
    else if (part.removed) {
      removed = part.value.length;
      at += removed;
    } else {
      close();
      at += part.value.length;
    }
  }
  close();
  return out;
}

/** Most of the sequence that one chunk of the region takes; what lies around it is context. */
const chunkShare = 0.75;

/** Answers for the tokens that touch [start, end) of the text, and for each change. */
export async function proofread(
  tools: TextTools,
  structure: StructureTokens,
  request: ProofreadRequest,
  turn: RunTurn,
): Promise<ProofreadResult> {
  const { near, spans, offset, first, last: end } = regionTokens(tools.tokenizer, request);
  if (first === end) return { tokens: [], gains: request.changes.map(() => null) };
  // One token more: it says whether something is missing at the region's end.
  const last = Math.min(spans.length, end + 1);
  const rows = await readAll(tools.model, structure, spans, first, last, turn);
  const tokens = spans.slice(first, end).map((span, i): TokenSurprise => ({
    start: span.start + offset,
    end: span.end + offset,
    logp: rows[i]!.logp(span.id),
    alternatives: rows[i]!.best.slice(0, request.topK ?? 8)
      .filter((id) => id !== span.id && tools.tokenizer.isText(id))
      .map((id) => ({ text: tools.tokenizer.textOf(id), logp: rows[i]!.logp(id) })),
  }));
  const ids = spans.map((s) => s.id);
  const gains: (number | null)[] = [];
  let rested = performance.now();
  for (const change of request.changes) {
    const moved = { start: change.start - offset, end: change.end - offset, text: change.text };
    const corrections = correctionsOfChange(near, spans, moved, (text) => tools.tokenizer.encode(text), structure);
    const seen = corrections.length > 0 && corrections.every(({ at }) => at >= first && at < last);
    gains.push(seen ? gainOf(corrections, ids, (at) => rows[at - first]!) : null);
    if (performance.now() - rested < longestSpell) continue;
    // Thousands of changes take a second, in which others want to be heard.
    await setImmediate();
    rested = performance.now();
  }
  return { tokens, gains };
}

/** Milliseconds of computing in one go. */
const longestSpell = 20;

/** What a change of a text makes of its tokens; positions are indices into all of them. Empty where it changes none. */
export function correctionsOfChange(
  text: string,
  spans: readonly TokenSpan[],
  change: { readonly start: number; readonly end: number; readonly text: string },
  encode: (text: string) => number[],
  structure: Pick<StructureTokens, 'expand' | 'delete'>,
): Correction[] {
  const around = seamOf(text, change.start, change.end);
  const [from, to] = [countWhile(spans, (s) => s.end <= around.start), countWhile(spans, (s) => s.start < around.end)];
  if (to <= from) return [];
  const stretch = { start: spans[from]!.start, end: spans[to - 1]!.end };
  const changed = text.slice(stretch.start, change.start) + change.text + text.slice(change.end, stretch.end);
  const wrong = spans.slice(from, to).map((s) => s.id);
  return correctionsOf(wrong, encode(changed), structure).map(({ at, label }) => ({ at: from + at, label }));
}

/** How many of the first spans, which are in the order of the text, are so; by halving. */
function countWhile(spans: readonly TokenSpan[], holds: (span: TokenSpan) => boolean): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(spans[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Log odds of corrections against leaving the tokens as they are, nats. */
export function gainOf(
  corrections: readonly Correction[],
  tokens: readonly number[],
  rowAt: (position: number) => Pick<LabelRow, 'logp'>,
): number {
  return corrections.reduce((sum, { at, label }) => sum + rowAt(at).logp(label) - rowAt(at).logp(tokens[at]!), 0);
}

/** The lines that a change touches and a little beside them: tokens are joined across its edges. */
function seamOf(text: string, start: number, end: number): { start: number; end: number } {
  return { start: Math.max(0, text.lastIndexOf('\n', start - 1)), end: lineEnd(text, end) };
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

/** Rows of the positions [first, last), each seen in a window of what the model can hold. */
async function readAll(
  model: StepModel,
  structure: StructureTokens,
  spans: readonly TokenSpan[],
  first: number,
  last: number,
  turn: RunTurn,
): Promise<LabelRow[]> {
  const { maxSequence } = model.config;
  const chunk = Math.max(1, Math.floor(maxSequence * chunkShare));
  const rows: LabelRow[] = [];
  for (let at = first; at < last; at += chunk) {
    const until = Math.min(at + chunk, last);
    const room = shareRoom(at, spans.length - until, maxSequence - (until - at));
    const from = at - room.before;
    const ids = spans.slice(from, until + room.after).map((s) => s.id);
    rows.push(...(await readLabels(model, structure, ids, { from: at - from, until: until - from }, turn)));
  }
  return rows;
}

/** What the model says of one token. */
export interface LabelRow {
  /** Log-probability of a label, nats. */
  logp(label: number): number;
  /** The likeliest labels, the token itself perhaps among them, best first. */
  readonly best: readonly number[];
}

/** One pass over tokens (no more than the model holds): a row for each position of [from, until). */
export async function readLabels(
  model: StepModel,
  structure: StructureTokens,
  ids: readonly number[],
  { from, until }: { readonly from: number; readonly until: number },
  turn?: RunTurn,
): Promise<LabelRow[]> {
  const { vocabulary } = model.config;
  const result = await model.step(
    {
      batch: 1,
      ids,
      rows: ids.map((_, i) => i),
      queries: Array.from({ length: until - from }, (_, i) => from + i),
      tokenBias: structure.bias,
      want: { logits: true },
    },
    turn,
  );
  return Array.from({ length: until - from }, (_, q) => {
    const logits = result.logits!.subarray(q * vocabulary, (q + 1) * vocabulary);
    const best = Array.from(result.topId.subarray(q * topCandidates, (q + 1) * topCandidates));
    // The best one's probability and logit give the sum of all.
    const normaliser = logits[best[0]!]! - Math.log(result.topP[q * topCandidates]!);
    return { logp: (label) => logits[label]! - normaliser, best };
  });
}
