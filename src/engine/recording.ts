/** Listens to a model's infills and keeps each canvas from its first step to its last. */
import type { CodeModel, InfillRequest, InfillStep } from '../diffusion/code-model';
import { leadOf } from '../diffusion/window';
import type { DenoisingCell, DenoisingStep } from '../protocol/denoising';
import { recordContext } from '../protocol/denoising-context';
import type { DenoisingRecord } from '../protocol/denoising-record';

export interface RecordingOptions {
  readonly onRecord: (record: DenoisingRecord) => void;
  /** Infills that begin sooner than this after one that was recorded are not: who watches could not follow. Default 0. */
  readonly pauseMs?: number;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** The same model, whose infills are recorded. What fails or is cancelled leaves no record. */
export function recording(
  model: CodeModel,
  { onRecord, pauseMs = 0, now = () => performance.now() }: RecordingOptions,
): CodeModel {
  let canvases = 0;
  let quietUntil = -Infinity;
  return {
    ...model,
    async infill(request, control) {
      const began = now();
      if (began < quietUntil) return model.infill(request, control);
      quietUntil = began + pauseMs;
      const steps: DenoisingStep[] = [];
      const canvas = canvases++;
      const facts = { canvas, range: rangeOf(request), device: model.info.device };
      let written = 0;
      const onStep = (step: InfillStep): void => {
        request.onStep?.(step);
        const cells = step.tokens.map(cellOf);
        written += cells.filter(({ state }) => state === 'unmasked').length;
        if (steps.length === 0) steps.push({ ...facts, step: 0, cells: cells.map(masked), stepsSoFar: 0, tokensPerSecond: null });
        const seconds = Math.max(1e-3, (now() - began) / 1000);
        steps.push({ ...facts, step: steps.length, cells, stepsSoFar: steps.length, tokensPerSecond: written / seconds });
      };
      const results = await model.infill({ ...request, onStep }, control);
      if (steps.length > 0)
        onRecord({ ...contextOf(request), steps, milliseconds: now() - began, samples: request.samples ?? 1 });
      return results;
    },
  };
}

/** The gap in `prefix + suffix`; a blank or line break before it belongs to the canvas. */
function rangeOf({ prefix }: InfillRequest): DenoisingStep['range'] {
  return { start: prefix.length - leadOf(prefix).length, end: prefix.length };
}

function contextOf(request: InfillRequest): { before: string; after: string } {
  const { start } = rangeOf(request);
  return {
    before: request.prefix.slice(Math.max(0, start - recordContext), start),
    after: request.suffix.slice(0, recordContext),
  };
}

function cellOf({ text, confidence, changed }: InfillStep['tokens'][number]): DenoisingCell {
  const known = Math.min(1, confidence); // float32 may round above it
  if (changed === 'unmasked') return { text, state: 'unmasked', confidence: known };
  if (changed === 'remasked') return { text, state: 'remasked', confidence: null };
  return text === null ? { text, state: 'masked', confidence: known } : { text, state: 'kept', confidence: null };
}

function masked(): DenoisingCell {
  return { text: null, state: 'masked', confidence: null };
}
