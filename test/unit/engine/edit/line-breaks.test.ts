import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits } from '../../../../src/edits/text';
import { plainText } from '../../../../src/engine/edit/line-breaks';

const mixed = fc
  .array(fc.constantFrom('ab', '\t', '\n', '\r\n', '\r', '\uFEFF', 'é😀'), { maxLength: 20 })
  .map((p) => p.join(''));

describe('line breaks of a text that is edited', () => {
  it('come back: offsets go there and back again', () => {
    fc.assert(
      fc.property(mixed, (original) => {
        const plain = plainText(original);
        assert.equal(plain.text, original.replaceAll('\r\n', '\n'));
        for (let at = 0; at <= plain.text.length; at++) {
          assert.equal(plain.toPlain(plain.toOriginal(at)), at);
          assert.equal(original.slice(0, plain.toOriginal(at)).replaceAll('\r\n', '\n'), plain.text.slice(0, at));
        }
      }),
    );
  });

  it('and edits change the same, and no byte beside it', () => {
    fc.assert(
      fc.property(mixed, fc.nat(), fc.nat({ max: 4 }), fc.constantFrom('', 'x', 'x\ny'), (original, at, length, text) => {
        const plain = plainText(original);
        const start = at % (plain.text.length + 1);
        const edit = { start, end: Math.min(plain.text.length, start + length), text };
        const restored = plain.restore(edit);
        const after = applyEdits(original, [restored]);
        assert.equal(after.replaceAll('\r\n', '\n').replaceAll('\r', ''), applyEdits(plain.text, [edit]).replaceAll('\r', ''));
        assert.equal(after.slice(0, restored.start), original.slice(0, restored.start));
        assert.equal(after.slice(restored.start + restored.text.length), original.slice(restored.end));
        if (!original.includes('\n')) return;
        const styles = new Set(restored.text.match(/\r?\n/g));
        for (const style of styles) assert.ok(original.includes(style), 'a line break of its own kind');
      }),
    );
  });
});
