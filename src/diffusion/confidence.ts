/**
 * How likely a fill is to be exactly what belongs there. The probabilities at which its tokens were committed say it too high, several times over: each was given
 * the ones before it, right or wrong, and the length was chosen among several. Logistic regression (Platt 1999) on held-back gaps takes that off; `npm run calibrate` fits it.
 */
import * as z from 'zod';
import type { InfillResult } from './code-model';

const weightsSchema = z.strictObject({
  bias: z.number(),
  /** Of the mean log-probability of the tokens; what is surer is never believed in less. */
  meanLogp: z.number().min(0),
  /** Of the logarithm of the number of tokens. */
  tokens: z.number(),
});
/** For fills of one line, and for those that may have several. */
export const confidenceCalibrationSchema = z.strictObject({ line: weightsSchema, lines: weightsSchema });
export type ConfidenceWeights = z.infer<typeof weightsSchema>;
export type ConfidenceCalibration = z.infer<typeof confidenceCalibrationSchema>;

type Sure = Pick<InfillResult, 'meanLogp' | 'tokens'>;

/** Of what a model says that was never measured: offers of small models were right 0.2 to 0.4 times as often as they said. */
const unmeasured = 0.4;

/** 0..1. Without weights: a part of the geometric mean of the probabilities at which the tokens were committed. */
export function confidenceOf({ meanLogp, tokens }: Sure, weights: ConfidenceWeights | null): number {
  if (!weights) return unmeasured * Math.min(1, Math.exp(meanLogp));
  return 1 / (1 + Math.exp(-(weights.bias + weights.meanLogp * meanLogp + weights.tokens * Math.log(tokens))));
}

/** No fill of up to so many tokens with a mean log-probability below this reaches the confidence. */
export function leastMeanLogp(confidence: number, weights: ConfidenceWeights | null, maxTokens: number): number {
  if (!weights) return Math.log(confidence / unmeasured);
  const wanted = Math.log(confidence / (1 - Math.min(confidence, 1 - 1e-9)));
  const most = weights.bias + Math.max(0, weights.tokens * Math.log(maxTokens));
  if (weights.meanLogp === 0) return wanted <= most ? -Infinity : Infinity;
  return (wanted - most) / weights.meanLogp;
}
