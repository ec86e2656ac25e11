/** The stages of a training on an accelerator: what an update of each is made of. */
import type { TransformerConfig } from '../../model/config';
import { readNetwork } from '../../model/network';
import { CodeTokenizer } from '../../model/tokenizer';
import { scaledBatch } from '../batch';
import { CorpusError } from '../corpus/manifest';
import { readDocuments, type DocumentKind } from '../corpus/shards';
import { proofreadBatch } from '../objectives/proofread';
import { defaultSettings, type Settings } from '../pretrain/settings';
import { PretrainStream, type TextTools } from '../pretrain/stream';
import { openTokens, type TokenFile } from '../pretrain/token-files';
import { Random } from '../random';
import { readMerges } from '../tokenizer/file';
import { specialId } from '../tokenizer/pattern';
import { drawProofreadExample } from '../tune/proofread/examples';
import { drawRankingExample } from '../tune/ranking/examples';
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

/** What frames are drawn from, opened. */
interface Drawn {
  readonly sizes: FrameSizes;
  readonly layout: ReturnType<typeof frameLayout>;
  readonly config: TransformerConfig;
  readonly tokenizer: CodeTokenizer;
  readonly seed: number;
  /** Updates of so many masked sequences. */
  readonly masked: (sequences: number, diffusion: Partial<Settings['diffusion']>) => PretrainStream;
}

/** Frames without end. Another seed takes other sequences, in another order. Throws CorpusError, ModelError or TokenizerError where something is missing. */
export async function* drawFrames(stage: Stage, o: DrawOptions): AsyncGenerator<Uint8Array> {
  const { config } = await readNetwork(o.model);
  const tokenizer = await CodeTokenizer.load(o.model);
  const folder = { corpus: o.corpus, merges: await readMerges(o.model) };
  const open = (kind: DocumentKind): Promise<TokenFile | null> => openTokens(folder, kind, 'train');
  const [code, functions, test] = await Promise.all([open('code'), open('function'), open('test')]);
  if (!code) throw new CorpusError(`${o.corpus} holds no code: run "npm run data" first`);
  const text: TextTools = {
    encode: (t) => tokenizer.encode(t),
    decode: (ids) => tokenizer.decode(ids),
    textTokens: Array.from({ length: config.vocabulary }, (_, id) => id).filter((id) => tokenizer.isText(id)),
  };
  const length = config.maxSequence;
  const { graph, kept } = stageGraph(config, stage);
  const drawn: Drawn = {
    sizes: { ...sizesOf[stage], length },
    layout: frameLayout(graph, kept),
    config,
    tokenizer,
    seed: o.seed,
    masked: (sequences, diffusion) =>
      new PretrainStream(
        { code, function: functions, test },
        {
          ...defaultSettings,
          length,
          sequences,
          atOnce: sequences,
          stages: { autoregressive: 0, adaptation: 0 },
          diffusion: { ...defaultSettings.diffusion, infill: 0, spans: 0.5, ...diffusion },
          seed: o.seed,
        },
        text,
      ),
  };
  try {
    yield* stage === 'pretrain' ? maskedFrames(drawn) : tuneFrames(drawn, await functionsOf(o.corpus));
  } finally {
    for (const file of [code, functions, test]) file?.close();
  }
}

function* maskedFrames({ sizes, layout, config, masked }: Drawn): Generator<Uint8Array> {
  const stream = masked(sizes.batch, {});
  for (;;) {
    const frame = new Frame(sizes, config.endToken);
    for (const batch of stream.next()) frame.add(batch);
    yield frame.bytes(layout);
  }
}

function* tuneFrames(d: Drawn, functions: readonly FunctionText[]): Generator<Uint8Array> {
  const { sizes, layout, config, tokenizer } = d;
  const structure = { expand: specialId('<|expand|>'), delete: specialId('<|delete|>'), bias: new Float32Array(0) };
  const tools = { encode: (t: string) => tokenizer.encode(t), spans: (t: string) => tokenizer.spans(t), structure };
  const stream = d.masked(counts.masked, { mostMasked: 0.4, corruptedUpdates: 0 });
  const random = Random.seeded(d.seed);
  const { length } = sizes;
  const proofread = { length, endToken: config.endToken, keepWeight: 1 };
  const ranking = { factor: 0.5, weight: shares.ranking / counts.ranking };
  for (;;) {
    const frame = new Frame(sizes, config.endToken);
    for (const batch of stream.next()) frame.add(scaledBatch(batch, shares.masked));
    const wrong = Array.from({ length: counts.proofread }, () => drawProofreadExample(functions, length, tools, random));
    frame.add(scaledBatch(proofreadBatch(wrong, proofread), shares.proofread));
    // What has too many candidates for the room that is left is drawn again, within reason.
    for (let ranked = 0, attempt = 0; ranked < counts.ranking && attempt < 3 * counts.ranking; attempt++)
      ranked += Number(frame.addRanking(drawRankingExample(functions, length, tools, random), ranking));
    yield frame.bytes(layout);
  }
}

interface FunctionText {
  readonly path: string;
  readonly text: string;
}

async function functionsOf(corpus: string): Promise<FunctionText[]> {
  const functions: FunctionText[] = [];
  for await (const { path, text } of readDocuments(corpus, 'function', 'train')) functions.push({ path, text });
  return functions;
}
