/**
 * From autoregressive weights to masked diffusion with unshifted logits.
 *
 * Two things differ. *Attention*: causal before, full after. *Rows*: before, the row of token i-1 predicts token i; after, row i, whose input is the mask
 * token, predicts token i itself. Dream and DiffuLLaMA keep the old rows (shifted logits); LLaDA's networks, which the product runs, have none of that,
 * so rows must change too. That costs little: the old row i-1 still computes its guess of token i, one position to the left, and row i learns to
 * fetch it with a head that looks one token back. The mask embedding, never trained before, has only to ask for that. Feeding the autoregressive
 * stage its input moved by one, so that its rows are numbered as diffusion's, would train the same network: rotary embedding sees
 * distances only, and the last token read would still be at distance 0 from its row.
 *
 * Masked rows predict their own token from the first step on; whatever way is chosen, at progress 1 it is the plain masked objective, so
 * logits end unshifted. The ways are options because which one loses least is an empirical matter: with 0.4M weights on bytes, after 200 updates, the bound was
 * 2.64 nats at once, 2.57 to 2.59 with attention annealed over the first half, and 2.53 by sequences with next tokens at weight 0.5 (one seed).
 */
import type { Batch } from '../batch';
import type { Random } from '../random';
import { nextTokenRows } from './autoregressive';
import { noised, type MaskedOptions, type NoisedSequences } from './masked';
import { Rows, sameDocument, type TokenSequences } from './sequences';

export type AdaptationWay =
  /** Full attention at once (A2D; Dream trains so, too). */
  | 'at-once'
  /** Causal, and each later column visible with probability `progress`, one draw for the batch (DiffuLLaMA, arXiv 2410.17891, attention mask annealing). */
  | 'entries'
  /** Each sequence wholly full with probability `progress`, else wholly causal. */
  | 'sequences'
  /** Causal between blocks and full inside them, the block growing from 1 to the sequence as length^progress (as NBDiff, arXiv 2512.06776, grows it). */
  | 'blocks'
  /** Each sequence is masked and fully visible with probability `progress`, else clean, causal and learnt by next tokens. */
  | 'objectives';

export interface AdaptationOptions extends MaskedOptions {
  readonly way: AdaptationWay;
  /** 0: causal; 1: masked diffusion. See adaptationProgress. */
  readonly progress: number;
  /**
   * Weight of next-token prediction by the *visible* rows of causal sequences, which keeps alive what masked rows fetch. Only where attention is purely
   * causal, since elsewhere the next token can be seen. It fades by itself with `sequences`; default 0.
   */
  readonly nextToken?: number;
}

/** Progress after `step` updates of `steps`, linear, 1 from the last on (DiffuLLaMA). */
export function adaptationProgress(step: number, steps: number): number {
  return Math.min(1, (step + 1) / steps);
}

/** A batch part-way from one objective to the other. Loss: nats per learnt token, as both give it. */
export function adaptationBatch(s: TokenSequences, options: AdaptationOptions, random: Random): Batch {
  const full = Array.from({ length: s.batch }, () => random.uniform() < options.progress);
  const clean = options.way === 'objectives' ? full.map((f) => !f) : full.map(() => false);
  const x = noised(s, options, random);
  const visible = combined(sameDocument(s), visibility(s, full, options, random));
  const ids = x.noisy.map((id, i) => (clean[Math.floor(i / s.length)] ? s.ids[i]! : id));
  return {
    batch: s.batch,
    length: s.length,
    ids,
    ...(s.hidden ? { hidden: s.hidden } : {}),
    ...(visible ? { visible } : {}),
    ...rowsOf(s, x, clean, isCausal(full, options), options).fields(),
  };
}

/** Rows: masked (and corrupted) tokens of noised sequences, next tokens of clean ones and, where asked, of causal ones. */
function rowsOf(
  s: TokenSequences,
  x: NoisedSequences,
  clean: readonly boolean[],
  causal: readonly boolean[],
  options: AdaptationOptions,
): Rows {
  const rows = new Rows();
  const sequence = (i: number): number => Math.floor(i / s.length);
  x.masked.forEach((flag, i) => {
    if (flag && !clean[sequence(i)]) rows.add(i, s.ids[i]!, 1 / x.t[sequence(i)]! / x.denominator);
  });
  const corrupted = new Set((x.corrupted?.positions ?? []).filter((i) => !clean[sequence(i)]));
  for (const i of corrupted) rows.add(i, s.ids[i]!, x.corrupted!.weight / corrupted.size);
  nextTokenRows(s, (i, target) => {
    const b = sequence(i);
    if (clean[b]) rows.add(i, target, 1 / x.denominator);
    else if (options.nextToken && causal[b] && !x.masked[i] && !corrupted.has(i))
      rows.add(i, target, options.nextToken / x.denominator);
  });
  return rows;
}

/** Which sequences see nothing to their right. */
function isCausal(full: readonly boolean[], options: AdaptationOptions): boolean[] {
  if (options.way === 'sequences' || options.way === 'objectives') return full.map((f) => !f);
  return full.map(() => options.way !== 'at-once' && options.progress === 0);
}

/** [1 or B, L, L], or undefined where all see all. */
function visibility(
  s: TokenSequences,
  full: readonly boolean[],
  options: AdaptationOptions,
  random: Random,
): Uint8Array | undefined {
  const { length } = s;
  if (options.way === 'at-once' || options.progress >= 1) return undefined;
  if (options.way === 'entries') {
    return square(length, (q, k) => k <= q || random.uniform() < options.progress);
  }
  if (options.way === 'blocks') {
    const size = Math.round(length ** options.progress);
    return square(length, (q, k) => Math.floor(k / size) <= Math.floor(q / size));
  }
  const own = full.map((f) => square(length, (q, k) => f || k <= q));
  return Uint8Array.from({ length: s.batch * length * length }, (_, i) => own[Math.floor(i / length ** 2)]![i % length ** 2]!);
}

function square(length: number, allowed: (q: number, k: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: length * length }, (_, i) => (allowed(Math.floor(i / length), i % length) ? 1 : 0));
}

/** Both together; one of them may hold for all sequences alike. */
function combined(own: Uint8Array | undefined, common: Uint8Array | undefined): Uint8Array | undefined {
  if (!own || !common) return own ?? common;
  return own.map((v, i) => v & common[i % common.length]!);
}
