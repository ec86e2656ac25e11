/** What a tuning learns from, read from disk and made into tokens. */
import { loadTypescript } from '../../edits/source';
import type { CodeTokenizer } from '../../model/tokenizer';
import { readDocuments } from '../corpus/shards';
import type { Example } from '../objectives/sft';
import { openData, type PretrainData } from '../pretrain/data';
import { defaultSettings } from '../pretrain/settings';
import { PretrainStream } from '../pretrain/stream';
import { Random } from '../random';
import { editPairs } from '../tasks/edits/pairs';
import { readRepairTasks } from '../tasks/repair/task-files';
import { editExample, repairCases, type ExampleSizes } from './examples';
import type { TuneJob } from './job';
import type { TuneSources } from './stream';

/** Instructed edits that are made, kinds in turns; each function that is looked through costs a tenth of a second. */
const wantedEdits = 4000;
/** Functions that are looked through at most. */
const mostFunctions = 6000;

export interface OpenedSources extends TuneSources {
  readonly data: PretrainData;
}

/** Throws CorpusError where there is no corpus or there are no tasks. The caller closes `data`. */
export async function openSources(
  job: TuneJob,
  tokenizer: CodeTokenizer,
  special: Pick<TuneSources, 'maskToken' | 'endToken'>,
  sizes: ExampleSizes,
  signal: AbortSignal,
): Promise<OpenedSources> {
  const tasks = await readRepairTasks(job.tasks, 'train');
  const data = await openData(job.corpus, job.from);
  try {
    const { broken, right } = repairCases(tasks, tokenizer, sizes);
    const edits =
      job.settings.sft.edits > 0 && job.settings.arm !== 'grpo' ? await editExamples(job, tokenizer, sizes, signal) : [];
    return {
      ...special,
      tokenizer,
      broken,
      right,
      edits,
      gaps: (sequences) =>
        new PretrainStream(
          data.train,
          {
            ...defaultSettings,
            length: sizes.length,
            sequences,
            stages: { autoregressive: 0, adaptation: 0 },
            diffusion: { ...defaultSettings.diffusion, infill: 1, corruptedUpdates: 0 },
            seed: job.settings.seed + 7,
          },
          data.text,
        ),
      data,
    };
  } catch (error) {
    data.close();
    throw error;
  }
}

/** Pairs of many kinds: of a kind that is common only its share is kept. */
async function editExamples(
  job: TuneJob,
  tokenizer: CodeTokenizer,
  sizes: ExampleSizes,
  signal: AbortSignal,
): Promise<Example[]> {
  const api = loadTypescript();
  const random = Random.seeded(job.settings.seed);
  const found = new Map<string, Example[]>();
  let [looked, count] = [0, 0];
  for await (const { path, text } of readDocuments(job.corpus, 'function', 'train')) {
    signal.throwIfAborted();
    // Longer ones would not fit, before and after.
    if (text.length > 1.6 * sizes.length || random.uniform() < 0.5) continue;
    if (looked++ >= mostFunctions || count >= wantedEdits) break;
    for (const pair of editPairs(api, { path, text }, random)) {
      const example = editExample(pair, tokenizer, sizes);
      const kind = found.get(pair.kind) ?? [];
      found.set(pair.kind, kind);
      if (!example || kind.length >= wantedEdits / 20) continue;
      kind.push(example);
      count++;
    }
    if (looked % 50 === 0) await new Promise(setImmediate);
  }
  return [...found.values()].flat();
}
