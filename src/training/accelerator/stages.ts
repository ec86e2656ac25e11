/** The stages of a training on an accelerator: what an update of each is made of. */
import type { TransformerConfig } from '../../model/config';
import { readNetwork } from '../../model/network';
import { openData } from '../pretrain/data';
import { defaultSettings, type Settings } from '../pretrain/settings';
import { PretrainStream } from '../pretrain/stream';
import { Frame, frameLayout, type FrameSizes } from './frames';
import { listwiseLoss } from './listwise-loss';
import { instructCounts, instructFrames } from './instruct-frames';
import { tuneCounts, tuneFrames } from './tune-frames';
import { buildUpdateGraph, type UpdateGraph } from './update-graph';

/** `pretrain`: masked code. `tune`: to read and to fill (tune-frames.ts). `instruct`: to do what it is asked to (instruct-frames.ts). */
export const stages = ['pretrain', 'tune', 'instruct'] as const;
export type Stage = (typeof stages)[number];

const sizesOf: Readonly<Record<Stage, Omit<FrameSizes, 'length'>>> = {
  pretrain: { batch: 64, rows: 9216 },
  tune: { batch: 64, rows: 8704, ranking: { texts: tuneCounts.ranking, candidates: 352, terms: 8192 } },
  instruct: { batch: 64, rows: 10_240, ranking: { texts: instructCounts.ranking, candidates: 352, terms: 8192 } },
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
  /** Folder of `npm run tasks` and `npm run changes`, for `instruct`. */
  readonly tasks: string;
  readonly seed: number;
}

/** Frames without end. Another seed takes other sequences, in another order. Throws CorpusError, ModelError or TokenizerError where something is missing. */
export async function* drawFrames(stage: Stage, o: DrawOptions): AsyncGenerator<Uint8Array> {
  const { config } = await readNetwork(o.model);
  const { graph, kept } = stageGraph(config, stage);
  const layout = frameLayout(graph, kept);
  const frames = framesOf(stage, config, { ...sizesOf[stage], length: config.maxSequence }, o);
  for await (const frame of frames) yield frame.bytes(layout);
}

function framesOf(stage: Stage, c: TransformerConfig, sizes: FrameSizes, o: DrawOptions): AsyncGenerator<Frame> {
  switch (stage) {
    case 'pretrain':
      return maskedFrames(c, sizes, o);
    case 'tune':
      return tuneFrames(c, sizes, o);
    case 'instruct':
      return instructFrames(c, sizes, o);
  }
}

async function* maskedFrames(c: TransformerConfig, sizes: FrameSizes, o: DrawOptions): AsyncGenerator<Frame> {
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
