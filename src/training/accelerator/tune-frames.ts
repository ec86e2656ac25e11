/** Updates of `tune`: code with few masks, functions to be proofread, and changes to be ranked. */
import type { TransformerConfig } from '../../model/config';
import { CodeTokenizer } from '../../model/tokenizer';
import { scaledBatch } from '../batch';
import { proofreadBatch } from '../objectives/proofread';
import { Random } from '../random';
import { drawProofreadExample } from '../tune/proofread/examples';
import { drawRankingExample } from '../tune/ranking/examples';
import { defaultTuning, type TuneSettings } from '../tune/settings';
import { openSources } from '../tune/sources';
import { Frame, type FrameSizes } from './frames';
import type { DrawOptions } from './stages';

/** Sequences of an update. */
export const tuneCounts = { proofread: 12, ranking: 6, masked: 46 } as const;
/** What the three kinds of sequences count for. */
const shares = { proofread: 0.25, ranking: 0.25, masked: 0.5 } as const;

export async function* tuneFrames(c: TransformerConfig, sizes: FrameSizes, o: DrawOptions): AsyncGenerator<Frame> {
  const { length } = sizes;
  const settings: TuneSettings = { ...defaultTuning.proofreading, arm: 'sft', seed: o.seed };
  const tokenizer = await CodeTokenizer.load(o.model);
  const job = { corpus: o.corpus, tasks: '', from: o.model, settings };
  const { functions, proofreading, gaps, data } = await openSources(job, tokenizer, c, { length, completion: 0 });
  try {
    const masked = gaps(tuneCounts.masked);
    const random = Random.seeded(o.seed);
    const proofread = { length, endToken: c.endToken, keepWeight: 1 };
    const ranking = { factor: 0.5, weight: shares.ranking / tuneCounts.ranking };
    for (;;) {
      const frame = new Frame(sizes, c.endToken);
      for (const batch of await masked.next()) frame.add(scaledBatch(batch, shares.masked));
      const wrong = Array.from({ length: tuneCounts.proofread }, () =>
        drawProofreadExample(functions, length, proofreading, random),
      );
      frame.add(scaledBatch(proofreadBatch(wrong, proofread), shares.proofread));
      frame.addRankings(tuneCounts.ranking, () => drawRankingExample(functions, length, proofreading, random), ranking);
      yield frame;
    }
  } finally {
    data.close();
  }
}
