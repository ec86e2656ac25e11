import assert from 'node:assert/strict';
import fc from 'fast-check';
import { correctionsOf } from '../../../src/diffusion/proofread';

const structure = { expand: 100, delete: 101 };
const tokens = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 });

/** What labels make of a text; a hole where something is missing. */
function carriedOut(wrong: readonly number[], labels: ReturnType<typeof correctionsOf>): (number | 'hole')[] {
  const of = new Map(labels.map(({ at, label }) => [at, label]));
  return wrong.flatMap((token, at): (number | 'hole')[] => {
    const label = of.get(at);
    if (label === structure.delete) return [];
    if (label === structure.expand) return ['hole', token];
    return [label ?? token];
  });
}

describe('corrections of a text', () => {
  it('give the right text, but for what is missing, which is where they say', () => {
    fc.assert(
      fc.property(tokens, tokens, (wrong, right) => {
        const labels = correctionsOf(wrong, right, structure);
        assert.equal(new Set(labels.map(({ at }) => at)).size, labels.length);
        const pattern = carriedOut(wrong, labels).map((t) => (t === 'hole' ? '(?:,\\d+)+' : `,${t}`)).join(''); // prettier-ignore
        // At the text's end there is no token to say that something is missing.
        assert.match(right.map((t) => `,${t}`).join(''), new RegExp(`^${pattern}(?:,\\d+)*$`));
      }),
    );
  });

  it('are none of a right text', () => {
    fc.assert(fc.property(tokens, (right) => { assert.deepEqual(correctionsOf(right, right, structure), []); })); // prettier-ignore
  });
});
