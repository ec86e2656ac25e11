/**
 * npm run pretrain: trains the embedded model's network on the corpus of `npm run data`; run again, goes on where it stopped, whatever stopped it.
 *   --folder FOLDER        where the training lives (default .cache/pretrain): log.jsonl, curves.svg, checkpoints/, model/
 *   --minutes N            stop after so many minutes, with a checkpoint (default: when the tokens are used up)
 *   --from MODEL           go on from a model folder's weights and place in training, where the folder has no checkpoint of its own
 *   --size NAME --deviation N --tokens N --length N --sequences N --at-once N --optimiser NAME --learning-rate N --warm-up N --decay-from N --seed N
 *   --autoregressive SHARE --adaptation SHARE      of the tokens
 *   --gaps SHARE --spans SHARE --most-masked SHARE      of the sequences, of those with masks, and of their tokens
 *   --corpus FOLDER --tokenizer FOLDER --vocabulary N --threads N
 *   --checkpoint SECONDS --evaluation SECONDS --milestone SECONDS      between these
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PretrainError, runPretrain } from '../src/training/pretrain/command';
import { everyDefault, heldOutDefault } from '../src/training/pretrain/job';
import { defaultSettings } from '../src/training/pretrain/settings';
import { CorpusError } from '../src/training/corpus/manifest';

const root = path.join(__dirname, '..');
const string = { type: 'string' } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { ...string, default: path.join(root, '.cache/pretrain') },
      corpus: { ...string, default: path.join(root, '.cache/corpus') },
      tokenizer: string,
      from: string,
      vocabulary: { ...string, default: '6144' },
      minutes: string,
      threads: { ...string, default: '0' },
      checkpoint: string,
      evaluation: string,
      milestone: string,
      size: string,
      deviation: string,
      tokens: string,
      length: string,
      sequences: string,
      'at-once': string,
      optimiser: string,
      'learning-rate': string,
      'warm-up': string,
      'decay-from': string,
      seed: string,
      autoregressive: string,
      adaptation: string,
      gaps: string,
      spans: string,
      'most-masked': string,
    },
  });
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  const given = {
    size: values.size,
    deviation: number(values.deviation),
    tokens: number(values.tokens),
    length: number(values.length),
    sequences: number(values.sequences),
    atOnce: number(values['at-once']),
    optimiser: values.optimiser,
    learningRate: number(values['learning-rate']),
    warmUp: number(values['warm-up']),
    decayFrom: number(values['decay-from']),
    seed: number(values.seed),
    ...(values.autoregressive !== undefined || values.adaptation !== undefined
      ? {
          stages: {
            autoregressive: number(values.autoregressive) ?? defaultSettings.stages.autoregressive,
            adaptation: number(values.adaptation) ?? defaultSettings.stages.adaptation,
          },
        }
      : {}),
    diffusion: {
      ...defaultSettings.diffusion,
      infill: number(values.gaps) ?? defaultSettings.diffusion.infill,
      spans: number(values.spans) ?? defaultSettings.diffusion.spans,
      mostMasked: number(values['most-masked']) ?? defaultSettings.diffusion.mostMasked,
    },
  };
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort(); }); // prettier-ignore
  const end = await runPretrain({
    folder: path.resolve(values.folder),
    corpus: path.resolve(values.corpus),
    tokenizer: values.tokenizer === undefined ? null : path.resolve(values.tokenizer),
    vocabulary: Number(values.vocabulary),
    from: values.from === undefined ? null : path.resolve(values.from),
    minutes: number(values.minutes) ?? null,
    threads: Number(values.threads),
    every: {
      checkpoint: number(values.checkpoint) ?? everyDefault.checkpoint,
      evaluation: number(values.evaluation) ?? everyDefault.evaluation,
      milestone: number(values.milestone) ?? everyDefault.milestone,
    },
    heldOut: heldOutDefault,
    // Names and ranges are checked where the settings are read.
    settings: Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)),
    display: process.stderr,
    signal: stop.signal,
    worker: { entry: path.join(root, 'src/training/pretrain/worker.ts'), nodeArguments: ['--import', 'tsx'] },
  });
  if (end.kind === 'failed') throw new PretrainError(end.message);
}

main().catch((error: unknown) => {
  console.error(error instanceof PretrainError || error instanceof CorpusError ? error.message : error);
  process.exitCode = 1;
});
