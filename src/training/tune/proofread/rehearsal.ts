/**
 * What was learnt under supervision, gone over again in every update of the rewarded part. Rewards for corrections of one token say nothing of code with masks, nor of the order of all changes
 * that a search tries, and without them both get worse; as the pre-training objective in PPO-ptx (Ouyang et al., 2022, section 3.5).
 */
import type { StepModel } from '../../../model/step-model';
import type { Batch } from '../../batch';
import type { ExampleSizes } from '../examples';
import { listwise } from '../ranking/listwise';
import type { TuneSettings } from '../settings';
import { atOnce, rankingOptions, TuneStream, type TuneSources } from '../stream';

/** Batches of the next update, asked of the model as it is. */
export type Rehearsal = (model: StepModel) => Promise<readonly Batch[]>;

/** In the supervised part's own mixture, `settings.grpo.rehearsal` sequences a time. Undefined where that is none. */
export function rehearsalOf(sources: TuneSources, settings: TuneSettings, sizes: ExampleSizes): Rehearsal | undefined {
  const { sft, grpo } = settings;
  if (grpo.rehearsal === 0) return undefined;
  let asked: StepModel | undefined;
  const { structure } = sources.proofreading;
  const options = rankingOptions(sources, settings, sizes);
  const mixture = { ...settings, sft: { ...sft, sequences: grpo.rehearsal } };
  const stream = new TuneStream(sources, mixture, sizes, async (examples) => (await listwise(asked!, structure, examples, options)).batches); // prettier-ignore
  return async (model) => {
    asked = model;
    return (await stream.next()).map(padded);
  };
}

/** With sequences that no loss looks at: the rewarded part's graph is for so many at once. Texts of its own may be of any length. */
function padded(batch: Batch): Batch {
  if (batch.batch === atOnce) return batch;
  const size = atOnce * batch.length;
  const ids = new Int32Array(size);
  ids.set(batch.ids);
  const hidden = new Uint8Array(size);
  if (batch.hidden) hidden.set(batch.hidden);
  return { ...batch, batch: atOnce, ids, hidden };
}
