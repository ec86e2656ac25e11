/** A record as frames to look at: what stands on the canvas after each step, and what is known of it. Pure. */
import type { DenoisingCell, DenoisingStep } from '../../protocol/denoising';
import type { DenoisingRecord } from '../../protocol/denoising-record';

export interface FrameCell {
  readonly text: string | null;
  readonly state: DenoisingCell['state'];
  /** Of what stands here: when it was written, or (masked) when it was last guessed. Null where the model was never asked. */
  readonly confidence: number | null;
  /** Step that wrote what stands here; undefined where it stood before the first step, or is masked. */
  readonly since: number | undefined;
}

export interface Frame {
  readonly step: number;
  readonly cells: readonly FrameCell[];
  /** Cells by what this step did to them. */
  readonly written: number;
  readonly remasked: number;
  /** Cells that hold nothing after this step. */
  readonly masked: number;
}

/** Number of the last frame of a record; frames count from 0. */
export function lastFrame(record: DenoisingRecord): number {
  return record.steps.length - 1;
}

/** The canvas after step `k` of a record. Throws RangeError where it has no such step. */
export function frameAt(record: DenoisingRecord, k: number): Frame {
  const step = record.steps[k];
  if (step === undefined) throw new RangeError(`The record has steps 0 to ${lastFrame(record)}, not ${k}.`);
  let cells: readonly FrameCell[] = [];
  for (let i = 0; i <= k; i++) cells = follow(cells, record.steps[i]!, i);
  const count = (state: DenoisingCell['state']): number => cells.filter((cell) => cell.state === state).length;
  return {
    step: k,
    cells,
    written: count('unmasked'),
    remasked: count('remasked'),
    masked: cells.filter(({ text }) => text === null).length,
  };
}

/** A step says only what it looked at: what is known of a cell that did not change comes from the step before. */
function follow(before: readonly FrameCell[], { cells }: DenoisingStep, index: number): FrameCell[] {
  return cells.map(({ text, state, confidence }, i) => {
    // Where a canvas grew or shrank, what stood at this place says nothing.
    const previous = before.length === cells.length ? before[i] : undefined;
    const same = previous?.text === text && state !== 'unmasked';
    return {
      text,
      state,
      confidence: confidence ?? (same ? previous.confidence : null),
      since: state === 'unmasked' ? index : same && text !== null ? previous.since : undefined,
    };
  });
}

/** How sure the model was, in words and shapes: each level has its own underline, so that it can be told without colours. */
export type Level = 'sure' | 'likely' | 'unsure' | 'doubtful' | 'unknown';

/** Level of a confidence of 0 to 1. */
export function levelOf(confidence: number | null): Level {
  if (confidence === null) return 'unknown';
  if (confidence >= 0.9) return 'sure';
  if (confidence >= 0.6) return 'likely';
  return confidence >= 0.3 ? 'unsure' : 'doubtful';
}

/** The text of a canvas as far as it is written. */
export function textOf(frame: Frame, mask: string): string {
  return frame.cells.map(({ text }) => text ?? mask).join('');
}
