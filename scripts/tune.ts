/**
 * npm run tune: teaches a pre-trained model to proofread, or to answer with repairs, with and without reasons, and with edits as instructed: supervised, then Diffu-GRPO
 * rewarded by calls that give what they should. Needs `npm run data` and `npm run tasks`. Run again with the same arguments, it goes on where its supervised part stopped.
 *   --from MODEL           the pre-trained model's folder (default .cache/pretrain/model)
 *   --folder FOLDER        where the tuning lives (default .cache/tune): log.jsonl, curves.svg, checkpoints/, supervised/, model/
 *   --lesson proofreading|answers (default proofreading)
 *   --arm sft|grpo|sft+grpo       (default sft+grpo)
 *   --minutes N            of the whole (default 60)
 *   --proofread SHARE      of an update's sequences that are functions to be proofread (default 0.75); code with masks has the rest
 *   --ranking SHARE        ... that are functions whose changes by mutation are to be ranked (default 0)
 *   --learning-rate X      of the supervised part (default 4e-3)
 *   --rehearsal N          sequences, in those shares, that each update of the rewarded part of proofreading goes over again (default 0)
 *   --towards SHARE        how far from the weights that it began with the ones that are kept lie (default 0.75; 1: the last ones)
 *   --corpus FOLDER --tasks FOLDER --threads N --seed N
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CorpusError } from '../src/training/corpus/manifest';
import { runTune, TuneError } from '../src/training/tune/command';
import { defaultTuning, lessons, tuneSettings } from '../src/training/tune/settings';

const root = path.join(__dirname, '..');
const string = { type: 'string' } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { ...string, default: path.join(root, '.cache/pretrain/model') },
      folder: { ...string, default: path.join(root, '.cache/tune') },
      corpus: { ...string, default: path.join(root, '.cache/corpus') },
      tasks: { ...string, default: path.join(root, '.cache/tasks') },
      threads: { ...string, default: '0' },
      lesson: { ...string, default: lessons[0] },
      arm: { ...string, default: 'sft+grpo' },
      minutes: { ...string, default: '60' },
      proofread: string,
      ranking: string,
      'learning-rate': string,
      towards: string,
      rehearsal: string,
      seed: { ...string, default: '1' },
    },
  });
  const defaults = defaultTuning[lessons.find((lesson) => lesson === values.lesson) ?? lessons[0]];
  const number = (given: string | undefined, otherwise: number): number => (given === undefined ? otherwise : Number(given));
  const settings = tuneSettings.safeParse({
    ...defaults,
    sft: {
      ...defaults.sft,
      proofread: number(values.proofread, defaults.sft.proofread),
      ranking: number(values.ranking, defaults.sft.ranking),
      learningRate: number(values['learning-rate'], defaults.sft.learningRate),
    },
    grpo: { ...defaults.grpo, rehearsal: number(values.rehearsal, defaults.grpo.rehearsal) },
    towards: number(values.towards, defaults.towards),
    lesson: values.lesson,
    arm: values.arm,
    minutes: Number(values.minutes),
    seed: Number(values.seed),
  });
  if (!settings.success)
    throw new TuneError(
      '--lesson is proofreading or answers, --arm sft, grpo or sft+grpo, --minutes and --learning-rate numbers above 0, --proofread, --ranking and --towards from 0 to 1, the first two no more than 1 together, --rehearsal and --seed whole numbers',
    );
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort(); }); // prettier-ignore
  const end = await runTune({
    folder: path.resolve(values.folder),
    from: path.resolve(values.from),
    corpus: path.resolve(values.corpus),
    tasks: path.resolve(values.tasks),
    settings: settings.data,
    threads: Number(values.threads),
    display: process.stdout,
    signal: stop.signal,
    worker: { entry: path.join(root, 'src/training/tune/worker.ts'), nodeArguments: ['--import', 'tsx'] },
  });
  if (end.kind === 'failed') throw new TuneError(end.message);
  console.log(end.kind === 'finished' ? JSON.stringify(end.result) : 'stopped; the same command goes on');
}

main().catch((error: unknown) => {
  console.error(error instanceof CorpusError || error instanceof TuneError ? error.message : error);
  process.exitCode = 1;
});
