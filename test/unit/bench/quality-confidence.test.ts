import assert from 'node:assert/strict';
import { calibrationOf } from '../../../src/bench/quality/calibration';
import { fitConfidence } from '../../../src/bench/quality/confidence-fit';
import type { Offered } from '../../../src/bench/quality/ghost';
import { confidenceOf } from '../../../src/diffusion/confidence';
import { Random } from '../../../src/training/random';

type Judged = Pick<Offered, 'of' | 'fill' | 'right' | 'confidence'>;

/** Offers of a model that is right as often as weights say, and sure of itself far beyond that. */
function offers(count: number, seed: number): Judged[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, (_, i): Judged => {
    const of = i % 2 === 0 ? 'line' : 'lines';
    const fill = { meanLogp: -2 * random.uniform(), tokens: 1 + random.below(12) };
    const right = random.uniform() < confidenceOf(fill, { bias: of === 'line' ? 1 : -1, meanLogp: 2, tokens: -0.6 });
    return { of, fill, right, confidence: confidenceOf(fill, null) };
  });
}

describe('what a confidence is worth', () => {
  it('is learnt from offers that were judged, and holds for others', () => {
    const fitted = fitConfidence(offers(3_000, 1));
    const others = offers(3_000, 2);
    const before = calibrationOf(others).ece!;
    const after = calibrationOf(others.map((o) => ({ ...o, confidence: confidenceOf(o.fill, fitted[o.of]) }))).ece!;
    assert.ok(before > 0.05, `${before}`);
    assert.ok(after < 0.04, `${after}`);
    assert.ok(Math.abs(fitted.line.meanLogp - 2) < 0.4 && Math.abs(fitted.line.tokens + 0.6) < 0.2);
  });

  it('of none, or of none that was right, is finite and low', () => {
    for (const some of [[], offers(60, 3).map((o) => ({ ...o, right: false }))]) {
      const { line } = fitConfidence(some);
      assert.ok([line.bias, line.meanLogp, line.tokens].every(Number.isFinite));
      assert.ok(confidenceOf({ meanLogp: -0.5, tokens: 3 }, line) <= 0.5);
    }
  });
});
