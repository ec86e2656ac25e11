/** How long is the gap? CAL: the canvas length at which the model's first step is most confident, no training needed. */
import { topCandidates } from '../model/step-graph';
import type { RunTurn } from '../model/step-model';
import type { GapContext } from './context-cache';
import type { TextTools } from './surprise';

/** Canvas lengths that are tried, in tokens; beyond them the gaps widen, as lengths there are told apart less well. */
const ladder = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** Token ids of a gap, with masks where tokens are wanted. */
export type Canvas = readonly number[];

export interface CanvasBelief {
  readonly canvas: Canvas;
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
): Promise<CanvasBelief[]> {
  const beliefs: CanvasBelief[] = [];
  let [best, worse] = [-Infinity, 0];
  for (const length of ladder.filter((n) => n <= maxTokens)) {
    const canvas = masks(tools, length);
    const meanLogp = await firstStepConfidence(tools, context, canvas, turn);
    beliefs.push({ canvas, meanLogp });
    worse = meanLogp > best ? 0 : worse + 1;
    best = Math.max(best, meanLogp);
    if (worse === patience) break;
  }
  return beliefs.sort(likelierFirst);
}

/** The canvases, the one that the model believes in most first: as `searchLength`, where some of what will stand there is known. */
export async function rankCanvases(
  tools: TextTools,
  context: GapContext,
  canvases: readonly Canvas[],
  turn: RunTurn,
): Promise<CanvasBelief[]> {
  const beliefs: CanvasBelief[] = [];
  for (const canvas of canvases) beliefs.push({ canvas, meanLogp: await firstStepConfidence(tools, context, canvas, turn) });
  return beliefs.sort(likelierFirst);
}

function likelierFirst(a: CanvasBelief, b: CanvasBelief): number {
  return b.meanLogp - a.meanLogp;
}

/** A canvas of masks alone. */
export function masks(tools: TextTools, length: number): Canvas {
  return Array<number>(length).fill(tools.model.config.maskToken);
}

/** Length of the gap that the context is computed with: in the middle of the ladder, by the ratio. */
export function probeLength(maxTokens: number): number {
  return Math.min(8, maxTokens);
}

/** Mean over the canvas's masks. */
async function firstStepConfidence(tools: TextTools, context: GapContext, canvas: Canvas, turn: RunTurn): Promise<number> {
  const masked = [...canvas.keys()].filter((k) => canvas[k] === tools.model.config.maskToken);
  const result = await tools.model.step(
    {
      batch: 1,
      ids: canvas,
      rows: canvas.map((_, k) => context.before.length + k),
      cache: context.lendForLength(canvas.length),
      queries: masked,
      tokenBias: tools.textOnly,
    },
    turn,
  );
  return masked.reduce((sum, _, row) => sum + Math.log(result.topP[row * topCandidates]!), 0) / masked.length;
}
