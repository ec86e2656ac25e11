/** Prompts and their completions as canvases. */
import type { Batch } from '../batch';
import { maskedBatch } from '../objectives/masked';
import type { Example } from '../objectives/sft';
import type { Random } from '../random';

/** Superfluous masks after a completion, at most: what follows an answer is the end, however much room there is. */
const mostSpare = 24;

export interface CanvasOptions {
  readonly length: number;
  readonly maskToken: number;
  readonly endToken: number;
}

/**
 * Prompt, completion, and end tokens as far as the room drawn for it, all of which are masked and learnt as in LLaDA (arXiv 2502.09992, section 2.3): the sampler starts
 * from canvases with room to spare. What lies behind is hidden.
 */
export function canvasBatch(examples: readonly Example[], o: CanvasOptions, random: Random): Batch {
  const { length, maskToken, endToken } = o;
  const size = examples.length * length;
  const ids = new Int32Array(size).fill(endToken);
  const [learnt, hidden] = [new Uint8Array(size), new Uint8Array(size)];
  examples.forEach(({ prompt, completion }, b) => {
    const used = prompt.length + completion.length;
    const end = Math.min(length, used + 1 + random.below(mostSpare));
    ids.set([...prompt, ...completion], b * length);
    learnt.fill(1, b * length + prompt.length, b * length + end);
    hidden.fill(1, b * length + end, (b + 1) * length);
  });
  const noise = { levels: 'stratified', masks: 'counted' } as const;
  return maskedBatch({ batch: examples.length, length, ids, learnt, hidden }, { maskToken, noise }, random);
}
