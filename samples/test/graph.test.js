'use strict';
const assert = require('node:assert/strict');
const { buildOrder, hops, editDistance, suggest } = require('../src/graph');

describe('graph', () => {
  it('orders tasks after what they need', () => {
    assert.deepEqual(buildOrder({ app: ['lib', 'css'], lib: ['core'], css: [] }), ['core', 'lib', 'css', 'app']);
    assert.deepEqual(buildOrder({ a: [], b: ['a'], c: ['a', 'b'] }), ['a', 'b', 'c']);
    assert.deepEqual(buildOrder({}), []);
  });

  it('finds circles', () => {
    assert.throws(() => buildOrder({ a: ['b'], b: ['a'] }), /circle at a/);
    assert.throws(() => buildOrder({ a: ['a'] }), /circle/);
  });

  it('counts hops', () => {
    const links = { a: ['b', 'c'], b: ['d'], c: ['d'], d: ['e', 'a'] };
    assert.equal(hops(links, 'a', 'a'), 0);
    assert.equal(hops(links, 'a', 'c'), 1);
    assert.equal(hops(links, 'a', 'e'), 3);
    assert.equal(hops(links, 'e', 'a'), -1);
    assert.equal(hops(links, 'a', 'x'), -1);
  });

  it('measures the distance of words', () => {
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('abc', ''), 3);
    assert.equal(editDistance('same', 'same'), 0);
    assert.equal(editDistance('flaw', 'lawn'), 2);
    assert.equal(editDistance('ab', 'b'), 1);
    assert.equal(editDistance('b', 'ab'), 1);
  });

  it('suggests the nearest word', () => {
    assert.equal(suggest('comit', ['push', 'commit', 'comet']), 'commit');
    assert.equal(suggest('comet', ['commit', 'comets', 'comet']), 'comet');
    assert.equal(suggest('xyz', ['commit']), undefined);
    assert.equal(suggest('abd', ['wxyz', 'abcd'], 1), 'abcd');
    assert.equal(suggest('ad', ['abcd'], 1), undefined);
    assert.equal(suggest('ad', ['abcd']), 'abcd');
  });
});
