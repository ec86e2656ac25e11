/** Ranking (see tune/ranking/listwise.ts) as a loss of the graph: the shares of the candidates are taken where the log-probabilities are, and no pass comes first. */
import { add, gather, mul, neg, reduceSum, reshape } from '../../onnx/ops';
import { logProbabilities } from '../graph/head';
import { sumByUnit, weightedCrossEntropy, type LossBuilder } from '../graph/losses';

export interface ListwiseSizes {
  /** Texts that are ranked. */
  readonly texts: number;
  /** Places for the candidates of each. The one that mends it has the first; empty ones have a prior of `emptyPrior`. */
  readonly candidates: number;
  /** Places for what the candidates' scores are sums of. */
  readonly terms: number;
}

/** Vanishes in the softmax. */
export const emptyPrior = -1e4;

/**
 * - sum_i w_i log p_i as in weightedCrossEntropy, and beside it the cross-entropy of the first candidate of each text under the softmax of the scores
 * prior + sum of term_factor * logp[term_row]. Inputs besides `row_weights` [N]: int64 `term_row` [T] and `term_candidate` [T] (text * candidates + candidate),
 * `term_factor` [T], `prior` [texts * candidates], and `text_weights` [texts]. Metric `listwise`: the second part.
 */
export function listwiseLoss(s: ListwiseSizes): LossBuilder {
  return (g, logp) => {
    const written = weightedCrossEntropy(g, logp);
    const places = s.texts * s.candidates;
    const prior = g.input('prior', 'float32', [places]);
    const terms = mul(g, g.input('term_factor', 'float32', [s.terms]), gather(g, logp, g.input('term_row', 'int64', [s.terms])));
    const summed = sumByUnit(g, terms, g.input('term_candidate', 'int64', [s.terms]), prior);
    const scores = reshape(g, add(g, summed.value, prior), [s.texts, s.candidates], [s.texts, s.candidates]);
    const right = logProbabilities(g, scores, g.int64(Array<number>(s.texts).fill(0)));
    const ranked = neg(g, reduceSum(g, mul(g, g.input('text_weights', 'float32', [s.texts]), right.value), 0));
    return {
      loss: add(g, written.loss, ranked),
      metrics: { ...written.metrics, listwise: ranked },
      fused: [...written.fused, summed.fused, right.fused],
    };
  };
}
