import type { CompletionStep, RewriteStep } from '../../diffusion/code-model';
import type { Region } from '../../edits/plan/plan';
import type { DenoisingStep, DenoisingCell } from '../../protocol/denoising';
import type { PlainText } from './line-breaks';

type Tell = (step: DenoisingStep) => void;
type Step = Pick<DenoisingStep, 'canvas' | 'step' | 'range' | 'cells' | 'stepsSoFar'>;

/** Turns steps of the model into what those who show them get, with the speed so far. `now` in milliseconds. */
export function stepTeller(plain: PlainText, device: string, tell: Tell, now?: () => number): (step: RewriteStep) => void {
  const timed = timedTeller(device, tell, now);
  return ({ canvas, step, forwards, tokens }) => {
    const cells = tokens.map(({ text, state, confidence, start, end }): DenoisingCell => ({ text, state, confidence, at: { start: plain.toOriginal(start), end: plain.toOriginal(end) } })); // prettier-ignore
    const range = { start: cells[0]?.at?.start ?? 0, end: cells.at(-1)?.at?.end ?? 0 };
    timed({ canvas, step, range, cells, stepsSoFar: forwards });
  };
}

/** As `stepTeller`, for an answer: it stands for the region as a whole. */
export function answerTeller(plain: PlainText, region: Region, device: string, tell: Tell): (step: CompletionStep) => void {
  const timed = timedTeller(device, tell);
  const range = { start: plain.toOriginal(region.start), end: plain.toOriginal(region.end) };
  return ({ step, tokens }) => {
    timed({ canvas: 0, step, range, cells: [...tokens], stepsSoFar: step });
  };
}

function timedTeller(device: string, tell: Tell, now: () => number = () => performance.now()): (step: Step) => void {
  const began = now();
  let written = 0;
  return (step) => {
    written += step.cells.filter(({ state }) => state === 'unmasked').length;
    const seconds = (now() - began) / 1000;
    tell({ ...step, tokensPerSecond: written > 0 && seconds > 0 ? written / seconds : null, device });
  };
}
