/** Updates of `instruct`: code with few masks, functions to be proofread, changes to be ranked, texts to be revised as is asked, and repairs with and without reasons. */
import type { TransformerConfig } from '../../model/config';
import { CodeTokenizer } from '../../model/tokenizer';
import { scaledBatch } from '../batch';
import type { Example } from '../objectives/sft';
import { proofreadBatch, type ProofreadExample } from '../objectives/proofread';
import { Random } from '../random';
import type { EditTask } from '../tasks/edits/edit-tasks';
import { readAuthorChanges } from '../tasks/histories/author-changes';
import { AuthorLessons } from '../tune/author-lessons';
import { canvasBatch } from '../tune/canvases';
import { exampleOf } from '../tune/examples';
import { drawProofreadExample } from '../tune/proofread/examples';
import { drawRankingExample, type RankingExample } from '../tune/ranking/examples';
import { drawRevision, revisionBatch, type RevisedCell } from '../tune/revisions/examples';
import { defaultTuning, type TuneSettings } from '../tune/settings';
import { fewMasks, openSources } from '../tune/sources';
import { drawn } from '../tune/stream';
import { Frame, type FrameSizes } from './frames';
import type { DrawOptions } from './stages';

/** Sequences of an update. */
export const instructCounts = { masked: 28, proofread: 8, ranking: 6, revised: 11, repair: 3, reasoned: 6, keep: 2 } as const;
/** What the kinds of sequences count for. */
const shares = { masked: 0.4, proofread: 0.15, ranking: 0.2, revised: 0.125, canvases: 0.125 } as const;
/** Of what is proofread and ranked, so much is authors' own. */
const authors = 1 / 3;
/** Tokens of a repair's completion. */
const completion = 96;

export async function* instructFrames(c: TransformerConfig, sizes: FrameSizes, o: DrawOptions): AsyncGenerator<Frame> {
  const { length } = sizes;
  const { sft } = defaultTuning.proofreading;
  const settings: TuneSettings = { ...defaultTuning.answers, arm: 'sft', seed: o.seed, sft: { ...sft, edits: 0.2 } };
  const tokenizer = await CodeTokenizer.load(o.model);
  const canvas = { length, completion };
  const job = { corpus: o.corpus, tasks: o.tasks, from: o.model, settings };
  const sources = await openSources(job, tokenizer, c, canvas);
  const { functions, proofreading, broken, right, data } = sources;
  try {
    const masked = sources.gaps(instructCounts.masked, fewMasks);
    const random = Random.seeded(o.seed);
    const one = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
    const edits = byKind(sources.edits);
    const written = new AuthorLessons(await readAuthorChanges(o.tasks), length, proofreading);
    const revising = { encode: proofreading.encode, structure: proofreading.structure, maskToken: c.maskToken };
    const wrong = (): ProofreadExample =>
      (random.uniform() < authors ? written.proofread(random) : null) ??
      drawProofreadExample(functions, length, proofreading, random);
    const ranked = (): RankingExample =>
      (random.uniform() < authors ? written.ranking(random) : null) ??
      drawRankingExample(functions, length, proofreading, random);
    const repair = (cases: typeof broken, reasons: boolean) => (): Example | null =>
      exampleOf(one(cases), tokenizer, reasons, canvas);
    for (;;) {
      const frame = new Frame(sizes, c.endToken);
      for (const batch of await masked.next()) frame.add(scaledBatch(batch, shares.masked));
      const read = Array.from({ length: instructCounts.proofread }, wrong);
      frame.add(scaledBatch(proofreadBatch(read, { length, endToken: c.endToken, keepWeight: 1 }), shares.proofread));
      const revised = drawn(instructCounts.revised, (): RevisedCell[] | null =>
        drawRevision(one(one(edits)), length, revising, random),
      );
      frame.add(scaledBatch(revisionBatch(revised, { length, endToken: c.endToken, keepWeight: 0.5 }), shares.revised));
      const canvases = [
        ...drawn(instructCounts.repair, repair(broken, false)),
        ...drawn(instructCounts.reasoned, repair(broken, true)),
        ...drawn(instructCounts.keep, repair(right, random.uniform() < 0.5)),
      ];
      frame.add(scaledBatch(canvasBatch(canvases, { ...c, length }, random), shares.canvases));
      const ranking = { factor: 0.5, weight: shares.ranking / instructCounts.ranking };
      frame.addRankings(instructCounts.ranking, ranked, ranking);
      yield frame;
    }
  } finally {
    data.close();
  }
}

/** Half of the draws are of a kind that was drawn first, so that rare kinds are seen. */
function byKind(tasks: readonly EditTask[]): EditTask[][] {
  const all = [...tasks];
  const kinds = [...new Set(tasks.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => [tasks.filter((task) => task.kind === kind), all]);
}
