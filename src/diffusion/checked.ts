/**
 * Fills that a caller's check (a parser) finds no fault with. Evidence drives the remasking: of a fill with a fault, what stands before the fault is kept and
 * the rest is masked and denoised again, at other lengths; of a fill that fails again, less is kept. Where that comes to nothing, what stands elsewhere is tried, and then the
 * sound beginning of a fill.
 */
import type { RunTurn } from '../model/step-model';
import type { FillCheck, InfillRequest, InfillResult } from './code-model';
import { infill, type CanvasRequest } from './infill';
import { score } from './score';
import type { TextTools } from './surprise';

/** A fill, and what is wrong with it: see FillCheck. */
export interface CheckedFill extends InfillResult {
  readonly faults: readonly number[];
}

export type CheckedRequest = Omit<InfillRequest, 'lengths' | 'leastMeanLogp' | 'check'> & { readonly check: FillCheck };

/** Samples of the first turn where the caller names none, shared by as many lengths; and of each turn after it. */
const samplesFirst = 3;
const samplesAgain = 4;
/** Turns after the first. Each costs what a completion costs. */
const mostTurns = 8;
/** What is denoised again must not come out as it was. */
const temperatureAgain = 0.7;

interface Start {
  readonly fill: CheckedFill;
  /** Whole lines of it that stand before its first fault. */
  readonly lines: number;
  /** Times that it has been begun from. */
  turns: number;
}

/**
 * Distinct fills, those without faults first, then those with fewer, of as many the likelier first; a fill without any ends the search. Takes up to nine times
 * an `infill`'s time. Throws the signal's reason, between steps.
 */
