/** `unmask bench engine`: speed and quality of the engine's own parts, in the engine process, in one run. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { textOnlyBias } from '../diffusion/text-model';
import { cpuLowering } from '../model/lowerings/cpu';
import { readNetwork } from '../model/network';
import { StepModel } from '../model/step-model';
import { CodeTokenizer } from '../model/tokenizer';
import { AutoregressiveDecoder } from './engine/autoregressive';
import { gapTasks } from './engine/corpus';
import { autoregressiveTime, curvePoint, fillAll, reference, settings, type CurvePoint } from './engine/curve';
import { measureRoof, stepFlops } from './engine/roof';
import { rounded, timings } from './engine/timing';

export interface BenchContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { message: string; fraction?: number }) => void;
}

/** Prefix and suffix tokens around a gap: with 64 it fills two thirds of the embedded model's sequence. */
const sizes = { 64: { before: 64, gap: 64, after: 32 }, 256: { before: 32, gap: 256, after: 16 } } as const;
/**
 * "Equal quality" is accuracy on held-out code within a point of the reference's. That is blind to text that does not hang together, so the ratio at
 * equal coherence (within this many nats a token) is given beside it.
 */
const accuracyMargin = 0.01;
const coherenceMargin = 0.05;

export async function benchEngine(
  { quick }: { readonly quick: boolean },
  context: BenchContext,
): Promise<Record<string, unknown>> {
  const root = path.join(__dirname, '..', ...(path.basename(__dirname) === 'bench' ? ['..'] : []));
  const dir = path.join(root, 'model-assets', 'unmask-tiny');
  const threads = Math.min(8, availableParallelism());
  const { config, weights } = await readNetwork(dir);
  const tokenizer = await CodeTokenizer.load(dir);
  const model = await StepModel.create(config, weights, { lowering: cpuLowering, threads });
  const ar = await AutoregressiveDecoder.create(config, weights, threads);
  try {
    context.onProgress({ message: 'measuring single steps', fraction: 0 });
    const repeats = quick ? 5 : 20;
    const roof = await measureRoof(threads, repeats);
    const steps = await stepTimes(model, repeats, roof);
    const parts = { model, ar, tokenizer, root, context };
    const at64 = await curve(parts, 64, quick ? 3 : 24, 0.1, 0.6);
    const at256 = await curve(parts, 256, quick ? 1 : 3, 0.6, 1);
    return { threads, roof_gflops: rounded(roof), ...steps, ...at64, ...at256 };
  } finally {
    await Promise.all([model.dispose(), ar.dispose()]);
  }
}

/** A full forward, and cached steps by rows computed. */
async function stepTimes(model: StepModel, repeats: number, roof: number): Promise<Record<string, unknown>> {
  const c = model.config;
  const length = c.maxSequence;
  const ids = Int32Array.from({ length }, (_, i) => 300 + i);
  const rows = Array.from(ids.keys());
  const full = { batch: 1, ids, rows, queries: rows.slice(0, 64) };
  const { cache } = await model.step({ ...full, want: { cache: true } });
  const [best] = await timings(repeats, () => model.step(full));
  const flops = stepFlops(c, length, length, 64);
  const byRows: Record<string, number> = {};
  for (const n of [1, 8, 16, 32, 64, 256]) {
    const block = rows.slice(0, n);
    const [ms] = await timings(repeats, () =>
      model.step({ batch: 1, ids: ids.subarray(0, n), rows: block, cache, queries: block.slice(0, 64) }),
    );
    byRows[n] = rounded(ms!);
  }
  return {
    full_step_ms: rounded(best!),
    full_step_gflops: rounded(flops / best! / 1e6),
    roof_share_full_step: rounded(flops / best! / 1e6 / roof),
    cached_step_ms_by_rows: byRows,
  };
}

interface Parts {
  readonly model: StepModel;
  readonly ar: AutoregressiveDecoder;
  readonly tokenizer: CodeTokenizer;
  readonly root: string;
  readonly context: BenchContext;
}

async function curve(parts: Parts, gap: 64 | 256, count: number, from: number, to: number): Promise<Record<string, unknown>> {
  const { model, ar, context } = parts;
  const tasks = await gapTasks(parts.root, parts.tokenizer, count, sizes[gap]);
  const tokenBias = textOnlyBias(model, parts.tokenizer);
  const say = (message: string, done: number): void => {
    context.onProgress({ message: `gaps of ${gap} tokens: ${message}`, fraction: from + (to - from) * done });
  };
  await autoregressiveTime(ar, tasks.slice(0, 1), context.signal); // warm-up
  say('one token a step, uncached', 0);
  const base = await fillAll(model, tasks, reference(gap), tokenBias, context.signal);
  const list = settings(gap);
  const points: CurvePoint[] = [];
  const arTimes: number[] = [];
  const comparison = (arMs: number) => ({ reference: base, ar: arMs, tokenBias });
  for (const [i, setting] of list.entries()) {
    say(setting.name, 0.3 + (0.7 * i) / list.length);
    // Timed beside its opponent, since the machine's speed drifts.
    const arMs = await autoregressiveTime(ar, tasks.slice(0, Math.max(1, Math.ceil(count / 4))), context.signal);
    arTimes.push(arMs);
    points.push(
      await curvePoint(model, tasks, setting, await fillAll(model, tasks, setting, tokenBias, context.signal), comparison(arMs)),
    );
  }
  const own = await curvePoint(
    model,
    tasks,
    reference(gap),
    base,
    comparison(arTimes.reduce((a, b) => a + b, 0) / arTimes.length),
  );
  const fastest = (among: CurvePoint[]): CurvePoint | undefined =>
    among.reduce<CurvePoint | undefined>((a, b) => (!a || b.ratio_vs_ar > a.ratio_vs_ar ? b : a), undefined);
  const equal = fastest(points.filter((p) => p.token_accuracy >= own.token_accuracy - accuracyMargin));
  const coherent = fastest(points.filter((p) => p.coherence >= own.coherence - coherenceMargin));
  return {
    [`gaps_${gap}`]: tasks.length,
    [`ar_ms_${gap}`]: rounded(arTimes.reduce((a, b) => Math.min(a, b), Infinity)),
    [`setting_at_equal_quality_${gap}`]: equal?.setting ?? null,
    [`ratio_vs_ar_${gap}`]: equal?.ratio_vs_ar ?? null,
    [`ratio_vs_uncached_${gap}`]: equal?.ratio_vs_uncached ?? null,
    [`setting_at_equal_coherence_${gap}`]: coherent?.setting ?? null,
    [`ratio_vs_ar_${gap}_at_equal_coherence`]: coherent?.ratio_vs_ar ?? null,
    [`ratio_vs_uncached_${gap}_at_equal_coherence`]: coherent?.ratio_vs_uncached ?? null,
    [`curve_${gap}`]: [own, ...points],
  };
}
