/** Text between a prefix and a suffix: choose lengths, denoise many samples of each in one batch, keep the distinct ones, best first. */
import type { RunTurn } from '../model/step-model';
import { mulberry32 } from '../model/weights';
import type { InfillRequest, InfillResult, InfillStep } from './code-model';
import { openContext, type GapContext } from './context-cache';
import { masks, probeLength, rankCanvases, searchLength, type Canvas } from './length-search';
import { copySource, type CopySource } from './copying';
import { denoise, type DenoiseStep } from './sampler';
import type { TextTools } from './surprise';
import type { UnmaskRule } from './unmask-rules';
import { fillVariable, type GapToken, type StructureTokens } from './variable-length';
import { headTokens, leadOf, shareRoom, tailTokens } from './window';

/** Lengths that share the samples when the caller names none. */
const lengthsKept = 3;
const usualRule: UnmaskRule = { kind: 'threshold', threshold: 0.9 };

/** One gap, ready to denoise. */
interface Gap {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Blanks or a line break taken off the prefix, since they belong to the first token of the fill. */
  readonly lead: string;
  readonly copies: CopySource;
}

/** What `infill` can be asked for within the engine. */
export interface CanvasRequest extends InfillRequest {
  /** What is filled instead of plain masks: a number stands for so many of them, a text for itself. Those that the model believes in most share the samples. */
  readonly canvases?: readonly (readonly (number | string)[])[];
}

