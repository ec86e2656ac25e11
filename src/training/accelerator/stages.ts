/** The stages of a training on an accelerator: what an update of each is made of. */
import type { TransformerConfig } from '../../model/config';
import { readNetwork } from '../../model/network';
import { CodeTokenizer } from '../../model/tokenizer';
import { scaledBatch } from '../batch';
import { proofreadBatch } from '../objectives/proofread';
import { openData } from '../pretrain/data';
import { defaultSettings, type Settings } from '../pretrain/settings';
import { PretrainStream } from '../pretrain/stream';
import { Random } from '../random';
import { drawProofreadExample } from '../tune/proofread/examples';
import { drawRankingExample } from '../tune/ranking/examples';
import { defaultTuning, type TuneSettings } from '../tune/settings';
import { openSources } from '../tune/sources';
import { Frame, frameLayout, type FrameSizes } from './frames';
import { listwiseLoss } from './listwise-loss';
import { buildUpdateGraph, type UpdateGraph } from './update-graph';

/** `pretrain`: masked code. `tune`: code with few masks, functions to be proofread, and changes to be ranked. */
export const stages = ['pretrain', 'tune'] as const;
export type Stage = (typeof stages)[number];

/** Sequences of a `tune` update. */
const counts = { proofread: 12, ranking: 6, masked: 46 } as const;
/** What the three kinds of sequences count for. */
const shares = { proofread: 0.25, ranking: 0.25, masked: 0.5 } as const;

const sizesOf: Readonly<Record<Stage, Omit<FrameSizes, 'length'>>> = {
  pretrain: { batch: 64, rows: 9216 },
  tune: { batch: 64, rows: 8704, ranking: { texts: counts.ranking, candidates: 352, terms: 8192 } },
};

export function stageGraph(c: TransformerConfig, stage: Stage): UpdateGraph {
  const { ranking, ...sizes } = sizesOf[stage];
  return buildUpdateGraph(c, {
    ...sizes,
    length: c.maxSequence,
    clip: 1,
    weightDecay: 0.1,
    ...(ranking ? { loss: listwiseLoss(ranking) } : {}),
  });
}

export interface DrawOptions {
  /** Model folder, for its configuration and tokenizer. */
  readonly model: string;
  readonly corpus: string;
  readonly seed: number;
}

/** Frames without end. Another seed takes other sequences, in another order. Throws CorpusError, ModelError or TokenizerError where something is missing. */
export async function* drawFrames(stage: Stage, o: DrawOptions): AsyncGenerator<Uint8Array> {
  const { config } = await readNetwork(o.model);
  const { graph, kept } = stageGraph(config, stage);
  const layout = frameLayout(graph, kept);
  const frames = stage === 'pretrain' ? maskedFrames(config, o) : tuneFrames(config, o);
  for await (const frame of frames) yield frame.bytes(layout);
}

async function* maskedFrames(c: TransformerConfig, o: DrawOptions): AsyncGenerator<Frame> {
  const sizes = { ...sizesOf.pretrain, length: c.maxSequence };
  const data = await openData(o.corpus, o.model);
  try {
    const settings: Settings = {
      ...defaultSettings,
      length: sizes.length,
      sequences: sizes.batch,
      atOnce: sizes.batch,
      stages: { autoregressive: 0, adaptation: 0 },
      diffusion: { ...defaultSettings.diffusion, infill: 0, spans: 0.5 },
      seed: o.seed,
    };
    const stream = new PretrainStream(data.train, settings, data.text);
    for (;;) {
      const frame = new Frame(sizes, c.endToken);
      for (const batch of stream.next()) frame.add(batch);
      yield frame;
    }
  } finally {
    data.close();
  }
}

async function* tuneFrames(c: TransformerConfig, o: DrawOptions): AsyncGenerator<Frame> {
  const length = c.maxSequence;
  const sizes = { ...sizesOf.tune, length };
  const settings: TuneSettings = { ...defaultTuning.proofreading, arm: 'sft', seed: o.seed };
  const tokenizer = await CodeTokenizer.load(o.model);
  const job = { corpus: o.corpus, tasks: '', from: o.model, settings };
  const { functions, proofreading, gaps, data } = await openSources(job, tokenizer, c, { length, completion: 0 });
  try {
    const masked = gaps(counts.masked);
    const random = Random.seeded(o.seed);
    const proofread = { length, endToken: c.endToken, keepWeight: 1 };
    const ranking = { factor: 0.5, weight: shares.ranking / counts.ranking };
    for (;;) {
      const frame = new Frame(sizes, c.endToken);
      for (const batch of await masked.next()) frame.add(scaledBatch(batch, shares.masked));
      const wrong = Array.from({ length: counts.proofread }, () => drawProofreadExample(functions, length, proofreading, random));
      frame.add(scaledBatch(proofreadBatch(wrong, proofread), shares.proofread));
      // What has too many candidates for the room that is left is drawn again, within reason.
      for (let ranked = 0, attempt = 0; ranked < counts.ranking && attempt < 3 * counts.ranking; attempt++)
        ranked += Number(frame.addRanking(drawRankingExample(functions, length, proofreading, random), ranking));
      yield frame;
    }
  } finally {
    data.close();
  }
}
