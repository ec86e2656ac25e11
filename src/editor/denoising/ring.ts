/** Which runs the denoising view can show again. No editor in it, and nothing that takes time to load. */
import type { DenoisingStep } from '../../protocol/denoising';
import { recordContext } from '../../protocol/denoising-context';
import type { DenoisingRecord } from '../../protocol/denoising-record';
import type { DenoisingRun } from './run';

/** The last runs, oldest first. They hold the user's code, so they live in memory only and go with the window. */
export class RunRing {
  private readonly kept: DenoisingRun[] = [];
  private nextId = 0;

  constructor(private readonly capacity: number) {}

  get runs(): readonly DenoisingRun[] {
    return this.kept;
  }

  add(run: Omit<DenoisingRun, 'id'>): DenoisingRun {
    const added = { ...run, id: this.nextId++ };
    this.kept.push(added);
    if (this.kept.length > this.capacity) this.kept.shift();
    return added;
  }

  clear(): void {
    this.kept.length = 0;
  }
}

/** The records of a request whose steps came one by one: one for each canvas. `text`: what the steps' ranges count in. */
export function recordsOf(text: string, steps: readonly DenoisingStep[], milliseconds: number): DenoisingRecord[] {
  const byCanvas = new Map<number, DenoisingStep[]>();
  for (const step of steps) {
    const known = byCanvas.get(step.canvas);
    if (known) known.push(step);
    else byCanvas.set(step.canvas, [step]);
  }
  return [...byCanvas.values()].map((own) => {
    const { start, end } = own[0]!.range;
    return {
      before: text.slice(Math.max(0, start - recordContext), start),
      after: text.slice(end, end + recordContext),
      steps: own,
      milliseconds,
      samples: 1,
    };
  });
}