export async function infillChecked(
  tools: TextTools,
  { check, ...request }: CheckedRequest,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<CheckedFill[]> {
  const began = performance.now();
  const hasTime = (): boolean => performance.now() - began < (check.milliseconds ?? Infinity);
  const found = new Map<string, CheckedFill>();
  const starts: Start[] = [];
  const add = (fill: InfillResult): void => {
    // Nothing at all is seldom wrong, and never what is asked for.
    if (found.has(fill.text) || fill.text.trim() === '') return;
    const checked = { ...fill, faults: check.faultsOf(fill.text) };
    found.set(fill.text, checked);
    starts.push({ fill: checked, lines: linesBefore(checked), turns: 0 });
  };
  (await infill(tools, { ...request, samples: request.samples ?? samplesFirst }, turn, signal)).forEach(add);
  for (let k = 0; k < mostTurns && hasTime() && ![...found.values()].some(({ faults }) => faults.length === 0); k++) {
    const start = starts
      .filter(({ turns, lines }) => turns <= lines)
      .sort((a, b) => a.turns - b.turns || inOrder(a.fill, b.fill))[0];
    const kept = start ? keptOf(start) : '';
    if (start) start.turns++;
    const again = {
      ...request,
      samples: samplesAgain,
      temperature: temperatureAgain,
      seed: (request.seed ?? 0) + k + 1,
      canvases: spread(check.needsAfter(kept).flatMap(canvasesWith), k),
    };
    for (const fill of await infillAfter(tools, again, kept, turn, signal)) add(fill);
  }
  const sound = (): boolean => [...found.values()].some(({ faults }) => faults.length === 0);
  if (!sound()) for (const fill of await borrowed(tools, request, check, turn)) found.set(fill.text, fill);
  if (!sound()) {
    const cut = [...found.values()]
      .sort(inOrder)
      .slice(0, mostCut)
      .flatMap((fill) => beforeFault(fill, check) ?? [])[0];
    if (cut) found.set(cut.text, cut);
  }
  return [...found.values()].sort(inOrder);
}

/** Fills that are cut, and places at which each is. */
const mostCut = 6;
const mostCuts = 8;

/** As much of a fill as stands before its first fault and has none by itself, cut at the end of a word or symbol. */
function beforeFault(fill: CheckedFill, check: FillCheck): CheckedFill | null {
  const ends = Array.from(fill.text.slice(0, fill.faults[0]).matchAll(/[\w$]+|[^\s\w$]/g), (part) => part.index + part[0].length);
  for (const end of ends.reverse().slice(0, mostCuts)) {
    const text = fill.text.slice(0, end);
    if (text !== fill.text && check.faultsOf(text).length === 0) return { ...fill, text, faults: [] };
  }
  return null;
}

/** Most texts from elsewhere that are compared; each length costs a short forward. */
const mostBorrowed = 12;

/** Texts from elsewhere without faults, and how likely the model finds them in this place. */
async function borrowed(
  tools: TextTools,
  { prefix, suffix, maxLines = Infinity }: Omit<CheckedRequest, 'check'>,
  check: FillCheck,
  turn: RunTurn,
): Promise<CheckedFill[]> {
  const sound: string[] = [];
  for (const group of check.elsewhere?.() ?? []) {
    for (const text of group) {
      if (sound.length === mostBorrowed) break;
      if (text.split('\n').length - 1 <= maxLines && check.faultsOf(text).length === 0) sound.push(text);
    }
    if (sound.length > 0) break;
  }
  const scores = await score(tools, { prefix, suffix, candidates: sound }, turn);
  return sound.map((text, i) => {
    const { logp, tokens } = scores[i]!;
    const meanLogp = logp / tokens;
    return { text, tokens, meanLogp, minConfidence: Math.exp(meanLogp), steps: 0, faults: [] };
  });
}

/** Fills that begin with a text that is kept, which counts as no less likely than what follows it. */
async function infillAfter(
  tools: TextTools,
  request: CanvasRequest,
  kept: string,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<InfillResult[]> {
  const keptTokens = tools.tokenizer.encode(kept).length;
  const lines = kept.split('\n').length - 1;
  const rest = {
    ...request,
    prefix: request.prefix + kept,
    maxTokens: Math.max(1, (request.maxTokens ?? 32) - keptTokens),
    ...(request.maxLines === undefined ? {} : { maxLines: request.maxLines - lines }),
  };
  const fills = await infill(tools, rest, turn, signal);
  return fills.map((fill) => ({ ...fill, text: kept + fill.text, tokens: keptTokens + fill.tokens }));
}

/** Masks before the first of the texts that a fill has to hold, between two of them, and after the last. */
const room = { before: [2, 4, 8], between: [1, 3], after: [1, 4, 10] } as const;

/** Canvases that hold the texts, in order, with room around them; none where nothing is needed. */
function canvasesWith([first, ...others]: readonly string[]): (number | string)[][] {
  if (first === undefined) return [];
  let canvases: (number | string)[][] = room.before.map((n) => [n, first]);
  for (const text of others) canvases = canvases.flatMap((canvas) => room.between.map((n) => [...canvas, n, text]));
  return canvases.flatMap((canvas) => room.after.map((n) => [...canvas, n]));
}

/** Most canvases of a turn; each costs a short forward. */
const mostCanvases = 24;

/** Some of the canvases, others at every turn. */
function spread<T>(all: readonly T[], turn: number): T[] {
  const stride = Math.ceil(all.length / mostCanvases);
  return stride < 2 ? [...all] : all.filter((_, i) => i % stride === turn % stride);
}

function linesBefore({ text, faults }: CheckedFill): number {
  return text.slice(0, faults[0] ?? text.length).split('\n').length - 1;
}

/** The lines before the fault, one less for each turn that began from this fill. */
function keptOf({ fill, lines, turns }: Start): string {
  return fill.text.split(/(?<=\n)/).slice(0, lines - turns).join(''); // prettier-ignore
}

function inOrder(a: CheckedFill, b: CheckedFill): number {
  return a.faults.length - b.faults.length || b.meanLogp - a.meanLogp;
}