export async function infill(
  tools: TextTools,
  request: CanvasRequest,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<InfillResult[]> {
  const maxTokens = Math.min(request.maxTokens ?? 32, Math.floor(tools.model.config.maxSequence / 2));
  const gap = openGap(tools, request, maxTokens);
  const bias = request.maxLines === 0 ? withoutNewlines(tools) : tools.textOnly;
  const given = givenCanvases(tools, request, maxTokens);
  if (tools.structure && !request.lengths && !given)
    return infillVariable(tools, tools.structure, request, { gap, bias, maxTokens }, turn, signal);
  const wanted = request.lengths?.filter((n) => n >= 1 && n <= maxTokens);
  const context = await openContext(tools.model, gap.before, gap.after, wanted?.[0] ?? probeLength(maxTokens), turn);
  const believed = async (): Promise<Canvas[]> => {
    const beliefs = given ? await rankCanvases(tools, context, given, turn) : await searchLength(tools, context, maxTokens, turn);
    return beliefs.slice(0, Math.min(lengthsKept, request.samples ?? 1)).map(({ canvas }) => canvas);
  };
  const canvases = wanted?.map((length) => masks(tools, length)) ?? (await believed());
  const random = mulberry32(request.seed ?? 0);
  const found = new Map<string, InfillResult>();
  const shares = sharesOf(canvases, request.samples ?? 1);
  const seen = wanted || given ? null : gap.copies.lengthBetween([...gap.before].reverse(), gap.after, maxTokens);
  if (seen !== null && !shares.some(({ canvas }) => canvas.length === seen))
    shares.push({ canvas: masks(tools, seen), share: 1 });
  for (const [i, { canvas, share }] of shares.entries()) {
    for (const result of await fill(
      tools,
      request,
      gap,
      context,
      { fill: canvas, samples: share, bias, random, report: i === 0 },
      turn,
      signal,
    )) {
      const known = found.get(result.text);
      if (!known || known.meanLogp < result.meanLogp) found.set(result.text, result);
    }
  }
  return bestFirst(found.values(), request);
}

/** Canvases and how many of the samples each gets; without those that get none. */
function sharesOf(canvases: readonly Canvas[], samples: number): { readonly canvas: Canvas; readonly share: number }[] {
  const share = (i: number): number => Math.floor(samples / canvases.length) + Number(i < samples % canvases.length);
  return canvases.map((canvas, i) => ({ canvas, share: share(i) })).filter((one) => one.share > 0);
}

/** The canvases that the request names and that have room, if any. */
function givenCanvases(tools: TextTools, { canvases }: CanvasRequest, maxTokens: number): Canvas[] | undefined {
  const found = canvases
    ?.map((parts) => parts.flatMap((part) => (typeof part === 'number' ? masks(tools, part) : tools.tokenizer.encode(part))))
    .filter((canvas) => canvas.length <= maxTokens && canvas.includes(tools.model.config.maskToken));
  return found && found.length > 0 ? found : undefined;
}

function bestFirst(found: Iterable<InfillResult>, { maxLines = Infinity }: InfillRequest): InfillResult[] {
  return [...found].filter((r) => r.text.split('\n').length - 1 <= maxLines).sort((a, b) => b.meanLogp - a.meanLogp);
}

/** Masks that samples begin with, in turns: the model adds and takes away. */
const variableStarts = [8, 4, 16];

/** As `infill`, by a model that finds the length by itself: each sample on its own, since their lengths part. */
async function infillVariable(
  tools: TextTools,
  structure: StructureTokens,
  request: InfillRequest,
  { gap, bias, maxTokens }: { readonly gap: Gap; readonly bias: Float32Array; readonly maxTokens: number },
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<InfillResult[]> {
  const { tokenizer, model } = tools;
  const context = await openContext(model, gap.before, gap.after, probeLength(maxTokens), turn);
  const random = mulberry32(request.seed ?? 0);
  const rule = request.rule ?? usualRule;
  const found = new Map<string, InfillResult>();
  for (let i = 0; i < (request.samples ?? 1); i++) {
    const result = await fillVariable(
      tools,
      structure,
      context,
      {
        start: Math.min(variableStarts[i % variableStarts.length]!, maxTokens),
        maxTokens,
        threshold: rule.kind === 'threshold' ? rule.threshold : 1,
        temperature: request.temperature ?? 0,
        random,
        noNewlines: bias,
        ...(gap.lead ? { allowFirst: (token: number) => tokenizer.textOf(token).startsWith(gap.lead) } : {}),
        ...(request.onStep && i === 0
          ? { onStep: (tokens: readonly GapToken[], step: number) => request.onStep?.(variableView(tools, tokens, step)) }
          : {}),
        ...(signal ? { signal } : {}),
      },
      turn,
    );
    if (!result) continue;
    const text = tokenizer.decode(result.tokens.map((t) => t.id));
    const confidences = Float32Array.from(result.tokens, (t) => t.confidence);
    // Nothing at all has no token whose probability could be told; a gap that should be empty is not what is asked for.
    if (result.tokens.length === 0 || text.includes('\uFFFD') || !text.startsWith(gap.lead)) continue;
    const one: InfillResult = {
      text: text.slice(gap.lead.length),
      tokens: result.tokens.length,
      meanLogp: meanLog(confidences),
      minConfidence: Math.min(...confidences),
      steps: result.steps,
    };
    if (request.leastMeanLogp !== undefined && (request.samples ?? 1) === 1 && one.meanLogp < request.leastMeanLogp)
      found.set('', { ...one, text: '' });
    else if (!found.has(one.text) || found.get(one.text)!.meanLogp < one.meanLogp) found.set(one.text, one);
  }
  return bestFirst(found.values(), request);
}

/** A gap after a step, for the denoising view. Lengths change, so positions are not those of the step before. */
function variableView(tools: TextTools, tokens: readonly GapToken[], step: number): InfillStep {
  return {
    step,
    tokens: tokens.map(({ id, confidence }) => {
      const masked = id === tools.model.config.maskToken;
      return {
        text: masked ? null : tools.tokenizer.textOf(id),
        confidence: masked ? 0 : confidence,
        changed: masked ? ('none' as const) : ('unmasked' as const),
      };
    }),
  };
}

/** Tokens on both sides within the model's reach, after those of the context; the lead is moved into the gap. */
function openGap(tools: TextTools, request: InfillRequest, maxTokens: number): Gap {
  const { tokenizer, model } = tools;
  const lead = leadOf(request.prefix);
  const prefix = request.prefix.slice(0, request.prefix.length - lead.length);
  const all = model.config.maxSequence - maxTokens;
  const context = tailTokens(tokenizer, request.context ?? '', Math.floor(all / 4));
  const room = all - context.length;
  const before = tailTokens(tokenizer, prefix, room);
  const after = headTokens(tokenizer, request.suffix, room);
  const share = shareRoom(before.length, after.length, room);
  return {
    before: [...context, ...before.slice(before.length - share.before)],
    after: after.slice(0, share.after),
    lead,
    copies: copySource(tokenizer, { ...request, prefix }),
  };
}

interface Draw {
  readonly fill: Canvas;
  readonly samples: number;
  readonly bias: Float32Array;
  readonly random: () => number;
  readonly report: boolean;
}

async function fill(
  tools: TextTools,
  request: InfillRequest,
  gap: Gap,
  context: GapContext,
  draw: Draw,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<InfillResult[]> {
  const { model, tokenizer } = tools;
  const { length } = draw.fill;
  const one = [...gap.before, ...draw.fill, ...gap.after];
  const canvas = Int32Array.from({ length: one.length * draw.samples }, (_, i) => one[i % one.length]!);
  const start = gap.before.length;
  const region = [start, start + length] as const;
  const least = draw.samples === 1 ? request.leastMeanLogp : undefined;
  /** What is still masked counts as certain, so the mean can only fall. */
  const boundOf = (all: Float32Array): number => meanLog(all.subarray(start, start + length));
  const masked = (_: unknown, k: number): boolean => draw.fill[k] === model.config.maskToken;
  const result = await denoise(model, {
    canvas,
    batch: draw.samples,
    region,
    blockLength: length,
    rule: request.rule ?? usualRule,
    cache: 'dual',
    refresh: 'changed',
    context: context.forLength(length),
    temperature: request.temperature ?? 0,
    random: draw.random,
    tokenBias: draw.bias,
    copies: gap.copies,
    ...(gap.lead
      ? { allow: (position: number, token: number) => position !== start || tokenizer.textOf(token).startsWith(gap.lead) }
      : {}),
    ...(signal ? { signal } : {}),
    turn,
    ...(least === undefined ? {} : { giveUp: (confidence) => boundOf(confidence) < least }),
    ...(request.onStep && draw.report
      ? {
          onStep: (s: DenoiseStep) => {
            request.onStep?.(viewOf(tools, s, region));
          },
        }
      : {}),
  });
  return Array.from({ length: draw.samples }, (_, b) => {
    const at = b * one.length + start;
    const ids = result.canvas.subarray(at, at + length);
    const text = ids.includes(model.config.maskToken) ? '' : tokenizer.decode(ids);
    // Of what stood there already nothing is said.
    const confidence = result.confidence.subarray(at, at + length).filter(masked);
    return {
      // The blank stands in the caller's prefix already.
      text: text.slice(gap.lead.length),
      tokens: length,
      meanLogp: meanLog(confidence),
      minConfidence: Math.min(...confidence),
      steps: result.forwards,
    };
  }).filter((r) => Number.isFinite(r.meanLogp) && !r.text.includes('\uFFFD'));
}

function meanLog(probabilities: Float32Array): number {
  return probabilities.reduce((sum, p) => sum + Math.log(p), 0) / probabilities.length;
}

const oneLine = new WeakMap<Float32Array, Float32Array>();

function withoutNewlines({ tokenizer, textOnly }: TextTools): Float32Array {
  let known = oneLine.get(textOnly);
  if (!known) {
    known = textOnly.map((bias, id) => (bias === 0 && tokenizer.textOf(id).includes('\n') ? -1e9 : bias));
    oneLine.set(textOnly, known);
  }
  return known;
}

/** The first canvas's region after a step, for the denoising view. */
function viewOf(tools: TextTools, step: DenoiseStep, region: readonly [number, number]): InfillStep {
  const row = step.rows[0]!;
  const remasked = new Set(row.remasked);
  const committed = new Map(row.committed.map((c) => [c.position, c.confidence]));
  const predicted = new Map(row.candidates.map((c) => [c.position, c.confidence]));
  return {
    step: step.index,
    tokens: Array.from({ length: region[1] - region[0] }, (_, k) => {
      const position = region[0] + k;
      const id = step.canvas[position]!;
      const masked = id === tools.model.config.maskToken;
      return {
        text: masked ? null : tools.tokenizer.textOf(id),
        confidence: committed.get(position) ?? (masked ? (predicted.get(position) ?? 0) : 1),
        changed: remasked.has(position)
          ? ('remasked' as const)
          : committed.has(position)
            ? ('unmasked' as const)
            : ('none' as const),
      };
    }),
  };
}
