/** `npm run pretrain`: begins a training in a folder or goes on with it, in a process of its own, and shows how it does. */
import { access, copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../model/atomic-file';
import { drawCurves } from '../log/curves';
import { openDisplay } from '../log/display';
import { readLog } from '../log/log';
import { startTraining, type TrainingEnd } from '../process/start';
import { makeTokenizer } from '../tokenizer/make';
import type { Job } from './job';
import { readProgress } from './milestone';
import { files } from './run';
import { defaultSettings, settingsSchema, type Settings } from './settings';

/** A command that contradicts the training that it is for. The message is for the user. */
export class PretrainError extends Error {
  override readonly name = 'PretrainError';
}

export interface PretrainOptions extends Pick<Job, 'folder' | 'corpus' | 'minutes' | 'threads' | 'every' | 'heldOut'> {
  /** Settings given in so many words; the others are those of the folder, or of `from`, or the defaults. */
  readonly settings: Partial<Settings>;
  /** Folder of tokenizer.json. Default: `from`'s, or one that is trained now. */
  readonly tokenizer: string | null;
  /** Rows of a tokenizer that is trained now. */
  readonly vocabulary: number;
  readonly from: string | null;
  readonly display: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** The worker's script, and Node's arguments before it. */
  readonly worker: { readonly entry: string; readonly nodeArguments: readonly string[] };
}

const settingsFile = 'settings.json';
/** An evaluation may be under way when the training is told to stop. */
const graceMs = 15 * 60_000;

/** What may be changed while a training is under way: the others would make it another one. */
const changeable: ReadonlySet<keyof Settings> = new Set([
  'tokens',
  'stages',
  'learningRate',
  'decayFrom',
  'clip',
  'atOnce',
  'diffusion',
]);

export async function runPretrain(o: PretrainOptions): Promise<TrainingEnd> {
  await mkdir(o.folder, { recursive: true });
  const settings = await settingsFor(o);
  const tokenizer = await tokenizerFor(o, settings);
  const { folder, corpus, minutes, threads, every, heldOut, from } = o;
  const job: Job = { folder, corpus, tokenizer, settings, from, minutes, threads, every, heldOut };
  const log = path.join(o.folder, files.log);
  const display = await openDisplay(o.display, readLog(log));
  const training = startTraining(o.worker.entry, job, {
    nodeArguments: o.worker.nodeArguments,
    onRecord: (record) => {
      display.show(record);
      if (record.kind === 'evaluation') void writeCurves(o.folder);
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
  await writeCurves(o.folder);
  return end;
}

/** The folder's settings where it has any, with those changed that may be. Throws PretrainError for others. */
async function settingsFor(o: PretrainOptions): Promise<Settings> {
  const file = path.join(o.folder, settingsFile);
  const kept = await readFile(file, 'utf8').then((text) => settingsSchema.parse(JSON.parse(text)), () => null); // prettier-ignore
  const inherited = o.from === null ? null : ((await readProgress(o.from))?.settings ?? null);
  const settings = settingsSchema.parse({ ...(kept ?? inherited ?? defaultSettings), ...o.settings });
  const other = Object.keys(settings) as (keyof Settings)[];
  const changed = kept ? other.filter((k) => !changeable.has(k) && JSON.stringify(kept[k]) !== JSON.stringify(settings[k])) : [];
  if (changed.length > 0)
    throw new PretrainError(
      `${o.folder} holds a training with another ${changed.join(', ')}: choose another folder, or leave that out`,
    );
  await writeFileAtomically(file, [Buffer.from(`${JSON.stringify(settings, null, 1)}\n`)]);
  return settings;
}

/** The folder's own copy of the tokenizer, so that nothing that happens elsewhere changes what its tokens mean. */
async function tokenizerFor(o: PretrainOptions, settings: Settings): Promise<string> {
  const own = path.join(o.folder, 'tokenizer');
  if (await exists(path.join(own, 'tokenizer.json'))) return own;
  const given = o.tokenizer ?? o.from;
  if (given === null) {
    const { charactersPerToken } = await makeTokenizer({
      corpus: o.corpus,
      folder: own,
      vocabulary: o.vocabulary,
      length: settings.length,
    });
    o.display.write(
      `tokenizer of ${o.vocabulary} rows trained: ${charactersPerToken.toFixed(3)} characters per token on held-out code\n`,
    );
    return own;
  }
  await mkdir(own, { recursive: true });
  for (const name of ['tokenizer_config.json', 'tokenizer.json']) await copyFile(path.join(given, name), path.join(own, name));
  return own;
}

/** The log as a picture; a training is not worth less for a picture that can't be drawn. */
async function writeCurves(folder: string): Promise<void> {
  try {
    const records = readLog(path.join(folder, files.log));
    const svg = await drawCurves({ title: 'Pre-training', runs: [{ name: 'pre-training', records }] });
    await writeFileAtomically(path.join(folder, 'curves.svg'), [Buffer.from(svg)]);
  } catch (error) {
    process.stderr.write(`the curves could not be drawn: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
