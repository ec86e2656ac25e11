import type { GrpoRound } from '../grpo/loop';
import type { ProofreadRound } from '../tune/proofread/reward';
import { rewardPart, type metricLooks } from './metrics';

/** A round of GRPO as the metrics of a log's record, under the names of metrics.ts. */
export function roundMetrics(round: GrpoRound): Record<string, number> {
  const known = {
    reward: round.reward,
    advantage_spread: round.advantageSpread,
    clip_share: round.clipShare,
    kl: round.kl,
    entropy: round.entropy,
    length: round.length,
    corrected_share: round.corrected,
    learning_rate: round.learningRate,
    gradient_norm: round.gradientNorm,
  } satisfies Partial<Record<keyof typeof metricLooks, number>>;
  const parts = Object.entries(round.parts).map(([part, value]) => [rewardPart + part, value] as const);
  return { ...known, ...Object.fromEntries(parts) };
}

/** The same of a round of corrections. */
export function proofreadMetrics(round: ProofreadRound): Record<string, number> {
  return {
    reward: round.reward,
    ...(round.solved === undefined ? {} : { [`${rewardPart}solved`]: round.solved }),
    ...(round.kept === undefined ? {} : { [`${rewardPart}kept`]: round.kept }),
    advantage_spread: round.advantageSpread,
    learning_rate: round.learningRate,
    gradient_norm: round.gradientNorm,
  };
}
