/**
 * Gaps whose length the model finds by itself (DreamOn, arXiv 2602.01326): a mask that is predicted as `expand` becomes two masks, one that is predicted as
 * `delete` goes. What teaches a model this: training/objectives/variable-length.ts.
 */
import { topCandidates } from '../model/step-graph';
import type { RunTurn } from '../model/step-model';
import type { GapContext } from './context-cache';
import { drawToken } from './noise';
import type { TextTools } from './surprise';

export interface StructureTokens {
  readonly expand: number;
  readonly delete: number;
  /** [vocabulary], as `textOnly`, but that the two may be predicted. */
  readonly bias: Float32Array;
}

/** A position of the gap. */
export interface GapToken {
  /** The mask's id, or what was written. */
  readonly id: number;
  /** Probability when it was written; 1 for masks. */
  readonly confidence: number;
}

/** What the model wants of a masked position. */
export interface Decision {
  readonly at: number;
  readonly token: number;
  readonly confidence: number;
}

/** The decisions that are sure enough; the surest one where none is. */
export function sureDecisions(decisions: readonly Decision[], threshold: number): Decision[] {
  const sure = decisions.filter((d) => d.confidence >= threshold);
  if (sure.length > 0 || decisions.length === 0) return sure;
  return [decisions.reduce((best, d) => (d.confidence > best.confidence ? d : best))];
}

/** The gap with decisions carried out, all on the positions of `gap`. */
export function carriedOut(
  gap: readonly GapToken[],
  decisions: readonly Decision[],
  structure: Pick<StructureTokens, 'expand' | 'delete'>,
  mask: number,
): GapToken[] {
  const byPosition = new Map(decisions.map((d) => [d.at, d]));
  return gap.flatMap((token, at): GapToken[] => {
    const decision = byPosition.get(at);
    if (!decision) return [token];
    if (decision.token === structure.delete) return [];
    if (decision.token === structure.expand) return Array<GapToken>(2).fill({ id: mask, confidence: 1 });
    return [{ id: decision.token, confidence: decision.confidence }];
  });
}

export interface VariableRequest {
  /** Masks to begin with. */
  readonly start: number;
  /** Longest gap; `expand` is forbidden where it would be longer. */
  readonly maxTokens: number;
  /** Predictions of at least this probability are carried out together. */
  readonly threshold: number;
  readonly temperature: number;
  readonly random: () => number;
  /** Rejects a token as the gap's first. */
  readonly allowFirst?: (token: number) => boolean;
  readonly noNewlines?: Float32Array;
  readonly onStep?: (gap: readonly GapToken[], step: number) => void;
  readonly signal?: AbortSignal;
}

export interface VariableResult {
  readonly tokens: readonly GapToken[];
  readonly steps: number;
}

/**
 * Denoises one gap. Each step predicts all its masks at once and carries out what is sure. Ends: each step writes, deletes, or spends one of `maxTokens` expansions.
 * Null where nothing that is allowed may stand first. Throws the signal's reason, between steps.
 */
export async function fillVariable(
  tools: TextTools,
  structure: StructureTokens,
  context: GapContext,
  request: VariableRequest,
  turn: RunTurn,
): Promise<VariableResult | null> {
  const mask = tools.model.config.maskToken;
  const textOnly = request.noNewlines ?? tools.textOnly;
  let gap: GapToken[] = Array<GapToken>(request.start).fill({ id: mask, confidence: 1 });
  let [steps, expansions] = [0, 0];
  for (;;) {
    request.signal?.throwIfAborted();
    const masks = gap.flatMap((token, at) => (token.id === mask ? [at] : []));
    if (masks.length === 0) return { tokens: gap, steps };
    const mayGrow = expansions < request.maxTokens && gap.length < request.maxTokens;
    const decisions = await predict(tools, gap, masks, context, { ...request, bias: biasOf(structure, textOnly, mayGrow) }, turn);
    if (!decisions) return null;
    steps++;
    let room = request.maxTokens - gap.length;
    const sure = sureDecisions(decisions, request.threshold).filter((d) => d.token !== structure.expand || room-- > 0);
    expansions += sure.filter((d) => d.token === structure.expand).length;
    gap = carriedOut(gap, sure, structure, mask);
    request.onStep?.(gap, steps - 1);
  }
}

function biasOf({ expand, delete: remove, bias }: StructureTokens, textOnly: Float32Array, mayGrow: boolean): Float32Array {
  const out = textOnly.slice();
  out[remove] = bias[remove]!;
  if (mayGrow) out[expand] = bias[expand]!;
  return out;
}

async function predict(
  tools: TextTools,
  gap: readonly GapToken[],
  masks: readonly number[],
  context: GapContext,
  request: VariableRequest & { readonly bias: Float32Array },
  turn: RunTurn,
): Promise<Decision[] | null> {
  const start = context.before.length;
  const result = await tools.model.step(
    {
      batch: 1,
      ids: gap.map((token) => token.id),
      rows: gap.map((_, k) => start + k),
      cache: context.lendForLength(gap.length),
      queries: masks,
      tokenBias: request.bias,
    },
    turn,
  );
  const decisions: Decision[] = [];
  for (const [row, at] of masks.entries()) {
    const from = row * topCandidates;
    const allowed = at === 0 && request.allowFirst;
    const open = allowed && ((i: number): boolean => !tools.tokenizer.isText(result.topId[i]!) || allowed(result.topId[i]!));
    const drawn = drawToken(
      { p: result.topP, from, count: topCandidates, ...(open ? { open } : {}) },
      request.temperature,
      request.random,
    );
    if (drawn === -1) return null;
    decisions.push({ at, token: result.topId[drawn]!, confidence: result.topP[drawn]! });
  }
  return decisions;
}

/** The two tokens of a tokenizer that has them, for a model that was taught their meaning. */
export function structureOf(tools: Pick<TextTools, 'tokenizer' | 'textOnly'>): StructureTokens | undefined {
  const [expand, remove] = ['<|expand|>', '<|delete|>'].map((name) => tools.tokenizer.specialId(name));
  if (expand === undefined || remove === undefined) return undefined;
  const bias = tools.textOnly.slice();
  bias[expand] = 0;
  bias[remove] = 0;
  return { expand, delete: remove, bias };
}
