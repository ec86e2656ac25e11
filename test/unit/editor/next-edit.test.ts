import assert from 'node:assert/strict';
import fc from 'fast-check';
import { does, fitsGhostText, shifted, type SuggestedEdit } from '../../../src/editor/next-edit/suggestions';
import { EditTracker, type TextChange } from '../../../src/editor/next-edit/tracker';

const done = (text: string, { offset, length, text: inserted }: TextChange): string =>
  text.slice(0, offset) + inserted + text.slice(offset + length);

/** A change that is possible in a text. */
const changeOf = (text: string, at: number, length: number, inserted: string): TextChange => {
  const offset = at % (text.length + 1);
  return { offset, length: length % (text.length - offset + 1), text: inserted };
};
const step = fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 5 }), fc.string({ maxLength: 4 }));

describe('next edits: what is being changed', () => {
  it('is told from the text before, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.array(step, { maxLength: 12 }), (start, steps) => {
        const tracker = new EditTracker(start);
        let text = start;
        for (const [at, length, inserted] of steps) {
          const change = changeOf(text, at, length, inserted);
          const before = tracker.continues(change) ? undefined : text;
          tracker.apply(change);
          text = done(text, change);
          assert.equal(tracker.text, text);
          assert.equal(tracker.length, text.length);
          const open = tracker.change;
          if (!open) continue;
          assert.equal(text.slice(open.start, open.start + open.newText.length), open.newText);
          if (before !== undefined) assert.equal(before.slice(open.start, open.start + open.oldText.length), open.oldText);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('stays one change while a name is typed over, and is another at another place', () => {
    const tracker = new EditTracker('let sum = 0;\nsum += 1;');
    tracker.apply({ offset: 4, length: 3, text: 't' });
    for (const [i, text] of 'otal'.split('').entries()) tracker.apply({ offset: 5 + i, length: 0, text });
    assert.deepEqual(tracker.change, { start: 4, oldText: 'sum', newText: 'total' });
    tracker.apply({ offset: 15, length: 0, text: 'x' });
    assert.deepEqual(tracker.change, { start: 15, oldText: '', newText: 'x' });
  });

  it('within a pasted block is a change of its own', () => {
    const tracker = new EditTracker('');
    tracker.apply({ offset: 0, length: 0, text: 'let sum;\nsum;' });
    tracker.apply({ offset: 4, length: 3, text: 'n' });
    assert.deepEqual(tracker.change, { start: 4, oldText: 'sum', newText: 'n' });
  });

  it('is nothing where it was taken back', () => {
    const tracker = new EditTracker('abc');
    tracker.apply({ offset: 1, length: 1, text: 'x' });
    tracker.apply({ offset: 1, length: 1, text: 'b' });
    assert.equal(tracker.change, undefined);
  });
});

describe('next edits: places in a text that changes', () => {
  it('keep what they replace, or are gone', () => {
    const place = fc.tuple(fc.nat(), fc.nat({ max: 5 }));
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, maxLength: 40 }),
        place,
        fc.array(step, { maxLength: 6 }),
        (start, [at, size], steps) => {
          let text = start;
          const from = at % text.length;
          const end = Math.min(text.length, from + 1 + size);
          let edits: SuggestedEdit[] = [{ start: from, end, oldText: text.slice(from, end), newText: 'new' }];
          for (const [offset, length, inserted] of steps) {
            const change = changeOf(text, offset, length, inserted);
            edits = shifted(edits, change);
            text = done(text, change);
            for (const edit of edits) assert.equal(text.slice(edit.start, edit.end), edit.oldText);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('are known to be done when they are', () => {
    const edit = { start: 4, end: 7, oldText: 'sum', newText: 'sumAll' };
    assert(does(edit, { offset: 4, length: 3, text: 'sumAll' }, 'let sumAll;'));
    assert(does(edit, { offset: 7, length: 0, text: 'All' }, 'let sumAll;'));
    assert(!does(edit, { offset: 4, length: 3, text: 'total' }, 'let total;'));
    assert(!does(edit, { offset: 7, length: 0, text: 'A' }, 'let sumA;'));
  });
});

describe('next edits: ghost text', () => {
  const edit = (start: number, oldText: string, newText: string): SuggestedEdit => {
    return { start, end: start + oldText.length, oldText, newText };
  };

  it('is what lies on the line after the cursor and keeps the characters that it replaces', () => {
    assert(fitsGhostText(edit(10, 'sum', 'sumOfAll'), 5, 30));
    assert(fitsGhostText(edit(10, 'load', 'await load'), 10, 30));
    assert(!fitsGhostText(edit(10, 'sum', 'total'), 5, 30), 'other characters');
    assert(!fitsGhostText(edit(10, 'sum', 'sums'), 11, 30), 'before the cursor');
    assert(!fitsGhostText(edit(28, 'sum', 'sums'), 5, 30), 'on the next line');
    assert(!fitsGhostText(edit(10, 'a', 'a\nb'), 5, 30), 'over two lines');
    assert(!fitsGhostText(edit(10, 'a', 'a'), 5, 30), 'no change');
  });
});
