/** Text after a prompt, up to the end token: LLaDA's block-wise sampler (arXiv 2502.09992), for models that were tuned to answer. */
import type { RunTurn } from '../model/step-model';
import { mulberry32 } from '../model/weights';
import type { Completion, CompletionRequest, CompletionStep } from './code-model';
import { denoise, type DenoiseStep } from './sampler';
import type { TextTools } from './surprise';

/** Tokens that are denoised together; reasons come before what follows from them. */
const blockLength = 48;

/** Where the completions of a batch of canvases stand, and what ends them. */
interface Room {
  readonly length: number;
  /** Half-open, in each canvas. */
  readonly region: readonly [start: number, end: number];
  readonly ends: ReadonlySet<number>;
  readonly maskToken: number;
}

/**
 * `samples` completions in one batch, in the order drawn. Empty where the prompt leaves no room for any. What stands behind the end of every one is not
 * denoised. Throws the signal's reason, between steps.
 */
export async function complete(
  tools: TextTools,
  request: CompletionRequest,
  turn: RunTurn,
  signal?: AbortSignal,
): Promise<Completion[]> {
  const { model, tokenizer } = tools;
  const { maskToken, endToken, maxSequence } = model.config;
  const given = typeof request.prompt === 'string' ? { tokens: tokenizer.encode(request.prompt), ends: [] } : request.prompt;
  const prompt = given.tokens;
  const free = Math.min(request.maxTokens ?? 96, maxSequence - prompt.length);
  if (free < 1) return [];
  const samples = request.samples ?? 1;
  const length = prompt.length + free;
  const room: Room = { length, region: [prompt.length, length], ends: new Set([endToken, ...given.ends]), maskToken };
  const canvas = Int32Array.from({ length: length * samples }, (_, i) => prompt[i % length] ?? maskToken);
  const tokenBias = tools.textOnly.slice();
  for (const end of room.ends) tokenBias[end] = 0;
  const steps = Math.max(1, Math.round(blockLength / (request.tokensPerStep ?? 2)));
  const tell = teller(tools, room, request.onStep);
  tell(canvas);
  let newest: Int32Array = canvas;
  const result = await denoise(model, {
    canvas,
    batch: samples,
    region: room.region,
    blockLength,
    rule: { kind: 'quota', steps },
    cache: 'dual',
    temperature: request.temperature ?? 0,
    random: mulberry32(request.seed ?? 0),
    tokenBias,
    onStep: (step) => {
      newest = step.canvas;
      tell(step.canvas, step.rows[0]);
    },
    giveUp: () => range(samples).every((sample) => hasEnded(newest, sample, room)),
    ...(signal ? { signal } : {}),
    turn,
  });
  return range(samples).map((sample) => {
    const ids = result.canvas.subarray(...place(sample, room));
    const end = ids.findIndex((id) => room.ends.has(id));
    const all = result.confidence.subarray(...place(sample, room));
    const confidence = end < 0 ? all : all.subarray(0, end + 1);
    return {
      text: tokenizer.decode(end < 0 ? ids : ids.subarray(0, end)),
      finished: end >= 0,
      meanLogp: confidence.reduce((sum, p) => sum + Math.log(p), 0) / confidence.length,
    };
  });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Bounds of a sample's completion in [batch, length]. */
function place(sample: number, { length, region }: Room): [number, number] {
  return [sample * length + region[0], sample * length + region[1]];
}

/** True where an end is written and nothing before it is masked. */
function hasEnded(canvases: Int32Array, sample: number, room: Room): boolean {
  const open = canvases.subarray(...place(sample, room)).find((id) => id === room.maskToken || room.ends.has(id));
  return open !== undefined && open !== room.maskToken;
}

/** Tells of the first sample, remembering what earlier steps have told of each position. */
function teller(
  { tokenizer }: TextTools,
  room: Room,
  onStep: CompletionRequest['onStep'],
): (canvas: Int32Array, row?: DenoiseStep['rows'][number]) => void {
  const told = new Map<number, number>();
  let step = 0;
  return (canvas, row) => {
    if (!onStep) return;
    for (const c of [...(row?.candidates ?? []), ...(row?.committed ?? [])]) told.set(c.position, Math.min(1, c.confidence)); // float32 may round above it
    const fresh = new Set(row?.committed.map((c) => c.position));
    const ids = [...canvas.subarray(...place(0, room))];
    const end = ids.findIndex((id) => room.ends.has(id));
    const tokens = (end < 0 ? ids : ids.slice(0, end)).map((id, k): CompletionStep['tokens'][number] => {
      const position = room.region[0] + k;
      const masked = id === room.maskToken;
      return {
        text: masked ? null : tokenizer.textOf(id),
        state: masked ? 'masked' : fresh.has(position) ? 'unmasked' : 'kept',
        confidence: told.get(position) ?? null,
      };
    });
    onStep({ step: step++, tokens });
  };
}
