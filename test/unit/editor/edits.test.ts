import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minimalChanges, type TextChange } from '../../../src/editor/fix/edits';

function applied(text: string, changes: readonly TextChange[]): string {
  return changes.reduceRight((now, { start, end, text: added }) => now.slice(0, start) + added + now.slice(end), text);
}

describe('minimal changes', () => {
  const line = fc.constantFrom('a', 'b(c);', '  return x;', '', '}', '\u{1F600} smile', '\u{1F601} grin', 'tab\tbed');
  const text = fc.tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n')).map(([lines, end]) => lines.join(end));

  it('turn the old text into the new one, in order and disjoint', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = minimalChanges(before, after);
        assert.equal(applied(before, changes), after);
        for (let i = 1; i < changes.length; i++) assert(changes[i]!.start >= changes[i - 1]!.end);
      }),
    );
  });

  it('never begin or end within a character', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        for (const { start, end } of minimalChanges(before, after))
          for (const at of [start, end])
            assert(!/[\uDC00-\uDFFF]/.test(before.charAt(at)) || !/[\uD800-\uDBFF]/.test(before.charAt(at - 1)));
      }),
    );
  });

  it('touch only what differs', () => {
    assert.deepEqual(minimalChanges('let a = 1;\nlet b = 2;\nlet c = 3;\n', 'let a = 1;\nlet b = 20;\nlet c = 4;\n'), [
      { start: 20, end: 31, text: '0;\nlet c = 4' },
    ]);
    assert.deepEqual(minimalChanges('if (a < b) {\n', 'if (a <= b) {\n'), [{ start: 7, end: 7, text: '=' }]);
    assert.deepEqual(minimalChanges('same', 'same'), []);
  });
});
