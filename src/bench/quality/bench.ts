/** `unmask bench quality`: what a model is worth on code that it has not seen, measured in a process of its own. */
import { startTraining } from '../../training/process/start';
import { resultSchema, type Job, type Result } from './job';

export interface QualityBenchOptions {
  readonly job: Job;
  /** The bundled worker. */
  readonly worker: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Throws Error with the process's message if the measurement fails, and the signal's reason when aborted; no process is left either way. */
export async function benchQuality(o: QualityBenchOptions): Promise<Result> {
  o.signal.throwIfAborted();
  const running = startTraining(o.worker, o.job, {
    onRecord: (record) => {
      if (record.kind === 'note') o.onProgress(record.text);
    },
  });
  // There is nothing to be saved.
  const cancel = (): void => void running.cancel(0);
  o.signal.addEventListener('abort', cancel, { once: true });
  try {
    const end = await running.ended;
    o.signal.throwIfAborted();
    if (end.kind === 'failed') throw new Error(end.message);
    return resultSchema.parse(end.result);
  } finally {
    o.signal.removeEventListener('abort', cancel);
  }
}
