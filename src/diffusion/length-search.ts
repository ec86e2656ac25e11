/** How long is the gap? CAL: the canvas length at which the model's first step is most confident, no training needed. */
import { topCandidates } from '../model/step-graph';
import type { TextTools } from './surprise';
import type { RunTurn } from '../model/step-model';

/** Canvas lengths that are tried, in tokens; beyond them the gaps widen, as lengths there are told apart less well. */
const ladder = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64];

export interface LengthBelief {
  readonly length: number;
  /** Mean log-probability of the best token over the masks, in the first step. */
  readonly meanLogp: number;
}

/** Beliefs about canvas lengths up to `maxTokens`, best first. One forward pass each, on at most `context` tokens of either side. */
export async function searchLength(
  tools: TextTools,
  before: readonly number[],
  after: readonly number[],
  maxTokens: number,
  turn: RunTurn,
): Promise<LengthBelief[]> {
  const beliefs: LengthBelief[] = [];
  for (const length of ladder.filter((n) => n <= maxTokens)) {
    beliefs.push({ length, meanLogp: await firstStepConfidence(tools, before, after, length, turn) });
  }
  return beliefs.sort((a, b) => b.meanLogp - a.meanLogp);
}

async function firstStepConfidence(
  tools: TextTools,
  before: readonly number[],
  after: readonly number[],
  length: number,
  turn: RunTurn,
): Promise<number> {
  const canvas = [...before, ...Array<number>(length).fill(tools.model.config.maskToken), ...after];
  const result = await tools.model.step(
    {
      batch: 1,
      ids: canvas,
      rows: canvas.map((_, i) => i),
      queries: Array.from({ length }, (_, k) => before.length + k),
      tokenBias: tools.textOnly,
    },
    turn,
  );
  let sum = 0;
  for (let k = 0; k < length; k++) sum += Math.log(result.topP[k * topCandidates]!);
  return sum / length;
}
