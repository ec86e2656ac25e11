/** `unmask bench d1`: the four arms of d1's table on a task, each in a training process of its own, recorded as they finish. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import PQueue from 'p-queue';
import { startTraining } from '../../training/process/start';
import { ablationArms, mainArms, type ArmName } from './arms';
import { outcomeSchema, type Job, type Outcome } from './job';
import { modesOf, orderingsOf, rowsOf, type Modes, type Ordering, type Row } from './report';
import { drawLogs, logName, openLog } from './logs';
import * as settings from './settings';
import { lengths } from './task';

export interface D1BenchOptions {
  readonly task: 'sudoku' | 'countdown';
  /** Of wall time, for everything, on an idle machine. */
  readonly minutes: number;
  readonly seeds: number;
  /** Also without prompt masking, and with the other objectives. */
  readonly ablations: boolean;
  /** Training processes at a time, one thread each. */
  readonly jobs: number;
  /** Holds, in a folder for each task, its base, logs and outcomes; the same folder goes on where the last run stopped. */
  readonly folder: string;
  readonly testFile: string | null;
  /** The bundled worker. */
  readonly worker: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

export interface D1BenchReport {
  readonly task: string;
  readonly seeds: number;
  /** Processor seconds of training that each arm got, and the base before them. */
  readonly secondsPerArm: number;
  readonly secondsOfBase: number;
  readonly puzzles: number;
  readonly rows: readonly Row[];
  readonly orderings: readonly Ordering[];
  readonly modes: readonly Modes[];
  readonly outcomes: readonly Outcome[];
  /** Picture of the Diffu-GRPO trainings. */
  readonly curves: string | null;
}

/** Part of the time that scoring and starting processes take. */
const overhead = 0.2;
/** The base gets as much as so many arms. */
const baseShare = 6;

/** Runs what has not been run yet. Throws Error with the training's message if a process fails, and the signal's reason when aborted. */
export async function benchD1(o: D1BenchOptions): Promise<D1BenchReport> {
  const wanted = plan(o);
  const trained = wanted.filter(({ arm }) => arm !== 'base').length;
  // The base is trained alone, before all others.
  const secondsPerArm = (o.minutes * 60 * (1 - overhead)) / (trained / Math.min(o.jobs, trained) + baseShare);
  const experiment = digest({ settings, secondsPerArm, testFile: o.testFile });
  const folder = path.join(o.folder, o.task);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'outcomes.jsonl');
  const outcomes = (await readOutcomes(file)).filter((one) => one.experiment === experiment);
  const secondsOfBase = secondsPerArm * baseShare;
  const base = path.join(folder, `base-${digest({ settings, secondsOfBase, testFile: o.testFile })}`);
  if (!(await isFinished(base))) {
    await run(o, folder, 'base', {
      kind: 'base',
      task: o.task,
      seconds: secondsOfBase,
      folder: base,
      threads: 1,
      testFile: o.testFile,
    });
  }
  const queue = new PQueue({ concurrency: o.jobs });
  const open = wanted.filter(({ arm, seed }) => !outcomes.some((one) => one.arm === arm && one.seed === seed));
  const stop = new AbortController();
  const signal = o.signal ? AbortSignal.any([o.signal, stop.signal]) : stop.signal;
  await queue
    .addAll(
      open.map(({ arm, seed }) => async () => {
        signal.throwIfAborted();
        const job = {
          kind: 'arm',
          task: o.task,
          arm,
          seed,
          seconds: secondsPerArm,
          base,
          threads: 1,
          testFile: o.testFile,
        } as const;
        const result = await run({ ...o, signal }, folder, logName(arm, seed), job);
        const outcome = outcomeSchema.parse({ ...(result as object), task: o.task, arm, seed, experiment });
        await appendFile(file, `${JSON.stringify(outcome)}\n`);
        outcomes.push(outcome);
      }),
    )
    .catch((error: unknown) => {
      queue.clear();
      stop.abort(error);
      throw error;
    });
  const curves = await drawLogs(folder, `Diffu-GRPO on ${o.task}`);
  return {
    task: o.task,
    curves,
    seeds: o.seeds,
    secondsPerArm,
    secondsOfBase,
    puzzles: outcomes[0]?.puzzles ?? 0,
    rows: rowsOf(outcomes),
    orderings: orderingsOf(outcomes, lengths[1]),
    modes: modesOf(outcomes, lengths[1]),
    outcomes,
  };
}

/** Every arm with every seed, seed by seed, so that a run that is broken off has whole tables. */
function plan(o: D1BenchOptions): { readonly arm: ArmName; readonly seed: number }[] {
  const names = [...mainArms, ...(o.ablations ? ablationArms : [])].filter((name) => name !== 'base');
  return [{ arm: 'base', seed: 0 }, ...Array.from({ length: o.seeds }, (_, seed) => names.map((arm) => ({ arm, seed }))).flat()];
}

/** One training process. Progress is told at most every few seconds. */
async function run(o: D1BenchOptions, folder: string, name: string, job: Job): Promise<unknown> {
  o.signal?.throwIfAborted();
  const log = openLog(folder, name);
  let told = 0;
  const training = startTraining(o.worker, job, {
    onRecord: (record) => {
      log.append(record);
      if (performance.now() - told < 5000 || record.kind === 'run' || record.kind === 'evaluation') return;
      told = performance.now();
      const text = record.kind === 'note' ? record.text : Object.entries(record.metrics).map(([key, v]) => `${key} ${v.toPrecision(3)}`).join(', '); // prettier-ignore
      o.onProgress?.(`${name}: update ${record.step}: ${text}`);
    },
  });
  const cancel = (): void => void training.cancel();
  o.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const end = await training.ended;
    o.signal?.throwIfAborted();
    if (end.kind !== 'finished') throw new Error(end.kind === 'failed' ? end.message : 'the training was cancelled');
    return end.result;
  } finally {
    o.signal?.removeEventListener('abort', cancel);
    log.close();
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

async function readOutcomes(file: string): Promise<Outcome[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    // A run that was killed may have left half a line.
    const parsed = outcomeSchema.safeParse(tryJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** A model folder's config.json is written last. */
async function isFinished(folder: string): Promise<boolean> {
  return readFile(path.join(folder, 'config.json')).then(
    () => true,
    () => false,
  );
}
