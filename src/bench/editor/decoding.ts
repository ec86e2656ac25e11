/** Ghost text against the same network decoding token by token: as many tokens, after as much context, through the same graph builder and runtime. */
import path from 'node:path';
import { readManifest } from '../../diffusion/load';
import { openGate } from '../../diffusion/run-gate';
import { textModel } from '../../diffusion/text-model';
import { tailTokens } from '../../diffusion/window';
import { cpuLowering } from '../../model/lowerings/cpu';
import { readNetwork } from '../../model/network';
import { StepModel } from '../../model/step-model';
import { CodeTokenizer } from '../../model/tokenizer';
import { AutoregressiveDecoder } from '../engine/autoregressive';
import { cursors } from '../engine/ghost';
import { mean, quantile, rounded } from '../engine/timing';
import type { Decoding, Job } from './job';

/** As the editor asks. */
const maxTokens = 48;

interface Sample {
  readonly tokens: number;
  readonly infill: number;
  readonly autoregressive: number;
}

export async function measureDecoding(job: Job, signal: AbortSignal, onCursor: (done: number) => void): Promise<Decoding> {
  const dir = path.join(job.root, 'model-assets', 'unmask-tiny');
  const { config, weights } = await readNetwork(dir);
  const tokenizer = await CodeTokenizer.load(dir);
  const step = await StepModel.create(config, weights, { lowering: cpuLowering, threads: job.threads });
  const decoder = await AutoregressiveDecoder.create(config, weights, job.threads);
  const traits = { ...(await readManifest(dir)), id: 'embedded' };
  const model = textModel(traits, step, tokenizer, openGate);
  try {
    const samples: Sample[] = [];
    const places = await cursors(job.root, job.cursors);
    for (const [i, { prefix, suffix }] of [places[0]!, ...places].entries()) {
      signal.throwIfAborted();
      const began = performance.now();
      const [answer] = await model.infill({ prefix, suffix, maxTokens, maxLines: 0 }, { signal });
      const infill = performance.now() - began;
      if (!answer) continue;
      // What a left-to-right decoder would be given: as many tokens of context as the infill sees, those after the gap among them.
      const prompt = tailTokens(tokenizer, `${suffix.slice(0, 300)}${prefix}`, config.maxSequence - maxTokens);
      const start = performance.now();
      await decoder.decode(prompt, answer.tokens);
      const sample = { tokens: answer.tokens, infill, autoregressive: performance.now() - start };
      if (i > 0) samples.push(sample); // the first is run twice, to warm up
      onCursor(i);
    }
    return summary(samples);
  } finally {
    await Promise.all([step.dispose(), decoder.dispose()]);
  }
}

function summary(samples: readonly Sample[]): Decoding {
  const sorted = (value: (sample: Sample) => number): number[] => samples.map(value).sort((a, b) => a - b);
  const [infill, autoregressive] = [sorted((s) => s.infill), sorted((s) => s.autoregressive)];
  const ratioOf = (some: readonly Sample[]): number | null =>
    some.length === 0 ? null : rounded(mean(some.map((s) => s.autoregressive)) / mean(some.map((s) => s.infill)));
  const between = (from: number, to: number): number | null => ratioOf(samples.filter((s) => s.tokens >= from && s.tokens <= to));
  return {
    cursors: samples.length,
    infill_p50_ms: rounded(quantile(infill, 0.5)),
    infill_p95_ms: rounded(quantile(infill, 0.95)),
    autoregressive_p50_ms: rounded(quantile(autoregressive, 0.5)),
    autoregressive_p95_ms: rounded(quantile(autoregressive, 0.95)),
    tokens_mean: rounded(mean(samples.map((s) => s.tokens))),
    ratio_vs_autoregressive: ratioOf(samples),
    ratio_vs_autoregressive_by_tokens: { '1-4': between(1, 4), '5-16': between(5, 16), '17-48': between(17, 48) },
  };
}
