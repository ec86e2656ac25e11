/**
 * Revision: a text and what is asked of it, read as they stand, as proofreading reads mistakes (proofread.ts): of each token the model says that it stays, what is to stand
 * in its place, that it goes, or that something is missing before it. What is missing is a gap, whose length it finds by itself (variable-length.ts). So an edit costs
 * what it changes, not what it keeps. What teaches it: training/tune/revisions.
 */
import { topCandidates } from '../model/step-graph';
import type { RunTurn, StepResult } from '../model/step-model';
import type { CompletionStep, ReviseRequest, Revision } from './code-model';
import type { TextTools } from './surprise';
import { carriedOut, sureDecisions, type Decision, type StructureTokens } from './variable-length';

/** What stands before and after the text: the wish as a comment, and tags as d1's (arXiv 2504.12216). */
export function revisionFrame(instruction: string): { readonly before: string; readonly after: string } {
  return { before: `// ${instruction.replace(/\s+/g, ' ').trim()}\n<answer>`, after: '</answer>' };
}

/** Tokens of the present text that are changed when their change is likelier than not. */
const likely = 0.5;
/** Masks that are written together, as in gaps. */
const sure = 0.9;
/** Most masks that come in, as a share of the sequence: a revision is no rewrite. */
const mostGrowth = 0.5;
/** Forward passes after which nothing more is hoped for. */
const mostSteps = 96;

/** Indices of a position's likeliest tokens. */
const candidates = Array.from({ length: topCandidates }, (_, k) => k);

interface Cell {
  readonly id: number;
  /** Probability with which this revision wrote it, after which it stays; null: it was there, or is a mask. */
  readonly written: number | null;
  /** Of a token: something was put in before it already. Of a mask: it was made of another one, and does not go. */
  readonly opened: boolean;
}

/**
 * Each step writes or takes away a token of the text or a mask, or spends one of a limited number of expansions. Throws the
 * signal's reason, between steps.
 */
export async function revise(
  { model, tokenizer }: Pick<TextTools, 'model' | 'tokenizer'>,
  structure: StructureTokens,
  request: ReviseRequest,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<Revision> {
  const { maskToken, maxSequence } = model.config;
  const frame = revisionFrame(request.instruction);
  const [before, after, text] = [frame.before, frame.after, request.text].map((t) => tokenizer.encode(t)) as [number[], number[], number[]]; // prettier-ignore
  const growth = Math.floor(mostGrowth * maxSequence);
  const framed = before.length + after.length;
  const room = Math.min(maxSequence - framed, text.length + growth);
  if (text.length > room) return { kind: 'too-long', needed: framed + text.length };
  const present = (id: number): Cell => ({ id, written: null, opened: false });
  // The tag behind the text says whether something is missing there; it is no text, and stays.
  let cells: readonly Cell[] = [...text.map(present), { ...present(after[0]!), written: 1 }];
  const shown = ({ id, written }: Cell): CompletionStep['tokens'][number] =>
    id === maskToken
      ? { text: null, state: 'masked', confidence: null }
      : { text: tokenizer.textOf(id), state: written === null ? 'kept' : 'unmasked', confidence: written };
  const labels: Labels = { ...structure, mask: maskToken };
  let [confidence, expansions] = [1, 0];
  for (let step = 0; step < mostSteps; step++) {
    request.onStep?.({ step, tokens: cells.slice(0, -1).map(shown) });
    signal?.throwIfAborted();
    const ids = [...before, ...cells.map((c) => c.id), ...after.slice(1)];
    const rows = ids.map((_, i) => i);
    const queries = rows.slice(before.length, before.length + cells.length);
    const read = await model.step({ batch: 1, ids, rows, queries, tokenBias: structure.bias }, turn);
    const left = Math.min(room + 1 - cells.length, growth - expansions);
    const taken = chosen(cells, decisionsOf(read, cells, left > 0, labels), left, labels);
    if (taken.length === 0) {
      if (cells.some((c) => c.id === maskToken)) return { kind: 'given-up', forwards: step + 1 };
      return { kind: 'revised', text: tokenizer.decode(cells.slice(0, -1).map((c) => c.id)), forwards: step + 1, confidence };
    }
    expansions += taken.filter(({ token }) => token === structure.expand).length;
    confidence = Math.min(confidence, ...taken.map((d) => d.confidence));
    if (confidence < (request.leastConfidence ?? 0)) return { kind: 'given-up', forwards: step + 1 };
    cells = afterDecisions(cells, taken, labels);
  }
  return { kind: 'given-up', forwards: mostSteps };
}

interface Labels extends Pick<StructureTokens, 'expand' | 'delete'> {
  readonly mask: number;
}

/** The likeliest of what each cell may become. */
function decisionsOf(
  { topId, topP }: Pick<StepResult, 'topId' | 'topP'>,
  cells: readonly Cell[],
  mayGrow: boolean,
  labels: Labels,
): Decision[] {
  return cells.map(({ id, opened }, at): Decision => {
    const stays = id === labels.mask && opened;
    const best = candidates.find((k) => {
      const token = topId[at * topCandidates + k]!;
      return !(token === labels.expand && !mayGrow) && !(token === labels.delete && stays);
    })!;
    return { at, token: topId[at * topCandidates + best]!, confidence: topP[at * topCandidates + best]! };
  });
}

/** What is done next, at most `left` of it expansions; nothing where the text is as it is asked to be. */
function chosen(cells: readonly Cell[], decisions: readonly Decision[], left: number, { expand, mask }: Labels): Decision[] {
  const isMask = ({ at }: Decision): boolean => cells[at]!.id === mask;
  const changes = decisions.filter((d) => {
    const { id, written, opened } = cells[d.at]!;
    if (isMask(d) || d.confidence < likely) return false;
    return d.token === expand ? !opened && cells[d.at - 1]?.id !== mask : written === null && d.token !== id;
  });
  // Gaps grow by one mask at a time, and only where no token is sure: how many are missing shows best beside those that are written.
  const masks = decisions.filter(isMask);
  const certain = masks.filter(({ token, confidence }) => token !== expand && confidence >= sure);
  const written = certain.length > 0 || changes.length > 0 ? certain : sureDecisions(masks, 1).slice(0, 1);
  let spent = 0;
  return [...changes, ...written].filter(({ token }) => token !== expand || spent++ < left);
}

function afterDecisions(cells: readonly Cell[], decisions: readonly Decision[], labels: Labels): Cell[] {
  const byPosition = new Map(decisions.map((d) => [d.at, d]));
  const { mask } = labels;
  return cells.flatMap((cell, at): Cell[] => {
    const decision = byPosition.get(at);
    if (!decision) return [cell];
    if (cell.id !== mask && decision.token === labels.expand)
      return [
        { id: mask, written: null, opened: false },
        { ...cell, opened: true },
      ];
    const made = carriedOut([{ id: cell.id, confidence: 1 }], [{ ...decision, at: 0 }], labels, mask);
    return made.map(({ id, confidence }): Cell =>
      id === mask ? { id, written: null, opened: true } : { ...cell, id, written: confidence },
    );
  });
}
