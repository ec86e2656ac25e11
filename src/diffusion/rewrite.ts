/**
 * Text that is there already, written anew: the tokens of chosen places are masked and denoised together, seeing all others. Each place keeps its number of
 * tokens, and its line breaks, so that lines stay lines.
 */
import type { RunTurn } from '../model/step-model';
import type { TokenSpan } from '../model/tokenizer';
import type { RewriteRequest, RewriteResult, RewriteStep, RewrittenPlace } from './code-model';
import { denoise, type DenoiseStep } from './sampler';
import type { TextTools } from './surprise';
import type { UnmaskRule } from './unmask-rules';
import { cutEnd, cutStart, shareRoom } from './window';

/** Most of the sequence from the first to the last mask of one canvas, so that both sides stay visible. */
const canvasShare = 0.5;
const contextCharacters = 2000;
const usualRule: UnmaskRule = { kind: 'threshold', threshold: 0.9 };

/** The text as tokens; what a canvas has written is seen by the next one. */
interface Tokens {
  readonly spans: readonly TokenSpan[];
  readonly ids: number[];
  /** Added to a span's offsets gives offsets of the request's text. */
  readonly offset: number;
}

/** Denoises every place of the request. Throws `signal.reason` when aborted, between steps. */
export async function rewrite(
  tools: TextTools,
  request: RewriteRequest,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<RewriteResult> {
  const places = [...request.places].sort((a, b) => a.start - b.start);
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last) return { places: [], forwards: 0 };
  const before = cutStart(request.text.slice(0, first.start), contextCharacters);
  const after = cutEnd(request.text.slice(last.end), contextCharacters);
  const offset = first.start - before.length;
  const spans = tools.tokenizer.spans(before + request.text.slice(first.start, last.end) + after);
  const tokens: Tokens = { spans, ids: spans.map((s) => s.id), offset };
  const runs = maskedRuns(tokens, places);
  const found: RewrittenPlace[] = [];
  let forwards = 0;
  for (const [canvas, group] of groupRuns(runs, Math.floor(tools.model.config.maxSequence * canvasShare)).entries()) {
    const drawn = await denoiseRuns(tools, { tokens, runs: group, canvas, forwards, request }, turn, signal);
    forwards = drawn.forwards;
    found.push(...drawn.places);
  }
  return { places: found, forwards };
}

/** Half-open range of tokens that are masked together. */
interface Run {
  readonly from: number;
  readonly to: number;
  /** Texts that may not stand there. */
  readonly avoid: readonly string[];
}

/** Runs of tokens that the places touch, in order; runs that meet are one. */
function maskedRuns({ spans, offset }: Tokens, places: RewriteRequest['places']): Run[] {
  const runs: Run[] = [];
  spans.forEach((span, i) => {
    const [start, end] = [span.start + offset, span.end + offset];
    const touched = places.filter((place) => start < place.end && end > place.start);
    if (touched.length === 0) return;
    const avoid = touched.flatMap((place) => place.avoid ?? []);
    const open = runs.at(-1);
    if (open?.to === i) runs[runs.length - 1] = { from: open.from, to: i + 1, avoid: [...open.avoid, ...avoid] };
    else runs.push({ from: i, to: i + 1, avoid });
  });
  return runs;
}

/** Runs that fit into one canvas together. A run that is too long by itself is cut. */
function groupRuns(runs: readonly Run[], most: number): Run[][] {
  const groups: Run[][] = [];
  const pieces = runs.flatMap(({ from, to, avoid }) =>
    Array.from({ length: Math.ceil((to - from) / most) }, (_, k) => ({ from: from + k * most, to: Math.min(to, from + (k + 1) * most), avoid })),
  ); // prettier-ignore
  for (const piece of pieces) {
    const open = groups.at(-1);
    if (open && piece.to - open[0]!.from <= most) open.push(piece);
    else groups.push([piece]);
  }
  return groups;
}

interface Draw {
  readonly tokens: Tokens;
  readonly runs: readonly Run[];
  readonly canvas: number;
  /** Forward passes of the canvases before. */
  readonly forwards: number;
  readonly request: RewriteRequest;
}

