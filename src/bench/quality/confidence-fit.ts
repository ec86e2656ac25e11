/** Fits what a model's confidence is worth (diffusion/confidence.ts) to offers that were judged. */
import type { ConfidenceCalibration, ConfidenceWeights } from '../../diffusion/confidence';
import type { Offered } from './ghost';

type Judged = Pick<Offered, 'of' | 'fill' | 'right'>;

const rounds = 4_000;
const rate = 0.3;
/** Pulls the two slopes to 0 (ridge): with few right answers they would run away. */
const ridge = 2e-3;

export function fitConfidence(offers: readonly Judged[]): ConfidenceCalibration {
  const fitted = (of: Offered['of']): ConfidenceWeights => logistic(offers.filter((o) => o.of === of));
  return { line: fitted('line'), lines: fitted('lines') };
}

/** Logistic regression by projected gradient descent; the targets are Platt's, which keep a share of 0 or 1 of few cases from being believed. */
function logistic(offers: readonly Judged[]): ConfidenceWeights {
  const hits = offers.filter(({ right }) => right).length;
  const [yes, no] = [(hits + 1) / (hits + 2), 1 / (offers.length - hits + 2)];
  let [bias, meanLogp, tokens] = [0, 0, 0];
  for (let round = 0; round < rounds && offers.length > 0; round++) {
    const slope = [0, ridge * meanLogp, ridge * tokens];
    for (const { fill, right } of offers) {
      const x = [1, fill.meanLogp, Math.log(fill.tokens)];
      const p = 1 / (1 + Math.exp(-(bias + meanLogp * x[1]! + tokens * x[2]!)));
      for (let i = 0; i < 3; i++) slope[i]! += ((p - (right ? yes : no)) * x[i]!) / offers.length;
    }
    bias -= rate * slope[0]!;
    meanLogp = Math.max(0, meanLogp - rate * slope[1]!);
    tokens -= rate * slope[2]!;
  }
  const short = (value: number): number => Number(value.toPrecision(4));
  return { bias: short(bias), meanLogp: short(meanLogp), tokens: short(tokens) };
}
