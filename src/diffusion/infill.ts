/** Text between a prefix and a suffix: choose lengths, denoise many samples of each in one batch, keep the distinct ones, best first. */
import type { RunTurn } from '../model/step-model';
import { mulberry32 } from '../model/weights';
import type { InfillRequest, InfillResult, InfillStep } from './code-model';
import { openContext, type GapContext } from './context-cache';
import { probeLength, searchLength } from './length-search';
import { denoise, type DenoiseStep } from './sampler';
import type { TextTools } from './surprise';
import type { UnmaskRule } from './unmask-rules';
import { headTokens, shareRoom, tailTokens } from './window';

/** Lengths that share the samples when the caller names none. */
const lengthsKept = 3;
const usualRule: UnmaskRule = { kind: 'threshold', threshold: 0.9 };

/** One gap, ready to denoise. */
interface Gap {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Blanks or a line break taken off the prefix, since they belong to the first token of the fill. */
  readonly lead: string;
}

export async function infill(
  tools: TextTools,
  request: InfillRequest,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<InfillResult[]> {
  const maxTokens = Math.min(request.maxTokens ?? 32, Math.floor(tools.model.config.maxSequence / 2));
  const gap = openGap(tools, request, maxTokens);
  const bias = request.maxLines === 0 ? withoutNewlines(tools) : tools.textOnly;
  const wanted = request.lengths?.filter((n) => n >= 1 && n <= maxTokens);
  const context = await openContext(tools.model, gap.before, gap.after, wanted?.[0] ?? probeLength(maxTokens), turn);
  const lengths = wanted ?? (await searchLength(tools, context, maxTokens, turn)).slice(0, Math.min(lengthsKept, request.samples ?? 1)).map((b) => b.length); // prettier-ignore
  const samples = request.samples ?? 1;
  const random = mulberry32(request.seed ?? 0);
  const found = new Map<string, InfillResult>();
  for (const [i, length] of lengths.entries()) {
    const share = Math.floor(samples / lengths.length) + (i < samples % lengths.length ? 1 : 0);
    if (share === 0) continue;
    for (const result of await fill(
      tools,
      request,
      gap,
      context,
      { length, samples: share, bias, random, report: i === 0 },
      turn,
      signal,
    )) {
      const known = found.get(result.text);
      if (!known || known.meanLogp < result.meanLogp) found.set(result.text, result);
    }
  }
  const lines = request.maxLines ?? Infinity;
  return [...found.values()].filter((r) => r.text.split('\n').length - 1 <= lines).sort((a, b) => b.meanLogp - a.meanLogp);
}

/** The blank or line break at a prefix's end that belongs to the gap after it: a token carries its leading space, a line break the indentation after it. */
export function leadOf(prefix: string): string {
  return /(?<=\S) +$|\n$/.exec(prefix.slice(-32))?.[0] ?? '';
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
  return { before: [...context, ...before.slice(before.length - share.before)], after: after.slice(0, share.after), lead };
}

interface Draw {
  readonly length: number;
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
  const one = [...gap.before, ...Array<number>(draw.length).fill(model.config.maskToken), ...gap.after];
  const canvas = Int32Array.from({ length: one.length * draw.samples }, (_, i) => one[i % one.length]!);
  const start = gap.before.length;
  const region = [start, start + draw.length] as const;
  const least = draw.samples === 1 ? request.leastMeanLogp : undefined;
  /** What is still masked counts as certain, so the mean can only fall. */
  const boundOf = (all: Float32Array): number => meanLog(all.subarray(start, start + draw.length));
  const result = await denoise(model, {
    canvas,
    batch: draw.samples,
    region,
    blockLength: draw.length,
    rule: request.rule ?? usualRule,
    cache: 'dual',
    refresh: 'changed',
    context: context.forLength(draw.length),
    temperature: request.temperature ?? 0,
    random: draw.random,
    tokenBias: draw.bias,
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
    const ids = result.canvas.subarray(at, at + draw.length);
    const text = ids.includes(model.config.maskToken) ? '' : tokenizer.decode(ids);
    const confidence = result.confidence.subarray(at, at + draw.length);
    return {
      // The blank stands in the caller's prefix already.
      text: text.slice(gap.lead.length),
      tokens: draw.length,
      meanLogp: meanLog(confidence),
      minConfidence: Math.min(...confidence),
      steps: result.forwards,
    };
  }).filter((r) => Number.isFinite(r.meanLogp) && !r.text.includes('\uFFFD'));
}

function meanLog(probabilities: Float32Array): number {
  return probabilities.reduce((sum, p) => sum + Math.log(p), 0) / probabilities.length;
}

function withoutNewlines(tools: TextTools): Float32Array {
  return tools.textOnly.map((bias, id) => (bias === 0 && tools.tokenizer.textOf(id).includes('\n') ? -1e9 : bias));
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
