/**
 * The batches of supervised tuning: functions to be proofread, changes of functions to be ranked, repairs with and without reasons, right code to be left alone, instructed edits, and code with masks or
 * gaps in it as in pre-training.
 */
import * as z from 'zod';
import { scaledBatch, type Batch } from '../batch';
import type { Json } from '../checkpoint';
import type { EditTask } from '../tasks/edits/edit-tasks';
import { splitBatch } from '../objectives/split';
import { Random } from '../random';
import type { BatchStream } from '../run/stream';
import { canvasBatch } from './canvases';
import { exampleOf, type ExampleSizes, type RepairCase } from './examples';
import type { CodeTokenizer } from '../../model/tokenizer';
import { proofreadBatch } from '../objectives/proofread';
import { drawProofreadExample, type ProofreadTools } from './proofread/examples';
import { drawRankingExample, type RankingExample } from './ranking/examples';
import type { ListwiseOptions } from './ranking/listwise';
import { drawRevision, revisionBatch } from './revisions/examples';
import type { TuneSettings } from './settings';

export interface TuneSources {
  readonly tokenizer: CodeTokenizer;
  readonly broken: readonly RepairCase[];
  readonly right: readonly RepairCase[];
  readonly edits: readonly EditTask[];
  /** Functions of the corpus, in its order; none where there is no proofreading to be taught. */
  readonly functions: readonly { readonly path: string; readonly text: string }[];
  readonly proofreading: ProofreadTools;
  /** Batches of code with masks or gaps, so many sequences each. */
  readonly gaps: (sequences: number) => BatchStream;
  readonly maskToken: number;
  readonly endToken: number;
}

/** Batches whose gradient makes the model rank these better, by what it says of them now. */
export type Ranker = (examples: readonly RankingExample[]) => Promise<readonly Batch[]>;

/** Sequences computed at a time. */
export const atOnce = 4;
/** How examples are ranked in a tuning; see ranking/listwise.ts. */
export function rankingOptions(
  { endToken }: Pick<TuneSources, 'endToken'>,
  { sft }: TuneSettings,
  { length }: ExampleSizes,
): ListwiseOptions {
  return { weight: sft.rankingWeight, atOnce, length, endToken };
}

/** Weight of the tokens that are right, beside 1 of those to be corrected. */
const keepWeight = 1;

const stateSchema = z.object({ updates: z.number().int().min(0), gaps: z.json() });

export class TuneStream implements BatchStream {
  private updates = 0;
  private readonly gaps: BatchStream;
  private readonly counts: {
    readonly proofread: number;
    readonly ranking: number;
    readonly repair: number;
    readonly reasoned: number;
    readonly keep: number;
    readonly edits: number;
    readonly gaps: number;
  };

  constructor(
    private readonly sources: TuneSources,
    private readonly settings: TuneSettings,
    private readonly sizes: ExampleSizes,
    /** Needed where there is ranking to be taught. */
    private readonly ranker?: Ranker,
  ) {
    const { sequences, ...shares } = settings.sft;
    const part = (share: number, of: readonly unknown[]): number => (of.length === 0 ? 0 : Math.round(share * sequences));
    const proofread = part(shares.proofread, sources.functions);
    const ranking = ranker ? part(shares.ranking, sources.functions) : 0;
    const [repair, reasoned] = [part(shares.repair, sources.broken), part(shares.reasoned, sources.broken)];
    const [keep, edits] = [part(shares.keep, sources.right), part(shares.edits, sources.edits)];
    const gaps = Math.max(0, sequences - proofread - ranking - repair - reasoned - keep - edits);
    this.counts = { proofread, ranking, repair, reasoned, keep, edits, gaps };
    this.gaps = sources.gaps(Math.max(1, this.counts.gaps));
  }

  get state(): Json {
    return { updates: this.updates, gaps: this.gaps.state };
  }

  restore(state: Json): void {
    const { updates, gaps } = stateSchema.parse(state);
    this.updates = updates;
    this.gaps.restore(gaps);
  }

  async next(): Promise<Batch[]> {
    const { counts, sources, sizes } = this;
    const random = Random.seeded((this.settings.seed ^ Math.imul(this.updates + 1, 0x9e3779b1)) >>> 0);
    const from = (cases: readonly RepairCase[], reasons: boolean) => () =>
      exampleOf(cases[random.below(cases.length)]!, sources.tokenizer, reasons, sizes);
    const examples = [
      ...drawn(counts.repair, from(sources.broken, false)),
      ...drawn(counts.reasoned, from(sources.broken, true)),
      ...drawn(counts.keep, from(sources.right, random.uniform() < 0.5)),
    ];
    const revising = { ...sources.proofreading, maskToken: sources.maskToken };
    const revised = drawn(counts.edits, () =>
      drawRevision(sources.edits[random.below(sources.edits.length)]!, sizes.length, revising, random),
    );
    const wrong = Array.from({ length: counts.proofread }, () =>
      drawProofreadExample(sources.functions, sizes.length, sources.proofreading, random),
    );
    const ranked = Array.from({ length: counts.ranking }, () =>
      drawRankingExample(sources.functions, sizes.length, sources.proofreading, random),
    );
    const ranking = ranked.length > 0 ? await this.ranker!(ranked) : [];
    const gaps = counts.gaps > 0 ? await this.gaps.next() : [];
    this.updates++;
    const all = wrong.length + ranked.length + examples.length + revised.length + counts.gaps;
    const proofread = { length: sizes.length, endToken: sources.endToken, keepWeight };
    const revisions = { ...proofread, keepWeight: keepWeight / 2 };
    return [
      ...(wrong.length > 0 ? splitBatch(scaledBatch(proofreadBatch(wrong, proofread), wrong.length / all), atOnce) : []),
      ...(examples.length > 0
        ? splitBatch(
            scaledBatch(canvasBatch(examples, { ...sources, length: sizes.length }, random), examples.length / all),
            atOnce,
          )
        : []),
      ...(revised.length > 0 ? splitBatch(scaledBatch(revisionBatch(revised, revisions), revised.length / all), atOnce) : []),
      ...ranking.map((batch) => scaledBatch(batch, ranked.length / all)),
      ...gaps.map((batch) => scaledBatch(batch, counts.gaps / all)),
    ];
  }
}

/** So many of what does not always fit, within reason. */
export function drawn<T>(count: number, draw: () => T | null): T[] {
  const found: T[] = [];
  for (let attempt = 0; found.length < count && attempt < 20 * count; attempt++) {
    const next = draw();
    if (next) found.push(next);
  }
  return found;
}
