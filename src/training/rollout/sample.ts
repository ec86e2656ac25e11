/** Rollouts: completions drawn by the product's own sampler, in batches that fit memory. */
import { denoise, type CacheKind, type DenoiseResult } from '../../diffusion/sampler';
import type { RemaskOptions } from '../../diffusion/remask';
import { quotas, type UnmaskRule } from '../../diffusion/unmask-rules';
import type { StepModel } from '../../model/step-model';
import type { Rollouts } from '../objectives/rollouts';
import { completionMask } from '../objectives/sft';
import type { Random } from '../random';
import { canvasesAtOnce } from './memory';

export interface SampleOptions {
  /** Token ids of each prompt. Shorter ones are padded on the left to the longest, and the padding is hidden from attention. */
  readonly prompts: readonly ArrayLike<number>[];
  /** Completions of each prompt (G). */
  readonly group: number;
  readonly completionLength: number;
  /** Blocks are denoised from left to right, all canvases in step. */
  readonly blockLength: number;
  /** Denoising steps of a whole completion, shared evenly by its blocks (d1: half as many as tokens); or a rule for each block. */
  readonly schedule: { readonly steps: number } | { readonly rule: UnmaskRule };
  /** 0: arg-max. d1 samples with 0.9. Drawn among the 16 best tokens. */
  readonly temperature: number;
  readonly random: Random;
  readonly cache: CacheKind;
  readonly remask?: RemaskOptions;
  /** Tokens that are never sampled, beside the mask token: every special token but the end token belongs here. */
  readonly forbidden?: readonly number[];
  /** Bounds how many canvases are denoised at once. Default 512. */
  readonly memoryMb?: number;
}

/** Completions of B * G canvases, those of the first prompt first. `hidden` is there only if prompts were padded. */
export interface SampledRollouts extends Rollouts {
  readonly group: number;
  /** [B*G]: tokens up to and including the first end token; the completion's length where there is none. */
  readonly lengths: Int32Array;
  /** [B*G]: counted positions whose committed token was masked again and then written with another. */
  readonly corrected: Int32Array;
  /** Probability of each token when it was committed, [B*G, L]; 1 in blocks that were not sampled. */
  readonly confidence: Float32Array;
  /** Forward passes, each over the canvases of one batch that are not finished yet. */
  readonly forwards: number;
}

/** Keeps a token out of every prediction, and leaves the entropy finite. */
const forbiddenBias = -1e9;

/**
 * Samples `group` completions of each prompt. A canvas whose block holds an end token is finished: blocks after it cannot change what counts (tokens up to
 * the first end token), so they are not sampled and stand filled with end tokens. The draws depend on `random` and on all options, `memoryMb` among them,
 * and on nothing else. Throws Error for canvases that are longer than the model's positions; throws `signal.reason` when aborted, between steps.
 */
export async function sampleCompletions(
  model: StepModel,
  options: SampleOptions,
  signal?: AbortSignal,
): Promise<SampledRollouts> {
  const state = blankRollouts(model, options);
  const size = canvasesAtOnce(model.config, state.length, options.group, (options.memoryMb ?? 512) * 2 ** 20);
  for (let first = 0; first < state.batch; first += size) {
    const canvases = Array.from({ length: Math.min(size, state.batch - first) }, (_, i) => first + i);
    await sampleTogether(model, options, state, canvases, signal);
  }
  return finished(model, options, state);
}

/** All canvases, as they fill up; lives only inside `sampleCompletions`. */
interface State {
  readonly batch: number;
  readonly promptLength: number;
  readonly length: number;
  /** [B*G, P+L]. */
  readonly canvas: Int32Array;
  readonly hidden: Uint8Array | undefined;
  readonly confidence: Float32Array;
  readonly correctedAt: Uint8Array;
  readonly tokenBias: Float32Array;
  forwards: number;
}

function blankRollouts(model: StepModel, options: SampleOptions): State {
  const { prompts, group, completionLength } = options;
  const { vocabulary, maskToken, endToken } = model.config;
  const promptLength = Math.max(0, ...prompts.map((p) => p.length));
  const [batch, length] = [prompts.length * group, promptLength + completionLength];
  if (batch === 0 || length > model.maxPositions)
    throw new Error(`cannot sample ${batch} canvases of ${length} tokens: the model takes up to ${model.maxPositions}`);
  const canvas = new Int32Array(batch * length).fill(maskToken);
  const hidden = new Uint8Array(batch * length);
  for (let b = 0; b < batch; b++) {
    const prompt = prompts[Math.floor(b / group)]!;
    const padding = promptLength - prompt.length;
    canvas.fill(endToken, b * length, b * length + padding);
    canvas.set(Array.from(prompt), b * length + padding);
    hidden.fill(1, b * length, b * length + padding);
  }
  const tokenBias = new Float32Array(vocabulary);
  for (const token of [maskToken, ...(options.forbidden ?? [])]) tokenBias[token] = forbiddenBias;
  return {
    batch,
    promptLength,
    length,
    canvas,
    hidden: hidden.includes(1) ? hidden : undefined,
    confidence: new Float32Array(batch * length).fill(1),
    correctedAt: new Uint8Array(batch * length),
    tokenBias,
    forwards: 0,
  };
}

