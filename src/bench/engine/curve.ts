/** Speed against quality of gap filling: each sampler setting on the same held-out gaps, against one token a step and against autoregression. */
import { denoise, type CacheKind } from '../../diffusion/sampler';
import type { UnmaskRule } from '../../diffusion/unmask-rules';
import type { StepModel } from '../../model/step-model';
import type { AutoregressiveDecoder } from './autoregressive';
import type { GapTask } from './corpus';
import { mean, rounded } from './timing';

export interface Setting {
  readonly name: string;
  readonly rule: UnmaskRule;
  readonly block: number;
  readonly cache: CacheKind;
  readonly refresh: 'block' | 'changed' | 'once';
}

export interface CurvePoint {
  readonly setting: string;
  readonly milliseconds: number;
  readonly tokens_per_second: number;
  readonly forwards: number;
  readonly ratio_vs_ar: number;
  readonly ratio_vs_uncached: number;
  /** Share of tokens equal to the held-out code's. */
  readonly token_accuracy: number;
  /** Share of tokens equal to one-token-a-step decoding without a cache, and of gaps equal as a whole. */
  readonly agreement: number;
  readonly exact_match: number;
  /** Mean log-probability of the filled tokens, each hidden in turn (every fourth at a time): is the text coherent by the model's own lights? */
  readonly coherence: number;
}

/** The uncached LLaDA sampler, one token a step: the reference of quality, and opponent (b). */
export function reference(gap: number): Setting {
  return {
    name: 'llada-uncached-1-token-a-step',
    rule: { kind: 'quota', steps: Math.min(32, gap) },
    block: Math.min(32, gap),
    cache: 'none',
    refresh: 'block',
  };
}

export function settings(gap: number): Setting[] {
  const of = (name: string, rule: UnmaskRule, block: number): Setting => ({
    name: `${name}/block${block}/dual`,
    rule,
    block,
    cache: 'dual',
    refresh: 'changed',
  });
  const once = (name: string, rule: UnmaskRule, block: number): Setting => ({
    ...of(name, rule, block),
    name: `${name}/block${block}/once`,
    refresh: 'once',
  });
  const quota = (steps: number, block: number): Setting => of(`${steps}-steps`, { kind: 'quota', steps }, block);
  const cachedReferences: Setting[] = [
    { ...reference(gap), name: 'llada-prefix-cache-1-token-a-step', cache: 'prefix' },
    { ...reference(gap), name: 'llada-dual-cache-1-token-a-step', cache: 'dual' },
  ];
  const blocks = [32, 16, 8].flatMap((block) =>
    [1, 2, 4, 8].filter((n) => n < block).map((steps) => once(`${steps}-steps`, { kind: 'quota', steps }, block)),
  );
  const whole = [16, 8, 4, 2, 1].map((steps) => quota(steps, gap));
  // Long gaps take minutes a setting; what tells least apart is left out there.
  if (gap > 64) return [...cachedReferences.slice(1), ...blocks, ...whole];
  return [
    ...cachedReferences,
    quota(gap, gap),
    ...whole,
    ...blocks,
    ...[16, 8].flatMap((block) => [1, 2, 4].map((factor) => once(`factor-${factor}`, { kind: 'factor', factor }, block))),
    ...[0.9, 0.7, 0.5, 0.3].map((threshold) => of(`threshold-${threshold}`, { kind: 'threshold', threshold }, gap)),
    ...[1, 4].map((factor) => of(`factor-${factor}`, { kind: 'factor', factor }, gap)),
    ...[2, 8].map((gamma) => of(`entropy-${gamma}`, { kind: 'entropy', gamma }, gap)),
  ];
}

interface Run {
  readonly filled: readonly (readonly number[])[];
  readonly milliseconds: number;
  readonly forwards: number;
}

export async function fillAll(
  model: StepModel,
  tasks: readonly GapTask[],
  setting: Setting,
  tokenBias: Float32Array,
  signal: AbortSignal,
): Promise<Run> {
  const filled: number[][] = [];
  let milliseconds = 0;
  let forwards = 0;
  for (const t of tasks) {
    const start = performance.now();
    const region = [t.before.length, t.before.length + t.truth.length] as const;
    const canvas = Int32Array.from([...t.before, ...t.truth.map(() => model.config.maskToken), ...t.after]);
    const result = await denoise(model, {
      canvas,
      batch: 1,
      region,
      blockLength: setting.block,
      rule: setting.rule,
      cache: setting.cache,
      refresh: setting.refresh,
      tokenBias,
      signal,
    });
    milliseconds += performance.now() - start;
    forwards += result.forwards;
    filled.push(Array.from(result.canvas.subarray(...region)));
  }
  return { filled, milliseconds: milliseconds / tasks.length, forwards: forwards / tasks.length };
}

export async function autoregressiveTime(
  decoder: AutoregressiveDecoder,
  tasks: readonly GapTask[],
  signal: AbortSignal,
): Promise<number> {
  const times: number[] = [];
  for (const t of tasks) {
    signal.throwIfAborted();
    const start = performance.now();
    await decoder.decode(t.before, t.truth.length);
    times.push(performance.now() - start);
  }
  return mean(times);
}

export async function curvePoint(
  model: StepModel,
  tasks: readonly GapTask[],
  setting: Setting,
  run: Run,
  base: { readonly reference: Run; readonly ar: number; readonly tokenBias: Float32Array },
): Promise<CurvePoint> {
  const gap = tasks[0]!.truth.length;
  const same = (a: readonly number[], b: readonly number[]): number => a.filter((t, i) => t === b[i]).length / a.length;
  return {
    setting: setting.name,
    milliseconds: rounded(run.milliseconds),
    tokens_per_second: rounded((1000 * gap) / run.milliseconds),
    forwards: rounded(run.forwards),
    ratio_vs_ar: rounded(base.ar / run.milliseconds),
    ratio_vs_uncached: rounded(base.reference.milliseconds / run.milliseconds),
    token_accuracy: rounded(mean(tasks.map((t, i) => same(run.filled[i]!, t.truth)))),
    agreement: rounded(mean(tasks.map((_, i) => same(run.filled[i]!, base.reference.filled[i]!)))),
    exact_match: rounded(mean(tasks.map((_, i) => (same(run.filled[i]!, base.reference.filled[i]!) === 1 ? 1 : 0)))),
    coherence: rounded(mean(await Promise.all(tasks.map((t, i) => coherence(model, t, run.filled[i]!, base.tokenBias))))),
  };
}

const strides = 4;

async function coherence(model: StepModel, task: GapTask, filled: readonly number[], tokenBias: Float32Array): Promise<number> {
  const canvas = [...task.before, ...filled, ...task.after];
  let sum = 0;
  for (let r = 0; r < strides; r++) {
    const hidden = filled.flatMap((_, i) => (i % strides === r ? [task.before.length + i] : []));
    const ids = canvas.map((id, p) => (hidden.includes(p) ? model.config.maskToken : id));
    const { targetLogp } = await model.step({
      batch: 1,
      ids,
      rows: ids.map((_, i) => i),
      queries: hidden,
      targets: { ids: hidden.map((p) => canvas[p]!), perQuery: 1 },
      tokenBias,
    });
    sum += targetLogp!.reduce((a, b) => a + b, 0);
  }
  return sum / filled.length;
}
