/** `npm run tune`: begins a tuning in a folder or goes on with it, in a process of its own, and shows how it does. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../model/atomic-file';
import { drawCurves } from '../log/curves';
import { openDisplay } from '../log/display';
import { readLog } from '../log/log';
import { startTraining, type TrainingEnd } from '../process/start';
import type { TuneJob } from './job';
import { isTuned, tuneFiles } from './run';
import { tuneSettings } from './settings';

/** A command that contradicts the tuning that it is for. The message is for the user. */
export class TuneError extends Error {
  override readonly name = 'TuneError';
}

export interface TuneOptions extends TuneJob {
  readonly display: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** The worker's script, and Node's arguments before it. */
  readonly worker: { readonly entry: string; readonly nodeArguments: readonly string[] };
}

const settingsFile = 'settings.json';
/** An update, or a round of rollouts, may be under way when the tuning is told to stop. */
const graceMs = 5 * 60_000;

export async function runTune(o: TuneOptions): Promise<TrainingEnd> {
  const { folder, from, corpus, tasks, settings, threads } = o;
  await mkdir(folder, { recursive: true });
  if (await isTuned(folder)) throw new TuneError(`${folder} holds a tuning that is finished: choose another folder`);
  await keepSettings(folder, { from, settings });
  const log = path.join(folder, tuneFiles.log);
  const display = await openDisplay(o.display, readLog(log));
  const job: TuneJob = { folder, from, corpus, tasks, settings, threads };
  const training = startTraining(o.worker.entry, job, {
    nodeArguments: o.worker.nodeArguments,
    onRecord: (record) => {
      display.show(record);
    },
    onOutput: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  const stop = (): void => void training.cancel(graceMs);
  o.signal.addEventListener('abort', stop, { once: true });
  if (o.signal.aborted) stop();
  const end = await training.ended;
  display.end();
  const svg = await drawCurves({ title: 'Tuning', runs: [{ name: settings.arm, records: readLog(log) }] });
  await writeFileAtomically(path.join(folder, 'curves.svg'), [Buffer.from(svg)]);
  return end;
}

/** A folder's tuning goes on with the settings that it began with, or not at all. */
async function keepSettings(
  folder: string,
  asked: { readonly from: string; readonly settings: TuneOptions['settings'] },
): Promise<void> {
  const file = path.join(folder, settingsFile);
  const kept = await readFile(file, 'utf8').catch(() => null);
  const text = `${JSON.stringify({ from: asked.from, settings: tuneSettings.parse(asked.settings) }, null, 1)}\n`;
  if (kept !== null && kept !== text)
    throw new TuneError(`${folder} holds a tuning with other settings: choose another folder, or leave them out`);
  await writeFileAtomically(file, [Buffer.from(text)]);
}
