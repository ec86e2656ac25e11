/** What a tuning learns from, read from disk and made into tokens. */
import type { TransformerConfig } from '../../model/config';
import type { CodeTokenizer } from '../../model/tokenizer';
import { openData, type PretrainData } from '../pretrain/data';
import { defaultSettings, type Settings } from '../pretrain/settings';
import type { BatchStream } from '../run/stream';
import { PretrainStream } from '../pretrain/stream';
import { readDocuments } from '../corpus/shards';

import { textOnlyBias } from '../../diffusion/text-model';
import { structureOf, type StructureTokens } from '../../diffusion/variable-length';
import { CorpusError } from '../corpus/manifest';
import { readEditTasks } from '../tasks/edits/edit-tasks';
import { readRepairTasks } from '../tasks/repair/task-files';
import { proofreadCases, repairCases, type ExampleSizes } from './examples';
import type { TuneJob } from './job';
import type { TuneSources } from './stream';

/** Code as pre-training ends with: few masks, half of them in spans. */
export const fewMasks = { infill: 0, spans: 0.5, mostMasked: 0.4, corruptedUpdates: 0 };
/** Gaps of unknown length. */
const gapsOnly = { infill: 1, corruptedUpdates: 0 };

export interface OpenedSources extends TuneSources {
  readonly data: PretrainData;
  /** `kind`: what is masked of it, by default that of the lesson. */
  readonly gaps: (sequences: number, kind?: Partial<Settings['diffusion']>) => BatchStream;
}

/** Throws CorpusError where there is no corpus or there are no tasks. The caller closes `data`. */
export async function openSources(
  job: Pick<TuneJob, 'corpus' | 'tasks' | 'from' | 'settings'>,
  tokenizer: CodeTokenizer,
  network: Pick<TransformerConfig, 'maskToken' | 'endToken' | 'vocabulary'>,
  sizes: ExampleSizes,
): Promise<OpenedSources> {
  const { lesson, sft, arm, seed } = job.settings;
  // To be proofread, functions need no calls; rewards do.
  const tasks = lesson === 'proofreading' && arm === 'sft' ? [] : await readRepairTasks(job.tasks, 'train');
  const data = await openData(job.corpus, job.from);
  try {
    const functions: { path: string; text: string }[] = [];
    if (sft.proofread + sft.ranking > 0)
      for await (const { path, text } of readDocuments(job.corpus, 'function', 'train')) functions.push({ path, text });
    const { broken, right } =
      lesson === 'proofreading' ? proofreadCases(tasks, tokenizer, sizes.length) : repairCases(tasks, tokenizer, sizes);
    const edits = sft.edits === 0 ? [] : await readEditTasks(job.tasks, 'train');
    return {
      maskToken: network.maskToken,
      endToken: network.endToken,
      tokenizer,
      broken,
      right,
      edits,
      functions,
      proofreading: {
        encode: (text) => data.text.encode(text),
        spans: (text) => tokenizer.spans(text),
        structure: structureLabels(tokenizer, network),
      },
      gaps: (sequences, kind = lesson === 'proofreading' ? fewMasks : gapsOnly) =>
        new PretrainStream(
          data.train,
          {
            ...defaultSettings,
            length: sizes.length,
            sequences,
            stages: { autoregressive: 0, adaptation: 0 },
            diffusion: { ...defaultSettings.diffusion, ...kind },
            seed: seed + 7,
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

/** Labels of proofreading, with the bias that leaves nothing but them: text, `expand` and `delete`. */
function structureLabels(tokenizer: CodeTokenizer, config: Pick<TransformerConfig, 'vocabulary'>): StructureTokens {
  const structure = structureOf({ tokenizer, textOnly: textOnlyBias({ config }, tokenizer) });
  if (!structure) throw new CorpusError('the tokenizer has no tokens for what is missing or superfluous');
  return structure;
}