async function denoiseRuns(
  tools: TextTools,
  draw: Draw,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<{ places: RewrittenPlace[]; forwards: number }> {
  const { model, tokenizer } = tools;
  const { ids } = draw.tokens;
  const [first, last] = [draw.runs[0]!.from, draw.runs.at(-1)!.to];
  const room = shareRoom(first, ids.length - last, model.config.maxSequence - (last - first));
  const from = first - room.before;
  const present = ids.slice(from, last + room.after);
  const canvas = Int32Array.from(present);
  for (const run of draw.runs) canvas.fill(model.config.maskToken, run.from - from, run.to - from);
  const view = watch(tools, draw, from, [first, last]);
  view.masked(canvas);
  const breaks = present.map((id) => tokenizer.textOf(id).includes('\n'));
  const unwanted = firstTokens(tools, draw.runs, from);
  const options = {
    batch: 1,
    region: [first - from, last - from] as const,
    blockLength: last - first,
    rule: draw.request.rule ?? usualRule,
    cache: 'dual' as const,
    refresh: 'changed' as const,
    tokenBias: tools.textOnly,
    allow: (position: number, token: number) =>
      tokenizer.textOf(token).includes('\n') === breaks[position] && unwanted.get(position)?.has(token) !== true,
    onStep: view.step,
    turn,
    ...(signal ? { signal } : {}),
  };
  let drawn = await denoise(model, { ...options, canvas });
  let forwards = draw.forwards + drawn.forwards;
  const confidence = Float32Array.from(drawn.confidence);
  const doubted = doubtful(draw.runs, from, drawn.confidence, draw.request.doubt ?? 0);
  if (doubted.length > 0) {
    const again = Int32Array.from(drawn.canvas);
    for (const position of doubted) again[position] = model.config.maskToken;
    view.remasked(again, doubted);
    drawn = await denoise(model, { ...options, canvas: again });
    for (const position of doubted) confidence[position] = drawn.confidence[position]!;
    forwards += drawn.forwards;
  }
  const places = draw.runs.map(({ from: start, to: end }) => placeOf(tools, draw.tokens, { start, end }, drawn.canvas.subarray(start - from, end - from), confidence.subarray(start - from, end - from))); // prettier-ignore
  for (let i = first; i < last; i++) ids[i] = drawn.canvas[i - from]!;
  return { places, forwards };
}

/** By position of the canvas, tokens that a text to be avoided begins with: without its first token it can't be written. */
function firstTokens(tools: TextTools, runs: readonly Run[], from: number): ReadonlyMap<number, ReadonlySet<number>> {
  const known = runs.filter(({ avoid }) => avoid.length > 0);
  return new Map(
    known.map((run) => [run.from - from, new Set(run.avoid.flatMap((text) => tools.tokenizer.encode(text).slice(0, 1)))]),
  );
}

/** Positions that were written with little confidence: what was written after them may have changed the matter. */
function doubtful(runs: readonly Run[], from: number, confidence: Float32Array, least: number): number[] {
  const all = runs.flatMap((run) => Array.from({ length: run.to - run.from }, (_, k) => run.from - from + k));
  const low = all.filter((position) => confidence[position]! < least);
  // With everything masked again the second round would only repeat the first.
  return low.length < all.length ? low : [];
}

function placeOf(
  tools: TextTools,
  { spans, offset }: Tokens,
  run: { readonly start: number; readonly end: number },
  written: Int32Array,
  confidence: Float32Array,
): RewrittenPlace {
  const sum = confidence.reduce((total, p) => total + Math.log(p), 0);
  return {
    start: spans[run.start]!.start + offset,
    end: spans[run.end - 1]!.end + offset,
    text: tools.tokenizer.decode(written),
    meanLogp: sum / confidence.length,
  };
}

/** What happens to a canvas, as it happens. */
interface Watcher {
  readonly masked: (canvas: Int32Array) => void;
  readonly step: (step: DenoiseStep) => void;
  readonly remasked: (canvas: Int32Array, positions: readonly number[]) => void;
}

/** Turns steps of the sampler into steps of the request, and remembers what earlier ones have told of each position. */
function watch(tools: TextTools, draw: Draw, from: number, [first, last]: readonly [number, number]): Watcher {
  const { spans, offset } = draw.tokens;
  const { maskToken } = tools.model.config;
  const told = new Map<number, number>();
  let count = 0;
  let forwards = draw.forwards;
  const tell = (canvas: Int32Array, written: ReadonlySet<number>, removed: ReadonlySet<number>): void => {
    const tokens = spans.slice(first, last).map((span, k): RewriteStep['tokens'][number] => {
      const position = first + k - from;
      const masked = canvas[position] === maskToken;
      return {
        text: masked ? null : tools.tokenizer.textOf(canvas[position]!),
        state: removed.has(position) ? 'remasked' : masked ? 'masked' : written.has(position) ? 'unmasked' : 'kept',
        confidence: told.get(position) ?? null,
        start: span.start + offset,
        end: span.end + offset,
      };
    });
    draw.request.onStep?.({ canvas: draw.canvas, step: count++, forwards, tokens });
  };
  return {
    masked: (canvas) => {
      tell(canvas, new Set(), new Set());
    },
    step: ({ canvas, rows }) => {
      const row = rows[0]!;
      for (const c of [...row.candidates, ...row.committed]) told.set(c.position, c.confidence);
      forwards++;
      tell(canvas, new Set(row.committed.map((c) => c.position)), new Set());
    },
    remasked: (canvas, positions) => {
      tell(canvas, new Set(), new Set(positions));
    },
  };
}
