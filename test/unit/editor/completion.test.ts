import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CompletionCache, remainder } from '../../../src/editor/completion/reuse';
import { windowAround } from '../../../src/editor/completion/window';

describe('completion window', () => {
  const text = fc
    .array(fc.constantFrom('', 'short', 'x'.repeat(90), 'y'.repeat(3_000)), { maxLength: 60 })
    .map((lines) => lines.join('\n'));

  it('is the text on both sides of the cursor, of bounded length', () => {
    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 1, noNaN: true }), (whole, share) => {
        const offset = Math.floor(whole.length * share);
        const { prefix, suffix } = windowAround(whole, offset);
        assert(whole.slice(0, offset).endsWith(prefix));
        assert(whole.slice(offset).startsWith(suffix));
        assert(prefix.length <= 6_000 && suffix.length <= 2_000);
        if (offset <= 6_000) assert.equal(prefix.length, offset);
      }),
    );
  });

  it('keeps its beginning while the user types on, so that answers can be reused', () => {
    const before = 'const a = 1;\n'.repeat(1_000);
    const first = windowAround(before, before.length);
    const later = windowAround(`${before}let b`, before.length + 5);
    assert.equal(later.prefix, `${first.prefix}let b`);
  });
});

describe('reuse of a completion on the screen', () => {
  const offer = { prefix: 'return ', suffix: ';\n}', text: 'list[0]' };

  it('gives what is left when its beginning was typed', () => {
    assert.equal(remainder(offer, { prefix: 'return li', suffix: ';\n}' }), 'st[0]');
    assert.equal(remainder(offer, { prefix: 'return ', suffix: ';\n}' }), 'list[0]');
  });

  it('gives nothing when something else was typed, all of it was, or the rest of the file changed', () => {
    assert.equal(remainder(offer, { prefix: 'return x', suffix: ';\n}' }), undefined);
    assert.equal(remainder(offer, { prefix: 'return list[0]', suffix: ';\n}' }), undefined);
    assert.equal(remainder(offer, { prefix: 'return li', suffix: '\n}' }), undefined);
    assert.equal(remainder(offer, { prefix: 'retur', suffix: ';\n}' }), undefined);
  });

  it('always completes to the same text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(), (prefix, text, cut) => {
        const typed = text.slice(0, cut % text.length);
        const left = remainder({ prefix, suffix: '', text }, { prefix: prefix + typed, suffix: '' });
        if (left !== undefined) assert.equal(prefix + typed + left, prefix + text);
        else assert.equal(text.slice(typed.length).trim(), '');
      }),
    );
  });
});

describe('completion cache', () => {
  it('remembers the most recently used places, silence included', () => {
    const cache = new CompletionCache(2);
    const place = (prefix: string) => ({ prefix, suffix: 's' });
    cache.set(place('a'), 'A');
    cache.set(place('b'), null);
    assert.equal(cache.get(place('a')), 'A');
    cache.set(place('c'), 'C');
    assert.equal(cache.get(place('b')), undefined, 'the oldest is gone');
    assert.equal(cache.get(place('a')), 'A');
    assert.equal(cache.get(place('c')), 'C');
    cache.set(place('c'), null);
    assert.equal(cache.get(place('c')), null);
  });

  it('tells places apart whose texts run together the same way', () => {
    const cache = new CompletionCache(4);
    cache.set({ prefix: 'ab', suffix: 'c' }, 'one');
    assert.equal(cache.get({ prefix: 'a', suffix: 'bc' }), undefined);
  });
});
