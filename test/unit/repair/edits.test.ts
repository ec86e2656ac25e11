import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits, candidateKey, disjoint, tokenDistance, tokensOf } from '../../../src/repair/source/edits';
import { loadTypescript, parseSource } from '../../../src/repair/source/parse';

describe('repair edits', () => {
  it('applies disjoint edits in any order to the same text', () => {
    const text = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.tuple(fc.nat(60), fc.nat(8), fc.string({ maxLength: 5 })), { maxLength: 5 }), (base, raw) => {
        const edits = raw.map(([start, length, insert]) => ({ start: Math.min(start, base.length), end: Math.min(start + length, base.length), text: insert })).filter((e) => e.end > e.start); // prettier-ignore
        fc.pre(disjoint(edits));
        const out = applyEdits(base, edits);
        assert.equal(applyEdits(base, [...edits].reverse()), out);
        // What no edit touches survives, in order.
        const kept = Array.from(base).length === base.length ? base.split('').filter((_, i) => !edits.some((e) => e.start <= i && i < e.end)) : []; // prettier-ignore
        let at = 0;
        for (const c of kept) {
          at = out.indexOf(c, at);
          assert.ok(at >= 0);
          at += 1;
        }
      }),
    );
  });

  it('refuses overlapping edits', () => {
    const edits = [
      { start: 0, end: 3, text: 'x' },
      { start: 2, end: 4, text: 'y' },
    ];
    assert.equal(disjoint(edits), false);
    assert.throws(() => applyEdits('abcdef', edits), /overlap/);
  });

  it('sees through white space and comments, not through tokens', () => {
    const ts = loadTypescript();
    const unit = parseSource(ts, 'a.js', 'const a = 1;\nfunction f(x) { return x + 1; }\n');
    const at = unit.text.indexOf('x + 1');
    const key = (text: string): string => candidateKey(unit, [{ start: at, end: at + 5, text }]);
    assert.equal(key('x+1'), key('x /* one more */ + 1'));
    assert.notEqual(key('x + 1'), key('x + 2'));
    assert.notEqual(key('x + 1'), key('x'));
  });

  it('counts changed tokens', () => {
    const ts = loadTypescript();
    assert.equal(tokenDistance(ts, 'a < b', 'a < b'), 0);
    assert.equal(tokenDistance(ts, 'a < b', 'a <= b'), 2);
    assert.equal(tokenDistance(ts, 'f(a)', 'f(a, b)'), 2);
    assert.deepEqual(tokensOf(ts, 'a  <=\n b'), ['a', '<=', 'b']);
    // Behind a template's places there is code again.
    assert.deepEqual(tokensOf(ts, 'f(`a${ {b: `${c}`}  }d${e}`) +  { g }'), [
      'f',
      '(',
      '`a${',
      '{',
      'b',
      ':',
      '`${',
      'c',
      '}`',
      '}',
      '}d${',
      'e',
      '}`',
      ')',
      '+',
      '{',
      'g',
      '}',
    ]);
  });
});
