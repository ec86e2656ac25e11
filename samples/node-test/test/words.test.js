import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { roman, slug, topWords, words } from '../src/words.js';

describe('words', () => {
  it('finds words', () => {
    assert.deepEqual(words("Don't panic, it's 42!"), ["don't", 'panic', "it's", '42']);
    assert.deepEqual(words('...'), []);
  });

  it('counts words', () => {
    assert.deepEqual(topWords('b a c a b a', 2), [['a', 3], ['b', 2]]);
    assert.deepEqual(topWords('z y x', 3), [['x', 1], ['y', 1], ['z', 1]]);
    assert.deepEqual(topWords('', 3), []);
  });

  it('makes slugs', () => {
    assert.equal(slug('Hello, World!'), 'hello-world');
    assert.equal(slug('one two three', 7), 'one-two');
    assert.equal(slug('one two three', 6), 'one');
    assert.equal(slug(''), '');
  });

  it('writes roman numerals', () => {
    assert.equal(roman(1994), 'MCMXCIV');
    assert.equal(roman(3), 'III');
    assert.equal(roman(448), 'CDXLVIII');
    assert.equal(roman(3999), 'MMMCMXCIX');
  });
});
