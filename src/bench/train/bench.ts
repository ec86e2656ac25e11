/** `unmask bench train`: speed and memory of training, each configuration in a process of its own. */
import { startTraining } from '../../training/process/start';
import { measurementSchema, nameOf, type Job, type Measurement } from './job';
import { kinds, objectives, sizes } from './networks';

export interface TrainBenchOptions {
  /** Fewer turns: the same keys, noisier numbers. */
  readonly quick: boolean;
  readonly threads: number;
  /** The bundled worker. */
  readonly worker: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface Measured extends Measurement {
  readonly name: string;
  readonly job: Job;
}

/** Throws Error with the process's message if a measurement fails, and the signal's reason when aborted; no process is left either way. */
export async function benchTrain(o: TrainBenchOptions): Promise<Measured[]> {
  const measured: Measured[] = [];
  const jobs = plan(o);
  for (const [i, job] of jobs.entries()) {
    o.signal.throwIfAborted();
    const name = nameOf(job);
    const progress = (text: string): void => {
      o.onProgress(`${i + 1}/${jobs.length} ${name}: ${text}`);
    };
    progress('memory');
    measured.push({ name, job, ...(await measureApart(job, o, progress)) });
  }
  return measured;
}

/** Everything with AdamW, and full updates by next tokens with Muon too, for its share of the time. */
function plan({ quick, threads }: TrainBenchOptions): Job[] {
  const rest = { threads, turns: quick ? 2 : 6 };
  return sizes.flatMap((size) => [
    ...kinds.flatMap((kind) => objectives.map((objective) => ({ size, kind, objective, optimiser: 'adamw' as const, ...rest }))),
    { size, kind: 'full' as const, objective: 'ar' as const, optimiser: 'muon' as const, ...rest },
  ]);
}

async function measureApart(job: Job, o: TrainBenchOptions, progress: (text: string) => void): Promise<Measurement> {
  const running = startTraining(o.worker, job, {
    onRecord: (record) => {
      if (record.kind === 'note') progress(record.text);
    },
  });
  // There is nothing to be saved.
  const cancel = (): void => void running.cancel(0);
  o.signal.addEventListener('abort', cancel, { once: true });
  try {
    const end = await running.ended;
    o.signal.throwIfAborted();
    if (end.kind === 'failed') throw new Error(`${nameOf(job)}: ${end.message}`);
    return measurementSchema.parse(end.result);
  } finally {
    o.signal.removeEventListener('abort', cancel);
  }
}
