import assert from 'node:assert/strict';
import fc from 'fast-check';
import { confidenceOf, leastMeanLogp, type ConfidenceWeights } from '../../../src/diffusion/confidence';

const weights = fc.record({
  bias: fc.double({ min: -5, max: 5, noNaN: true }),
  meanLogp: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 5, noNaN: true })),
  tokens: fc.double({ min: -3, max: 3, noNaN: true }),
});
const maxTokens = 48;

describe('confidence of a fill', () => {
  it('is a part of what its tokens’ probabilities say where it was never measured', () => {
    assert.equal(confidenceOf({ meanLogp: Math.log(0.5), tokens: 7 }, null), 0.2);
    assert.ok(Math.abs(leastMeanLogp(0.2, null, maxTokens) - Math.log(0.5)) < 1e-12);
  });

  it('below the bound it is never reached, so that giving a fill up early hides none that would be shown', () => {
    fc.assert(
      fc.property(
        fc.option(weights),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: -12, max: 0, noNaN: true }),
        fc.integer({ min: 1, max: maxTokens }),
        (w: ConfidenceWeights | null, wanted, meanLogp, tokens) => {
          const least = leastMeanLogp(wanted, w, maxTokens);
          if (meanLogp < least - 1e-6) assert.ok(confidenceOf({ meanLogp, tokens }, w) <= wanted + 1e-6);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('grows with what the model says of its tokens', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: maxTokens }), (w, tokens) => {
        const at = [-4, -2, -1, 0].map((meanLogp) => confidenceOf({ meanLogp, tokens }, w));
        assert.deepEqual(
          at,
          at.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
