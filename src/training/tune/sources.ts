/** What a tuning learns from, read from disk and made into tokens. */
import type { CodeTokenizer } from '../../model/tokenizer';
import { openData, type PretrainData } from '../pretrain/data';
import { defaultSettings } from '../pretrain/settings';
import { PretrainStream } from '../pretrain/stream';
import { readEditTasks } from '../tasks/edits/edit-tasks';
import { readRepairTasks } from '../tasks/repair/task-files';
import { editExample, repairCases, type ExampleSizes } from './examples';
import type { TuneJob } from './job';
import type { TuneSources } from './stream';

export interface OpenedSources extends TuneSources {
  readonly data: PretrainData;
}

/** Throws CorpusError where there is no corpus or there are no tasks. The caller closes `data`. */
export async function openSources(
  job: TuneJob,
  tokenizer: CodeTokenizer,
  special: Pick<TuneSources, 'maskToken' | 'endToken'>,
  sizes: ExampleSizes,
): Promise<OpenedSources> {
  const tasks = await readRepairTasks(job.tasks, 'train');
  const data = await openData(job.corpus, job.from);
  try {
    const { broken, right } = repairCases(tasks, tokenizer, sizes);
    const edits = (await readEditTasks(job.tasks, 'train')).flatMap((task) => editExample(task, tokenizer, sizes) ?? []);
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
