/** Batches of random tokens in the form that each objective gives them. */
import type { TransformerConfig } from '../../model/config';
import type { Batch } from '../../training/batch';
import { clippedPolicyLoss, weightedCrossEntropy, type LossBuilder } from '../../training/graph/losses';
import { autoregressiveBatch } from '../../training/objectives/autoregressive';
import { maskedBatch } from '../../training/objectives/masked';
import { policyObjective } from '../../training/objectives/policy';
import type { Random } from '../../training/random';
import { batch as sizes, promptLength, type Objective } from './networks';

/** First token that is no special one. */
const firstToken = 300;

export const losses: Readonly<Record<Objective, LossBuilder>> = {
  ar: weightedCrossEntropy,
  masked: weightedCrossEntropy,
  grpo: clippedPolicyLoss({ epsilon: 0.5, beta: 0.04, onPolicy: false }),
};

/**
 * One update's batch. `grpo`: as many rollouts as the batch has sequences, their advantages and the old and reference log-probabilities at hand: sampling,
 * and the two forward passes that give these, are not the update's.
 */
export function batchOf(objective: Objective, c: TransformerConfig, random: Random): Batch {
  const { sequences: batch, length } = sizes;
  const token = (): number => firstToken + random.below(c.vocabulary - firstToken);
  const drawn = (count: number): Int32Array => Int32Array.from({ length: count }, token);
  const s = { batch, length, ids: drawn(batch * length) };
  if (objective === 'ar') return autoregressiveBatch(s);
  if (objective === 'masked') return maskedBatch(s, { maskToken: c.maskToken, noise: { levels: 'stratified' } }, random);
  const completionLength = length - promptLength;
  const policy = policyObjective('diffu-grpo', { maskToken: c.maskToken });
  const draw = policy.draw(
    {
      batch,
      promptLength,
      completionLength,
      prompts: drawn(batch * promptLength),
      completions: drawn(batch * completionLength),
      counted: new Uint8Array(batch * completionLength).fill(1),
    },
    random,
  );
  const logp = (): Float32Array[] =>
    draw.parts.map((p) => p.batch.targets).map((t) => Float32Array.from(t, () => -8 - random.uniform()));
  const advantages = Float64Array.from({ length: batch }, (_, b) => (b % 2) - 0.5);
  return policy.batches(draw, { advantages, oldLogp: logp(), refLogp: logp() })[0]!;
}
