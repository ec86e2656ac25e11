/** The training's own side of its process. */
import os from 'node:os';
import { killDescendants, watchParent } from '../../protocol/process-tree';
import type { NewRecord } from '../log/records';
import { orders, type Json, type Report } from './messages';

export interface TrainingContext {
  /** Aborts when the training is to checkpoint and end: it was cancelled, or nobody is there any more to train for. */
  readonly signal: AbortSignal;
  /** Tells the process that started this one. */
  report(record: NewRecord): void;
}

export interface ServeOptions {
  /** Time for the last checkpoint once the parent is gone. Default 60 000 ms. */
  readonly orphanMs?: number;
}

/**
 * Runs one job, given by the process that started this one (`startTraining`), at low priority, and ends the process. `train` throws for a job that it can't
 * make sense of; whatever it throws is reported. To be called first thing, so that the runtime's threads inherit the priority.
 */
export function serveTraining(train: (job: Json, context: TrainingContext) => Promise<Json>, options: ServeOptions = {}): void {
  lowerPriority();
  process.on('exit', killDescendants);
  const stop = new AbortController();
  const orphaned = (): void => {
    stop.abort(new Error('the process that started the training is gone'));
    setTimeout(() => process.exit(1), options.orphanMs ?? 60_000).unref();
  };
  process.once('disconnect', orphaned);
  // Ctrl-C in a terminal is the parent's to handle; it ends us in order.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => {
    stop.abort(new Error('SIGTERM'));
  });
  // What a parent that is gone left half-read shows as EPIPE; that is not the training's failure.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let started = false;
  process.on('message', (message) => {
    const order = orders.parse(message);
    if (order.kind === 'cancel') stop.abort(new Error('the training was cancelled'));
    else if (!started) {
      started = true;
      watchParent(order.parentPid, orphaned);
      void run(train, order.job, stop.signal);
    }
  });
}

async function run(train: (job: Json, context: TrainingContext) => Promise<Json>, job: Json, signal: AbortSignal): Promise<void> {
  let last: Report;
  try {
    const report = (record: NewRecord): void => void send({ kind: 'record', record });
    const result = await train(job, { signal, report });
    last = { kind: 'ended', cancelled: signal.aborted, result };
  } catch (error) {
    console.error(error);
    last = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  await send(last);
  process.exit(last.kind === 'ended' ? 0 : 1);
}

/** Resolves when the message is out, or can never be. */
function send(report: Report): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(report, () => resolve()); // eslint-disable-line @typescript-eslint/no-confusing-void-expression
  });
}

/** As low as a process may set itself: a training must not be felt in the editor. */
function lowerPriority(): void {
  try {
    os.setPriority(os.constants.priority.PRIORITY_LOW);
  } catch {
    // Refused by the system: the training then competes as any process does.
  }
}
