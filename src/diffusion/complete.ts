/** Text after a prompt, up to the end token: LLaDA's block-wise sampler (arXiv 2502.09992), for models that were tuned to answer. */
import type { RunTurn } from '../model/step-model';
import { mulberry32 } from '../model/weights';
import type { Completion, CompletionRequest } from './code-model';
import { denoise } from './sampler';
import type { TextTools } from './surprise';

/** Tokens that are denoised together; reasons come before what follows from them. */
const blockLength = 48;

/**
 * `samples` completions in one batch, in the order drawn. Empty where the prompt leaves no room for any. Throws the signal's reason, between steps.
 */
export async function complete(
  tools: TextTools,
  request: CompletionRequest,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<Completion[]> {
  const { model, tokenizer } = tools;
  const { maskToken, endToken, maxSequence } = model.config;
  const prompt = tokenizer.encode(request.prompt);
  const room = Math.min(request.maxTokens ?? 96, maxSequence - prompt.length);
  if (room < 1) return [];
  const samples = request.samples ?? 1;
  const length = prompt.length + room;
  const canvas = Int32Array.from({ length: length * samples }, (_, i) => prompt[i % length] ?? maskToken);
  const tokenBias = tools.textOnly.slice();
  tokenBias[endToken] = 0;
  const steps = Math.max(1, Math.round(blockLength / (request.tokensPerStep ?? 2)));
  const result = await denoise(model, {
    canvas,
    batch: samples,
    region: [prompt.length, length],
    blockLength,
    rule: { kind: 'quota', steps },
    cache: 'dual',
    temperature: request.temperature ?? 0,
    random: mulberry32(request.seed ?? 0),
    tokenBias,
    ...(signal ? { signal } : {}),
    turn,
  });
  return Array.from({ length: samples }, (_, b) => {
    const from = b * length + prompt.length;
    const ids = result.canvas.subarray(from, from + room);
    const end = ids.indexOf(endToken);
    const confidence = result.confidence.subarray(from, from + (end < 0 ? room : end + 1));
    return {
      text: tokenizer.decode(end < 0 ? ids : ids.subarray(0, end)),
      finished: end >= 0,
      meanLogp: confidence.reduce((sum, p) => sum + Math.log(p), 0) / confidence.length,
    };
  });
}
