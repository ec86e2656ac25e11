/** What every policy objective draws from, and what it draws: canvases of prompts and (partly) masked completions, with the rows that are scored. */
import type { Batch } from '../batch';

/** Sampled completions of one length to prompts of one length (shorter prompts padded and hidden). */
export interface Rollouts {
  readonly batch: number;
  readonly promptLength: number;
  readonly completionLength: number;
  /** [B,P]. */
  readonly prompts: Int32Array;
  /** [B,L]. */
  readonly completions: Int32Array;
  /** [B,L]: 1 up to and including the first end token (completionMask). */
  readonly counted: Uint8Array;
  /** [B,P+L]: 1 for padding. */
  readonly hidden?: Uint8Array;
}

export interface PolicyOptions {
  readonly maskToken: number;
  /** Ratios are clipped to 1 - epsilon .. 1 + epsilon. Default 0.5 (d1, DiffuCoder), espo 0.2. */
  readonly epsilon?: number;
  /** Weight of the KL term; 0 leaves it out. Default 0.04 for diffu-grpo (d1), 0.01 for the others (their recipes). */
  readonly beta?: number;
  /** Diffu-GRPO: probability with which a prompt token is masked. Default 0.15; 0 switches prompt masking off. */
  readonly promptMask?: number;
  /** Pairs of complementary masks a draw; coupled and espo. Default 1. */
  readonly pairs?: number;
  /** ESPO: which tokens make up the sequence's ELBO. Default `all`, as its authors count; `counted` stops at the first end token. */
  readonly tokens?: 'all' | 'counted';
  /** Rollouts in one batch: bounds memory. Default: all. */
  readonly rolloutsPerBatch?: number;
}

export interface DrawnPart {
  readonly batch: Batch;
  /** Rollout that each unit of the loss (row, token or sequence) belongs to: [U]. */
  readonly rollout: Int32Array;
}

/** Canvases and rows for a range of rollouts; weights are shares of the whole draw. */
export type DrawPart = (first: number, end: number) => DrawnPart;

/** Numbers [B,P+L] of rollouts `first` .. `end`. */
export function rolloutRows<T extends Int32Array | Uint8Array>(values: T, r: Rollouts, first: number, end: number): T {
  const length = r.promptLength + r.completionLength;
  return values.subarray(first * length, end * length) as T;
}

/** Canvas [end-first, P+L]: the prompt, and the completion with masks where `masked` (index b*L+l of all rollouts) says so. */
export function completionCanvas(
  r: Rollouts,
  first: number,
  end: number,
  maskToken: number,
  masked: (i: number) => boolean,
): Int32Array {
  const [p, l] = [r.promptLength, r.completionLength];
  const ids = new Int32Array((end - first) * (p + l));
  for (let b = first; b < end; b++) {
    const at = (b - first) * (p + l);
    ids.set(r.prompts.subarray(b * p, (b + 1) * p), at);
    for (let k = 0; k < l; k++) ids[at + p + k] = masked(b * l + k) ? maskToken : r.completions[b * l + k]!;
  }
  return ids;
}

/** Canvases one after another as one batch of sequences, with the rollouts' padding repeated. */
export function stacked(
  r: Rollouts,
  first: number,
  end: number,
  canvases: readonly Int32Array[],
): Pick<Batch, 'batch' | 'length' | 'ids' | 'hidden'> {
  const hidden = r.hidden ? rolloutRows(r.hidden, r, first, end) : undefined;
  const join = <T extends Int32Array | Uint8Array>(into: T, parts: readonly T[]): T => {
    parts.forEach((part, i) => {
      into.set(part, i * part.length);
    });
    return into;
  };
  const size = canvases.length * canvases[0]!.length;
  return {
    batch: canvases.length * (end - first),
    length: r.promptLength + r.completionLength,
    ids: join(new Int32Array(size), canvases),
    ...(hidden
      ? {
          hidden: join(
            new Uint8Array(size),
            canvases.map(() => hidden),
          ),
        }
      : {}),
  };
}
