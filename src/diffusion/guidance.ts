/** Classifier-free guidance as in LLaDA's generate.py: logits = uncond + (scale + 1) (cond - uncond), the prompt being masked in `uncond`. */
import { topCandidates } from '../model/step-graph';
import type { RunTurn, StepModel, StepRequest, StepResult } from '../model/step-model';

/** A guided step: the batch is doubled, and the logits are combined in JavaScript (rare, so not in the graph). Whole canvases only. */
export async function guidedResult(
  model: StepModel,
  request: StepRequest,
  guidance: { readonly scale: number; readonly prompt: number },
  turn?: RunTurn,
): Promise<StepResult> {
  const { batch, rows } = request;
  const count = rows.length;
  const ids = new Int32Array(2 * batch * count);
  for (let i = 0; i < batch * count; i++) {
    ids[i] = request.ids[i]!;
    ids[batch * count + i] = i % count < guidance.prompt ? model.config.maskToken : request.ids[i]!;
  }
  const n = request.queries.length;
  const queries = Array.from({ length: 2 * n }, (_, i) =>
    i < n ? request.queries[i]! : request.queries[i - n]! + batch * count,
  );
  const hidden = request.hidden && { ...request.hidden, mask: Uint8Array.from([...request.hidden.mask, ...request.hidden.mask]) };
  const { logits } = await model.step(
    { ...request, batch: 2 * batch, ids, queries, hidden, targets: undefined, want: { logits: true } },
    turn,
  );
  return bestOf(logits!, n, model.config.vocabulary, guidance.scale);
}

function bestOf(logits: Float32Array, n: number, vocabulary: number, scale: number): StepResult {
  const topP = new Float32Array(n * topCandidates);
  const topId = new Int32Array(n * topCandidates);
  for (let row = 0; row < n; row++) {
    const mixed = new Float64Array(vocabulary);
    for (let t = 0; t < vocabulary; t++) {
      const conditional = logits[row * vocabulary + t]!;
      const unconditional = logits[(n + row) * vocabulary + t]!;
      mixed[t] = unconditional + (scale + 1) * (conditional - unconditional);
    }
    const max = mixed.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = mixed.reduce((sum, v) => sum + Math.exp(v - max), 0);
    const ranked = Array.from(mixed.keys()).sort((a, b) => mixed[b]! - mixed[a]!);
    for (let k = 0; k < topCandidates; k++) {
      topId[row * topCandidates + k] = ranked[k]!;
      topP[row * topCandidates + k] = Math.exp(mixed[ranked[k]!]! - max) / total;
    }
  }
  return { topP, topId };
}
