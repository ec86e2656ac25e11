'use strict';
const assert = require('node:assert/strict');
const { titleCase, initials, truncate, wordWrap } = require('../src/text');

describe('text', () => {
  it('capitalises words', () => {
    assert.equal(titleCase('hello wORLD'), 'Hello World');
    assert.equal(titleCase('a b'), 'A B');
    assert.equal(titleCase(''), '');
  });

  it('takes initials', () => {
    assert.equal(initials('ada king lovelace'), 'AKL');
    assert.equal(initials('  Grace   Hopper '), 'GH');
    assert.equal(initials('a b c d', 2), 'AB');
    assert.equal(initials(''), '');
  });

  it('leaves short texts alone', () => {
    assert.equal(truncate('short', 10), 'short');
    assert.equal(truncate('exactly10!', 10), 'exactly10!');
  });

  it('cuts a long text between words', () => {
    assert.equal(truncate('the quick brown fox', 12), 'the quick…');
    assert.equal(truncate('one two three four five', 15), 'one two three…');
    assert.equal(truncate('first second', 8), 'first…');
  });

  it('cuts a single long word', () => {
    assert.equal(truncate('internationalisation', 8), 'interna…');
  });

  it('wraps words', () => {
    assert.deepEqual(wordWrap('the quick brown fox', 9), ['the quick', 'brown fox']);
    assert.deepEqual(wordWrap('a incomprehensible b', 5), ['a', 'incomprehensible', 'b']);
    assert.deepEqual(wordWrap('one', 80), ['one']);
    assert.deepEqual(wordWrap('aa bb cc', 4), ['aa', 'bb', 'cc']);
  });
});
