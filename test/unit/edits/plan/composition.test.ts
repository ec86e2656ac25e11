import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyMarked, changesOf, compose, inBase } from '../../../../src/edits/plan/composition';
import { applyEdits } from '../../../../src/edits/text';

const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n'), maxLength: 6 });
/** Random edits, each at a place of the text that those before have left. */
const edits = fc.array(fc.record({ at: fc.nat(), length: fc.nat({ max: 5 }), text: word }), { maxLength: 12 });

describe('a composition of edits', () => {
  it('is the present text, and its changes of the first text give it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('x', 'y', '\n'), maxLength: 40 }), edits, (base, asked) => {
        let text = base;
        let composition = compose(base);
        asked.forEach((ask, mark) => {
          const start = ask.at % (text.length + 1);
          const edit = { start, end: Math.min(text.length, start + ask.length), text: ask.text };
          text = applyEdits(text, [edit]);
          composition = applyMarked(composition, [edit], mark);
        });
        assert.equal(composition.text, text);
        const changes = changesOf(composition);
        assert.equal(applyEdits(base, changes), text);
        for (let i = 1; i < changes.length; i++)
          assert.ok(changes[i]!.start > changes[i - 1]!.end, 'kept text is between any two');
      }),
    );
  });

  it('knows where an edit would have been in the first text, or that it would not have been', () => {
    const composition = applyMarked(compose('let a = 1; let b = 2;'), [{ start: 0, end: 3, text: 'const' }], 0);
    assert.deepEqual(inBase(composition, [{ start: 13, end: 16, text: 'const' }]), [{ start: 11, end: 14, text: 'const' }]);
    assert.equal(inBase(composition, [{ start: 2, end: 5, text: '' }]), undefined);
  });

  it('joins the marks of edits that meet', () => {
    let composition = applyMarked(compose('abcdef'), [{ start: 1, end: 2, text: 'X' }], 0);
    composition = applyMarked(composition, [{ start: 2, end: 3, text: 'Y' }], 1);
    composition = applyMarked(composition, [{ start: 5, end: 6, text: 'Z' }], 2);
    assert.deepEqual(changesOf(composition), [
      { start: 1, end: 3, text: 'XY', marks: [0, 1] },
      { start: 5, end: 6, text: 'Z', marks: [2] },
    ]);
  });
});
