import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CompletionCache, remainder, type Answer } from '../../../../src/editor/completion/reuse';
import { windowAround, withInsertion, type TextSource } from '../../../../src/editor/completion/window';

const text = fc
  .array(fc.constantFrom('', 'short', 'x'.repeat(90), 'y'.repeat(3_000), '😀'.repeat(40)), { maxLength: 60 })
  .map((lines) => lines.join('\n'));

describe('completion window', () => {
  it('is the text on both sides of the cursor, of bounded length', () => {
    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 1, noNaN: true }), (whole, share) => {
        const offset = Math.floor(whole.length * share);
        const { prefix, suffix } = windowAround(whole, offset);
        assert(whole.slice(0, offset).endsWith(prefix));
        assert(whole.slice(offset).startsWith(suffix));
        assert(prefix.length <= 6_000 && suffix.length <= 2_000);
        if (offset <= 6_000) assert.equal(prefix.length, offset);
        else assert(prefix.length > 0);
      }),
    );
  });

  it('keeps its beginning while the user types on, so that answers can be reused', () => {
    const before = 'const a = 1;\n'.repeat(1_000);
    const first = windowAround(before, before.length);
    const later = windowAround(`${before}let b`, before.length + 5);
    assert.equal(later.prefix, `${first.prefix}let b`);
  });

  it('reads a bounded number of characters of 50,000 lines, and of lines of 100,000 characters', () => {
    for (const whole of ['const value = compute(1, 2, 3);\n'.repeat(50_000), 'x'.repeat(100_000), '😀'.repeat(50_000)]) {
      let read = 0;
      const counting: TextSource = {
        slice(start, end) {
          const piece = whole.slice(start, end);
          read += piece.length;
          return piece;
        },
      };
      for (const share of [0, 0.5, 1]) {
        read = 0;
        const offset = 2 * Math.floor((whole.length * share) / 2);
        const { prefix, suffix } = windowAround(counting, offset);
        assert(read <= 8_000, `${read} characters were read`);
        assert.doesNotMatch(prefix + suffix, /\p{Cs}/u, 'no half characters');
      }
    }
  });

  it('of a text with something inserted is that of the text it will be', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.string({ maxLength: 300 }), (whole, at, inserted) => {
        const offset = at % (whole.length + 1);
        const after = whole.slice(0, offset) + inserted + whole.slice(offset);
        const end = offset + inserted.length;
        assert.deepEqual(windowAround(withInsertion(whole, offset, inserted), end), windowAround(after, end));
      }),
    );
  });
});

describe('reuse of a completion', () => {
  const place = { prefix: 'return ', suffix: ';\n}' };
  const left = (prefix: string, suffix = place.suffix): string | undefined => remainder(place, 'list[0]', { prefix, suffix });

  it('gives what is left when its beginning was typed', () => {
    assert.equal(left('return li'), 'st[0]');
    assert.equal(left('return '), 'list[0]');
  });

  it('gives nothing when something else was typed, all of it was, or the rest of the file changed', () => {
    assert.equal(left('return x'), undefined);
    assert.equal(left('return list[0]'), undefined);
    assert.equal(left('return li', '\n}'), undefined);
    assert.equal(left('retur'), undefined);
  });

  it('always completes to the same text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(), (prefix, whole, cut) => {
        const typed = whole.slice(0, cut % whole.length);
        const rest = remainder({ prefix, suffix: '' }, whole, { prefix: prefix + typed, suffix: '' });
        if (rest !== undefined) assert.equal(prefix + typed + rest, prefix + whole);
        else assert.equal(whole.slice(typed.length).trim(), '');
      }),
    );
  });
});

describe('completion cache', () => {
  const place = (prefix: string, suffix = 's') => ({ prefix, suffix });
  const answer = (offered: string | null): Answer => ({ text: offered, confidence: 0.5 });

  it('remembers the most recently used places, silence included', () => {
    const cache = new CompletionCache(2);
    cache.set(place('a'), answer('A'));
    cache.set(place('b'), answer(null));
    assert.equal(cache.find(place('a'))?.text, 'A');
    cache.set(place('c'), answer('C'));
    assert.equal(cache.find(place('b')), undefined, 'the oldest is gone');
    assert.equal(cache.find(place('a'))?.text, 'A');
    assert.equal(cache.find(place('c'))?.text, 'C');
    cache.set(place('c'), answer(null));
    assert.equal(cache.find(place('c'))?.text, null);
  });

  it('finds what is left of an offer that was typed or taken in part, and prefers the answer of the place itself', () => {
    const cache = new CompletionCache(4);
    cache.set(place('a = '), answer('first + second'));
    assert.equal(cache.find(place('a = first'))?.text, ' + second');
    assert.equal(cache.find(place('a = x')), undefined);
    cache.set(place('a = first'), answer(null));
    assert.equal(cache.find(place('a = first'))?.text, null);
    assert.equal(cache.find(place('a = first +'))?.text, ' second', 'silence says nothing of what comes later');
  });

  it('tells places apart whose texts run together the same way', () => {
    const cache = new CompletionCache(4);
    cache.set(place('ab', 'c'), answer('one'));
    assert.equal(cache.find(place('a', 'bc')), undefined);
  });
});
