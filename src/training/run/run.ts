/** The loop that every training is: batches from a stream, updates, and checkpoints in between. */
import { CheckpointError, checkpointFiles, saveCheckpoint, type Json } from '../checkpoint';
import type { Parameter } from '../parameters';
import type { Trainer, UpdateOutcome } from '../trainer';
import type { RunPosition } from './resume';
import type { BatchStream } from './stream';

export interface CheckpointOptions {
  readonly folder: string;
  /** Seconds between checkpoints; what is lost when the process is killed. 0: after each update. Default 60. */
  readonly everySeconds?: number;
  /** Number that are kept, at least 2. Default 2. */
  readonly keep?: number;
}

export interface RunOptions {
  readonly trainer: Trainer;
  readonly stream: BatchStream;
  /** All weights that a checkpoint must hold. */
  readonly weights: readonly Parameter[];
  /** Ends when the training as a whole has had so many updates or minutes, whichever comes first, its earlier processes included. */
  readonly until: { readonly updates?: number; readonly minutes?: number };
  /** Ends early; the update in flight is given up, and the last checkpoint is that of the update before. */
  readonly signal?: AbortSignal;
  readonly checkpoints?: CheckpointOptions;
  /** Where an earlier process stopped (see resumeRun). Default: the start. */
  readonly from?: RunPosition;
  /** Saved with each checkpoint, as of the last update. */
  readonly extra?: () => Json;
  readonly onUpdate?: (outcome: UpdateOutcome, at: RunPosition) => void | Promise<void>;
  readonly onCheckpoint?: (file: string) => void;
}

export interface RunOutcome extends RunPosition {
  readonly ended: 'updates' | 'minutes' | 'signal';
}

/**
 * Trains until a bound is reached. Everything that decides the next update is in the checkpoint, so that a run that is killed and resumed takes the
 * same course as one that is not, as far as time does not decide (bounds and schedules in minutes). On an error nothing more is saved.
 * Throws CheckpointError if the folder holds checkpoints and `from` is not given: a new training would overwrite them.
 */
export async function runTraining(o: RunOptions): Promise<RunOutcome> {
  const { trainer, stream, until } = o;
  if (o.checkpoints && !o.from && (await checkpointFiles(o.checkpoints.folder)).length > 0)
    throw new CheckpointError(`${o.checkpoints.folder} holds the checkpoints of a training: resume it, or choose another folder`);
  const start = performance.now();
  const before = o.from?.seconds ?? 0;
  const seconds = (): number => before + (performance.now() - start) / 1000;
  const position = (): RunPosition => ({ updates: trainer.state.updates, seconds: seconds() });
  let data = stream.state;
  let saved = { updates: o.from?.updates ?? 0, at: seconds() };

  const save = async (): Promise<void> => {
    if (!o.checkpoints || saved.updates === trainer.state.updates) return;
    const state = { trainer: trainer.state, seconds: seconds(), data, extra: o.extra?.() ?? null };
    const arrays = { weights: o.weights, moments: trainer.optimiser.state };
    const file = await saveCheckpoint(o.checkpoints.folder, arrays, state, o.checkpoints.keep);
    saved = { updates: trainer.state.updates, at: seconds() };
    o.onCheckpoint?.(file);
  };

  for (;;) {
    const ended = endOf(position(), until, o.signal);
    if (ended) {
      await save();
      return { ...position(), ended };
    }
    try {
      const outcome = await trainer.update(await stream.next(), {
        share: shareDone(position(), until),
        ...(o.signal ? { signal: o.signal } : {}),
      });
      data = stream.state;
      await o.onUpdate?.(outcome, position());
    } catch (error) {
      // The stream is one update ahead now; `data` is where the weights are.
      if (!o.signal?.aborted || error !== o.signal.reason) throw error;
      stream.restore(data);
    }
    if (o.checkpoints && seconds() - saved.at >= (o.checkpoints.everySeconds ?? 60)) await save();
  }
}

function endOf(at: RunPosition, until: RunOptions['until'], signal: AbortSignal | undefined): RunOutcome['ended'] | null {
  if (signal?.aborted) return 'signal';
  if (at.updates >= (until.updates ?? Infinity)) return 'updates';
  if (at.seconds >= 60 * (until.minutes ?? Infinity)) return 'minutes';
  return null;
}

/** Share of the nearer bound that is behind; 0 without bounds. */
function shareDone(at: RunPosition, until: RunOptions['until']): number {
  return Math.max(at.updates / (until.updates ?? Infinity), at.seconds / (60 * (until.minutes ?? Infinity)));
}
