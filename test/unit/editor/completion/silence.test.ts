import assert from 'node:assert/strict';
import fc from 'fast-check';
import { explores, silenceBelow, type Outcome } from '../../../../src/editor/completion/silence/calibration';
import { OfferWatch } from '../../../../src/editor/completion/silence/watch';

const now = Date.UTC(2026, 0, 1);
const day = 24 * 3_600_000;
const of = (confidence: number, taken: boolean, times: number, at = now): Outcome[] =>
  Array.from({ length: times }, () => ({ confidence, taken, at }));

describe('learned silence', () => {
  it('follows from nothing less than twenty outcomes', () => {
    const outcome = fc.record({
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      taken: fc.boolean(),
      at: fc.constant(now),
    });
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 19 }), (outcomes) => {
        assert.equal(silenceBelow(outcomes, now), 0);
      }),
    );
  });

  it('is a confidence, and never silences what the model is as good as certain of', () => {
    const outcome = fc.record({
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      taken: fc.boolean(),
      at: fc.integer({ min: now - 100 * day, max: now + day }),
    });
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 300 }), (outcomes) => {
        const threshold = silenceBelow(outcomes, now);
        assert(threshold >= 0 && threshold <= 0.95);
      }),
    );
    assert(silenceBelow(of(0.9, false, 500), now) <= 0.95);
  });

  it('keeps away offers of the kind that is never taken, and lets those come that are', () => {
    const outcomes = [...of(0.4, false, 60), ...of(0.5, false, 40), ...of(0.9, true, 30), ...of(0.9, false, 20)];
    const threshold = silenceBelow(outcomes, now);
    assert(threshold > 0.5 && threshold < 0.9, `${threshold}`);
  });

  it('changes next to nothing for a user who takes what comes', () => {
    assert(silenceBelow([...of(0.4, true, 30), ...of(0.4, false, 30), ...of(0.8, true, 30)], now) < 0.2);
  });

  it('ends by itself when its reasons are old', () => {
    const outcomes = of(0.5, false, 100);
    assert(silenceBelow(outcomes, now) > 0.5);
    assert.equal(silenceBelow(outcomes, now + 90 * day), 0);
  });

  it('is lifted by offers that are taken after all', () => {
    const silent = silenceBelow(of(0.5, false, 60), now);
    const again = silenceBelow([...of(0.5, false, 60), ...of(0.5, true, 20)], now);
    assert(again < 0.5 && again < silent);
  });

  it('is broken at one place in eight, always the same ones', () => {
    const places = Array.from({ length: 4_000 }, (_, i) => ({ prefix: `const value${i} = `, suffix: ';\n' }));
    const share = places.filter(explores).length / places.length;
    assert(share > 0.1 && share < 0.15, `${share}`);
    assert(places.every((place) => explores(place) === explores({ ...place })));
  });
});

describe('what becomes of an offer', () => {
  const at = (prefix: string, suffix = '\n') => ({ prefix, suffix });
  const run = (steps: (watch: OfferWatch) => void): [number, boolean][] => {
    const reported: [number, boolean][] = [];
    steps(new OfferWatch((confidence, taken) => reported.push([confidence, taken])));
    return reported;
  };
  const offer = { text: 'list.length', confidence: 0.6 };

  it('taken by a command', () => {
    assert.deepEqual(
      run((watch) => {
        watch.show(at('a = '), offer, 0);
        watch.accepted();
        watch.reached(at('a = list.length'), 10);
      }),
      [[0.6, true]],
    );
  });

  it('taken by words, and then left', () => {
    assert.deepEqual(
      run((watch) => {
        watch.show(at('a = '), offer, 0);
        watch.reached(at('a = list.le'), 500);
        watch.show(at('a = list.le'), { text: 'ngth', confidence: 0.6 }, 500);
        watch.reached(at('a = list.lex'), 900);
      }),
      [[0.6, true]],
    );
  });

  it('typed to its end', () => {
    assert.deepEqual(
      run((watch) => {
        watch.show(at('a = '), offer, 0);
        for (let n = 1; n <= offer.text.length; n++) watch.reached(at(`a = ${offer.text.slice(0, n)}`), 100 * n);
      }),
      [[0.6, true]],
    );
  });

  it('left after it was read, at the place or for another', () => {
    for (const elsewhere of [at('a = x'), at('other'), at('a = ', ';')])
      assert.deepEqual(
        run((watch) => {
          watch.show(at('a = '), offer, 0);
          watch.reached(elsewhere, 500);
        }),
        [[0.6, false]],
      );
  });

  it('says nothing when it went too soon, or was no evidence', () => {
    assert.deepEqual(
      run((watch) => {
        watch.show(at('a = '), offer, 0);
        watch.reached(at('a = x'), 100);
        watch.show(at('a = '), offer, 0);
        watch.forget();
        watch.reached(at('a = x'), 1_000);
      }),
      [],
    );
  });
});