/** Denoises some canvases block by block; whichever holds an end token leaves after its block. */
async function sampleTogether(
  model: StepModel,
  options: SampleOptions,
  state: State,
  canvases: readonly number[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { length, promptLength } = state;
  const blocks = Math.ceil(options.completionLength / options.blockLength);
  let open = canvases;
  for (let block = 0; block < blocks && open.length > 0; block++) {
    const start = promptLength + block * options.blockLength;
    const end = Math.min(start + options.blockLength, length);
    const result = await denoise(model, {
      canvas: gatherRows(state.canvas, open, length),
      batch: open.length,
      region: [start, end],
      blockLength: end - start,
      rule: ruleOf(options, block, blocks),
      cache: options.cache,
      temperature: options.temperature,
      random: () => options.random.uniform(),
      tokenBias: state.tokenBias,
      ...(options.remask ? { remask: options.remask } : {}),
      ...(state.hidden ? { padding: gatherRows(state.hidden, open, length) } : {}),
      ...(signal ? { signal } : {}),
    });
    keep(state, open, start, end, result);
    open = open.filter((b) => !state.canvas.subarray(b * length + start, b * length + end).includes(model.config.endToken));
  }
}

function ruleOf({ schedule }: SampleOptions, block: number, blocks: number): UnmaskRule {
  if ('rule' in schedule) return schedule.rule;
  if (schedule.steps < blocks) throw new Error(`${schedule.steps} steps are too few for ${blocks} blocks`);
  return { kind: 'quota', steps: quotas(schedule.steps, blocks)[block]! };
}

function gatherRows<T extends Int32Array | Uint8Array>(values: T, rows: readonly number[], length: number): T {
  const out = values.slice(0, rows.length * length) as T;
  rows.forEach((row, i) => {
    out.set(values.subarray(row * length, (row + 1) * length), i * length);
  });
  return out;
}

function keep(state: State, open: readonly number[], start: number, end: number, result: DenoiseResult): void {
  const { length } = state;
  open.forEach((b, i) => {
    const from = [i * length + start, i * length + end] as const;
    const to = b * length + start;
    state.canvas.set(result.canvas.subarray(...from), to);
    state.confidence.set(result.confidence.subarray(...from), to);
    state.correctedAt.set(result.correctedAt.subarray(...from), to);
  });
  state.forwards += result.forwards;
}

function finished(model: StepModel, options: SampleOptions, state: State): SampledRollouts {
  const { batch, promptLength, length } = state;
  const { completionLength, group } = options;
  const { maskToken, endToken } = model.config;
  const columns = <T extends Int32Array | Uint8Array | Float32Array>(values: T, from: number, to: number): T => {
    const out = values.slice(0, batch * (to - from)) as T;
    for (let b = 0; b < batch; b++) out.set(values.subarray(b * length + from, b * length + to), b * (to - from));
    return out;
  };
  const completions = columns(state.canvas, promptLength, length).map((token) => (token === maskToken ? endToken : token));
  const counted = completionMask(completions, completionLength, endToken);
  const correctedAt = columns(state.correctedAt, promptLength, length);
  const sums = (count: (i: number) => number): Int32Array => {
    const out = new Int32Array(batch);
    for (let i = 0; i < counted.length; i++) out[Math.floor(i / completionLength)]! += count(i);
    return out;
  };
  return {
    batch,
    group,
    promptLength,
    completionLength,
    prompts: columns(state.canvas, 0, promptLength),
    completions,
    counted,
    ...(state.hidden ? { hidden: state.hidden } : {}),
    lengths: sums((i) => counted[i]!),
    corrected: sums((i) => counted[i]! * correctedAt[i]!),
    confidence: columns(state.confidence, promptLength, length),
    forwards: state.forwards,
  };
}

/** Tokens of rollout `b` before its first end token: what a tokenizer turns into the text that rewards see. */
export function completionTokens(rollouts: Rollouts, b: number, endToken: number): Int32Array {
  const { completions, completionLength } = rollouts;
  const row = completions.slice(b * completionLength, (b + 1) * completionLength);
  const end = row.indexOf(endToken);
  return end < 0 ? row : row.subarray(0, end);
}
