import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TypingRhythm } from '../../../../src/editor/completion/rhythm';

/** A user who typed with these gaps, on an engine that always takes so long. */
function typist(gaps: readonly number[], requestMs: number): TypingRhythm {
  const rhythm = new TypingRhythm();
  let at = 0;
  rhythm.key(at);
  for (const gap of gaps) rhythm.key((at += gap));
  for (let i = 0; i < 50; i++) rhythm.answered(requestMs);
  return rhythm;
}

const gapsOf = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 100 });

describe('wait after a key', () => {
  it('is never negative and never over the limit, and does not wait where there is no limit to wait for', () => {
    fc.assert(
      fc.property(gapsOf, fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 2_000 }), (gaps, ms, longest) => {
        const wait = typist(gaps, ms).wait(longest);
        assert(wait >= 0 && wait <= longest);
      }),
    );
  });

  it('is not shorter where requests take longer', () => {
    fc.assert(
      fc.property(gapsOf, fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }), (gaps, a, b) => {
        const [quick, slow] = [typist(gaps, Math.min(a, b)), typist(gaps, Math.max(a, b))];
        assert(quick.wait(350) <= slow.wait(350));
      }),
    );
  });

  const steady = Array<number>(60).fill(120).map((gap, i) => (i % 10 === 0 ? 1_500 : gap)); // prettier-ignore

  it('is nothing where answers come before the next key', () => {
    assert.equal(typist(steady, 15).wait(350), 0);
  });

  it('outlasts the usual gap between keys, and not much more, where answers are slow', () => {
    const wait = typist(steady, 400).wait(350);
    assert(wait >= 120 && wait <= 150, `${wait} ms`);
  });

  it('is nothing for a user who types a character at a time', () => {
    assert.equal(typist(Array<number>(60).fill(1_200), 400).wait(350), 0);
  });

  it('follows a user who changes pace', () => {
    const slower = typist([...steady, ...Array<number>(60).fill(250).map((gap, i) => (i % 10 === 0 ? 1_500 : gap))], 400); // prettier-ignore
    assert(slower.wait(350) >= 250);
  });
});
