import type { RewriteStep } from '../../diffusion/code-model';
import type { DenoisingStep, DenoisingCell } from '../../protocol/denoising';
import type { PlainText } from './line-breaks';

/** Turns steps of the model into what those who show them get, with the speed so far. `now` in milliseconds. */
export function stepTeller(
  plain: PlainText,
  device: string,
  tell: (step: DenoisingStep) => void,
  now: () => number = () => performance.now(),
): (step: RewriteStep) => void {
  const began = now();
  let written = 0;
  return ({ canvas, step, forwards, tokens }) => {
    const cells = tokens.map(({ text, state, confidence, start, end }): DenoisingCell => ({ text, state, confidence, at: { start: plain.toOriginal(start), end: plain.toOriginal(end) } })); // prettier-ignore
    written += cells.filter(({ state }) => state === 'unmasked').length;
    const seconds = (now() - began) / 1000;
    tell({
      canvas,
      step,
      range: { start: cells[0]?.at?.start ?? 0, end: cells.at(-1)?.at?.end ?? 0 },
      cells,
      stepsSoFar: forwards,
      tokensPerSecond: written > 0 && seconds > 0 ? written / seconds : null,
      device,
    });
  };
}
