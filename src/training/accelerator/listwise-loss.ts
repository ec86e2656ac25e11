/** Ranking (see tune/ranking/listwise.ts) as a loss of the graph: the shares of the candidates are taken where the log-probabilities are, and no pass comes first. */
import type { Value } from '../../onnx/graph';
import { add, gather, log, mul, neg, reduceMax, reduceSum, reshape, slice, softmax, sub } from '../../onnx/ops';
import { addToRows, filledLike, unsqueezeAxes } from '../../onnx/ops-backward';
import type { LossBuilder } from '../graph/losses';

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
    const masked = neg(g, reduceSum(g, mul(g, g.input('row_weights', 'float32', logp.shape), logp), 0));
    const places = s.texts * s.candidates;
    const byText = (x: Value, width: number): Value => reshape(g, x, [s.texts, width], [s.texts, width]);
    const prior = byText(g.input('prior', 'float32', [places]), s.candidates);
    const terms = mul(g, g.input('term_factor', 'float32', [s.terms]), gather(g, logp, g.input('term_row', 'int64', [s.terms])));
    const at = unsqueezeAxes(g, g.input('term_candidate', 'int64', [s.terms]), [1]);
    const empty = filledLike(g, { name: '', dtype: 'float32', shape: [places] }, 0);
    const summed = addToRows(g, empty, at, terms);
    const scores = add(g, byText(summed, s.candidates), prior);
    const p = softmax(g, scores);
    // log-sum-exp = max score - log max p, as in the head.
    const logSumExp = sub(g, reduceMax(g, scores, -1, true), log(g, reduceMax(g, p, -1, true)));
    const first = slice(g, scores, 1, g.int64([0]), g.int64([1]), 1);
    const each = reshape(g, sub(g, logSumExp, first), [s.texts], [s.texts]);
    const ranked = reduceSum(g, mul(g, each, g.input('text_weights', 'float32', [s.texts])), 0);
    return {
      loss: add(g, masked, ranked),
      metrics: { listwise: ranked },
      fused: [
        {
          output: ranked,
          inputs: [terms],
          // By the scores: w (p - first), which each term gets of its candidate.
          backward: (b, d) => {
            const right = b.shared(
              'right',
              'float32',
              [1, s.candidates],
              Float32Array.from({ length: s.candidates }, (_, i) => Number(i === 0)),
            );
            const weights = reshape(b, mul(b, b.valueNamed('text_weights'), d), [s.texts, 1], [s.texts, 1]);
            const byScore = reshape(b, mul(b, sub(b, p, right), weights), [places], [places]);
            return [reshape(b, gather(b, byScore, at), [s.terms], [s.terms])];
          },
        },
      ],
    };
  };
}
