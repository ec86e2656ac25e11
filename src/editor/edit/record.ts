/** Records of an edit's canvases, for the denoising view, from the steps that were shown while it ran. */
import type { DenoisingStep } from '../../protocol/denoising';
import { recordContext } from '../../protocol/denoising-context';
import type { DenoisingRecord } from '../../protocol/denoising-record';

/** A step and when it came, in milliseconds since the request. */
export interface SeenStep {
  readonly step: DenoisingStep;
  readonly at: number;
}

/** One record for each canvas, in the order in which they began; `text` is what the steps' ranges count in. */
export function recordsOf(seen: readonly SeenStep[], text: string): DenoisingRecord[] {
  const canvases = new Map<number, SeenStep[]>();
  for (const one of seen) {
    const known = canvases.get(one.step.canvas);
    if (known) known.push(one);
    else canvases.set(one.step.canvas, [one]);
  }
  let began = 0;
  return Array.from(canvases.values(), (steps) => {
    const { range } = steps[0]!.step;
    const ended = steps.at(-1)!.at;
    const milliseconds = Math.max(0, ended - began);
    began = ended;
    return {
      before: text.slice(Math.max(0, range.start - recordContext), range.start),
      after: text.slice(range.end, range.end + recordContext),
      steps: steps.map(({ step }) => step),
      milliseconds,
      samples: 1,
    };
  });
}
