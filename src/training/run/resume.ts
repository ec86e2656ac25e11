import { loadCheckpoint, type CheckpointState, type Json, type LoadedCheckpoint } from '../checkpoint';
import type { Parameter } from '../parameters';
import type { Trainer } from '../trainer';
import type { BatchStream } from './stream';

export interface RunPosition {
  readonly updates: number;
  /** Time trained, over all processes. */
  readonly seconds: number;
}

export interface Resumed extends RunPosition {
  readonly file: string;
  readonly extra: Json;
  /** What is wrong with newer checkpoints, which were passed over. */
  readonly passedOver: readonly string[];
}

export interface ResumeOptions {
  readonly trainer: Trainer;
  readonly stream: BatchStream;
  readonly weights: readonly Parameter[];
  readonly folder: string;
}

/**
 * Takes weights, moments, counters and the stream's place from the newest sound checkpoint; null where there is none, with nothing changed. Throws
 * CheckpointError (see loadCheckpoint).
 */
export async function resumeRun(o: ResumeOptions): Promise<Resumed | null> {
  const loaded = await loadCheckpoint(o.folder, { weights: o.weights, moments: o.trainer.optimiser.state });
  if (!loaded) return null;
  o.trainer.restore(loaded.state.trainer);
  o.stream.restore(loaded.state.data);
  return resumedFrom(loaded, loaded.state);
}

/**
 * As resumeRun, by weights and counters alone: moments start from zero and the learning rate rises anew (TrainerOptions.rewarmUpdates). For going on with
 * another optimiser, or on another machine from a file without moments.
 */
export async function resumeWeights(o: ResumeOptions): Promise<Resumed | null> {
  const loaded = await loadCheckpoint(o.folder, { weights: o.weights });
  if (!loaded) return null;
  o.trainer.restoreWithoutMoments(loaded.state.trainer);
  o.stream.restore(loaded.state.data);
  return resumedFrom(loaded, loaded.state);
}

function resumedFrom(loaded: LoadedCheckpoint, state: CheckpointState): Resumed {
  return {
    file: loaded.file,
    passedOver: loaded.passedOver,
    extra: state.extra,
    updates: state.trainer.updates,
    seconds: state.seconds,
  };
}
