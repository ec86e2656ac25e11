/** Diffu-GRPO as d1 states it (arXiv 2504.12216). */
import type { Batch } from '../batch';
import type { Random } from '../random';
import { rolloutRows, type DrawPart, type PolicyOptions, type Rollouts } from './rollouts';

/** Reward minus the mean of its group; d1 does not divide by the deviation. Groups are runs of `group` rewards. */
export function groupAdvantages(rewards: readonly number[], group: number): Float64Array {
  if (rewards.length % group !== 0) throw new Error(`${rewards.length} rewards are no groups of ${group}`);
  return Float64Array.from(rewards, (r, i) => {
    const start = i - (i % group);
    const sum = rewards.slice(start, start + group).reduce((a, b) => a + b, 0);
    return r - sum / group;
  });
}

/**
 * The canvas on which log-probabilities are taken: the completion masked whole, each prompt token masked with probability
 * `share` (d1: 0.15). A fresh one for each inner update; the same one for the old and the reference weights.
 */
export function perturbedCanvas(
  prompts: Int32Array,
  promptLength: number,
  completionLength: number,
  maskToken: number,
  share: number,
  random: Random,
): Int32Array {
  const batch = prompts.length / promptLength;
  const length = promptLength + completionLength;
  const ids = new Int32Array(batch * length).fill(maskToken);
  for (let b = 0; b < batch; b++) {
    for (let l = 0; l < promptLength; l++) {
      if (random.uniform() >= share) ids[b * length + l] = prompts[b * promptLength + l]!;
    }
  }
  return ids;
}

/** Masks of one inner update, as the policy objectives share them (see policy.ts). */
export function diffuGrpoDraw(r: Rollouts, options: PolicyOptions, random: Random): DrawPart {
  const share = options.promptMask ?? 0.15;
  const ids = perturbedCanvas(r.prompts, r.promptLength, r.completionLength, options.maskToken, share, random);
  const total = r.counted.reduce((a, b) => a + b, 0);
  return (first, end) => {
    const [from, to] = [first * r.completionLength, end * r.completionLength];
    const batch = policyBatch({
      batch: end - first,
      promptLength: r.promptLength,
      completionLength: r.completionLength,
      ids: rolloutRows(ids, r, first, end),
      completions: r.completions.subarray(from, to),
      counted: r.counted.subarray(from, to),
      total,
      ...(r.hidden ? { hidden: rolloutRows(r.hidden, r, first, end) } : {}),
    });
    return { batch, rollout: Int32Array.from({ length: to - from }, (_, i) => first + Math.floor(i / r.completionLength)) };
  };
}

export interface PolicyRollouts {
  readonly batch: number;
  readonly promptLength: number;
  readonly completionLength: number;
  /** Canvas [B, P+L] as the network sees it. */
  readonly ids: Int32Array;
  /** Sampled tokens [B,L]. */
  readonly completions: Int32Array;
  /** [B,L]: 1 up to and including the first end token. */
  readonly counted: Uint8Array;
  /** Number of counted tokens that the mean is taken over. Default: those of these rollouts. */
  readonly total?: number;
  /** [B]. */
  readonly advantages?: Float64Array;
  /** [B,L]; not needed on policy. */
  readonly oldLogp?: Float32Array;
  /** [B,L]; not needed without a KL term. */
  readonly refLogp?: Float32Array;
  readonly hidden?: Uint8Array;
}

/** Every completion token is a row; those that count share the weight 1 / total. */
export function policyBatch(x: PolicyRollouts): Batch {
  const { batch, promptLength, completionLength } = x;
  const length = promptLength + completionLength;
  const total = x.total ?? x.counted.reduce((a, b) => a + b, 0);
  const { advantages } = x;
  const count = batch * completionLength;
  const sequence = (i: number): number => Math.floor(i / completionLength);
  const rows = Int32Array.from({ length: count }, (_, i) => sequence(i) * length + promptLength + (i % completionLength));
  return {
    batch,
    length,
    ids: x.ids,
    ...(x.hidden ? { hidden: x.hidden } : {}),
    rows,
    targets: x.completions,
    values: {
      row_weights: Float32Array.from(x.counted, (c) => c / total),
      ...(advantages ? { advantages: Float32Array.from({ length: count }, (_, i) => advantages[sequence(i)]!) } : {}),
      ...(x.oldLogp ? { old_logp: x.oldLogp } : {}),
      ...(x.refLogp ? { ref_logp: x.refLogp } : {}),
    },
  };
}
