/** How long is the gap? CAL: the canvas length at which the model's first step is most confident, no training needed. */
import { topCandidates } from '../model/step-graph';
import type { RunTurn } from '../model/step-model';
import type { GapContext } from './context-cache';
import type { TextTools } from './surprise';

/** Canvas lengths that are tried, in tokens; beyond them the gaps widen, as lengths there are told apart less well. */
const ladder = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

export interface LengthBelief {
  readonly length: number;
  /** Mean log-probability of the best token over the masks, in the first step. */
  readonly meanLogp: number;
}

/** Longer canvases are not tried after so many that were each believed in less than the best so far: they are the costly ones. */
const patience = 3;

/** Beliefs about canvas lengths up to `maxTokens`, best first; one short forward each, from the shortest on, until longer ones lose. */
export async function searchLength(
  tools: TextTools,
  context: GapContext,
  maxTokens: number,
  turn: RunTurn,
): Promise<LengthBelief[]> {
  const beliefs: LengthBelief[] = [];
  let [best, worse] = [-Infinity, 0];
  for (const length of ladder.filter((n) => n <= maxTokens)) {
    const meanLogp = await firstStepConfidence(tools, context, length, turn);
    beliefs.push({ length, meanLogp });
    worse = meanLogp > best ? 0 : worse + 1;
    best = Math.max(best, meanLogp);
    if (worse === patience) break;
  }
  return beliefs.sort((a, b) => b.meanLogp - a.meanLogp);
}

/** Length of the gap that the context is computed with: in the middle of the ladder, by the ratio. */
export function probeLength(maxTokens: number): number {
  return Math.min(8, maxTokens);
}

async function firstStepConfidence(tools: TextTools, context: GapContext, length: number, turn: RunTurn): Promise<number> {
  const result = await tools.model.step(
    {
      batch: 1,
      ids: Array<number>(length).fill(tools.model.config.maskToken),
      rows: Array.from({ length }, (_, k) => context.before.length + k),
      cache: context.lendForLength(length),
      queries: Array.from({ length }, (_, k) => k),
      tokenBias: tools.textOnly,
    },
    turn,
  );
  let sum = 0;
  for (let k = 0; k < length; k++) sum += Math.log(result.topP[k * topCandidates]!);
  return sum / length;
}
