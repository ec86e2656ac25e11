/**
 * Learned silence: from what was taken and what was not, the model's confidence is calibrated to the chance that this user takes an offer, and offers
 * with too small a chance are not made. A logistic curve over the confidence's log-odds, with a prior that stands for a model whose confidence is
 * that chance already. Pure.
 */

export interface Outcome {
  /** The model's confidence in what was offered, 0..1. */
  readonly confidence: number;
  readonly taken: boolean;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** Offers that are taken less often than this are in the way. */
const leastChance = 0.1;
/** So many outcomes (older ones count less) before anything follows from them. */
const leastEvidence = 20;
/** After so long an outcome counts half: habits change, and silence must not outlast its reasons. */
const halfLifeMs = 14 * 24 * 3_600_000;
/** However bad it went, what the model is as good as certain of is offered. */
const highest = 0.95;
/** Of the places where silence was learned, one in so many is tried all the same: else nothing could be learned any more. */
const exploreOneIn = 8;

/** The curve's prior: mean and standard deviation of its intercept and slope. */
const prior = { intercept: { mean: 0, deviation: 1 }, slope: { mean: 1, deviation: 0.5 } };
const leastSlope = 0.2;
const newtonSteps = 12;

/** Below this confidence, 0..1, silence is better; 0 where there is too little evidence for saying so. */
export function silenceBelow(outcomes: readonly Outcome[], now: number): number {
  const weighted = outcomes.map(({ confidence, taken, at }) => ({
    x: logOdds(Math.min(0.98, Math.max(0.02, confidence))),
    y: Number(taken),
    weight: 0.5 ** (Math.max(0, now - at) / halfLifeMs),
  }));
  if (weighted.reduce((sum, { weight }) => sum + weight, 0) < leastEvidence) return 0;
  const { intercept, slope } = fit(weighted);
  const threshold = chance((logOdds(leastChance) - intercept) / slope);
  return Math.min(highest, threshold);
}

/** True at the few places where an offer is made although silence was learned. The same place always gives the same answer. */
export function explores({ prefix, suffix }: { readonly prefix: string; readonly suffix: string }): boolean {
  let hash = 0x811c9dc5;
  for (const char of `${prefix.slice(-200)}\0${suffix.slice(0, 50)}`) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) % exploreOneIn === 0;
}

interface Sample {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** Most probable curve after the evidence, by Newton's method; the logarithm of its probability is concave, so it has one summit. */
function fit(samples: readonly Sample[]): { intercept: number; slope: number } {
  let intercept = prior.intercept.mean;
  let slope = prior.slope.mean;
  const [pa, pb] = [prior.intercept.deviation ** -2, prior.slope.deviation ** -2];
  for (let step = 0; step < newtonSteps; step++) {
    // Gradient and (negated) second derivatives.
    let ga = -pa * (intercept - prior.intercept.mean);
    let gb = -pb * (slope - prior.slope.mean);
    let [haa, hab, hbb] = [pa, 0, pb];
    for (const { x, y, weight } of samples) {
      const p = chance(intercept + slope * x);
      ga += weight * (y - p);
      gb += weight * (y - p) * x;
      const curvature = weight * p * (1 - p);
      haa += curvature;
      hab += curvature * x;
      hbb += curvature * x * x;
    }
    const determinant = haa * hbb - hab * hab;
    intercept += bounded((ga * hbb - gb * hab) / determinant);
    slope += bounded((gb * haa - ga * hab) / determinant);
  }
  // A curve that falls would silence what the model is surest of: then the confidence says nothing, and only the share taken counts.
  return { intercept, slope: Math.max(leastSlope, slope) };
}

/** Newton's steps overshoot where the curve is flat. */
function bounded(step: number): number {
  return Math.min(2, Math.max(-2, step));
}

function logOdds(p: number): number {
  return Math.log(p / (1 - p));
}

function chance(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}
