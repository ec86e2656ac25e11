/**
 * Learning to rank repairs as a search needs them ranked: of all changes of a broken function the one that mends it should be the likeliest, their scores being what
 * the search thinks of such changes and a share of the log odds of their corrections (diffusion/proofread.ts). Loss: cross-entropy of the right one under the softmax of
 * the scores, "listwise" (ListNet's top-one probabilities; Cao et al., 2007). Its gradient by log odds is known once the odds are, so a pass of the model comes first.
 */
import { gainOf, readLabels, type LabelRow } from '../../../diffusion/proofread';
import type { StructureTokens } from '../../../diffusion/variable-length';
import type { StepModel } from '../../../model/step-model';
import type { Batch } from '../../batch';
import { labelBatches, LabelWeights, type LabelBatchOptions, type LabelledText } from '../proofread/label-batches';
import type { RankingExample } from './examples';

export interface ListwiseOptions extends LabelBatchOptions {
  /** What a nat of log odds counts beside the search's own opinion. */
  readonly weight: number;
}

/** Labels that weigh less do not pay their row. */
const least = 1e-4;

export interface Listwise {
  readonly batches: readonly Batch[];
  /** Mean over the examples, nats; and of log(1 + candidates that are scored above the right one). */
  readonly loss: number;
  readonly before: number;
}

/** The loss's gradient as batches for graphs with repeated rows: mean over the examples. */
export async function listwise(
  model: StepModel,
  structure: StructureTokens,
  examples: readonly RankingExample[],
  o: ListwiseOptions,
): Promise<Listwise> {
  const ranked: Ranked[] = [];
  for (const example of examples) {
    const { length } = example.tokens;
    const rows = await readLabels(model, structure, example.tokens, { from: 0, until: length });
    ranked.push(rankedBy(example, rows, o.weight / examples.length, o.weight));
  }
  const mean = (value: (one: Ranked) => number): number => ranked.reduce((sum, one) => sum + value(one), 0) / ranked.length;
  return { batches: labelBatches(ranked, o), loss: mean((one) => one.loss), before: mean((one) => Math.log(1 + one.above)) };
}

interface Ranked extends LabelledText {
  readonly loss: number;
  /** Candidates that are scored above the right one. */
  readonly above: number;
}

/** One example's loss, and its gradient by log odds, times `scale`, as weights of labels. `rows`: one a token. */
export function rankedBy(
  { tokens, candidates, right }: RankingExample,
  rows: readonly Pick<LabelRow, 'logp'>[],
  scale: number,
  weight: number,
): Ranked {
  const scores = candidates.map(({ corrections, prior }) => prior + weight * gainOf(corrections, tokens, (at) => rows[at]!));
  const shares = softmax(scores);
  const weights = new LabelWeights(tokens);
  candidates.forEach(({ corrections }, i) => {
    weights.add(corrections, scale * (Number(i === right) - shares[i]!));
  });
  return {
    tokens,
    rows: weights.rows(least * scale),
    loss: -Math.log(shares[right]!),
    above: scores.filter((s) => s > scores[right]!).length,
  };
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((s) => Math.exp(s - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / total);
}
