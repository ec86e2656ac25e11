'use strict';
const assert = require('node:assert/strict');
const { parseQuery, formatQuery, getPath, diffKeys } = require('../src/query');

describe('query', () => {
  it('reads pairs', () => {
    assert.deepEqual(parseQuery('?a=1&b=two'), { a: '1', b: 'two' });
    assert.deepEqual(parseQuery('a=1'), { a: '1' });
    assert.deepEqual(parseQuery(''), {});
    assert.deepEqual(parseQuery('&&x=1&'), { x: '1' });
  });

  it('reads names without a value, and values with signs in them', () => {
    assert.deepEqual(parseQuery('flag&x='), { flag: '', x: '' });
    assert.deepEqual(parseQuery('sum=1=1'), { sum: '1=1' });
    assert.deepEqual(parseQuery('q=red+shoes%2Bsocks&a%20b=c'), { q: 'red shoes+socks', 'a b': 'c' });
  });

  it('collects repeated names', () => {
    assert.deepEqual(parseQuery('a=1&a=2&a=3&b=4'), { a: ['1', '2', '3'], b: '4' });
  });

  it('writes pairs', () => {
    assert.equal(formatQuery({ b: 2, a: 'x y' }), 'a=x%20y&b=2');
    assert.equal(formatQuery({ a: [1, 2], none: undefined }), 'a=1&a=2');
    assert.equal(formatQuery({ a: '', zero: 0 }), 'a=&zero=0');
    assert.equal(formatQuery({}), '');
  });

  it('walks a path', () => {
    const value = { user: { name: 'Ada', tags: ['x', 'y'], none: null, zero: 0 } };
    assert.equal(getPath(value, 'user.name'), 'Ada');
    assert.equal(getPath(value, 'user.tags[1]'), 'y');
    assert.equal(getPath(value, 'user.zero', 5), 0);
    assert.equal(getPath(value, 'user.none.deep', 'no'), 'no');
    assert.equal(getPath(value, 'user.name.length', 'no'), 'no');
    assert.equal(getPath(value, 'user.missing'), undefined);
    assert.equal(getPath(value, ''), value);
  });

  it('compares keys', () => {
    assert.deepEqual(diffKeys({ a: 1, b: 2, n: NaN }, { b: 3, c: 4, n: NaN }), { added: ['c'], removed: ['a'], changed: ['b'] });
    assert.deepEqual(diffKeys({}, { z: 1, y: 1 }), { added: ['y', 'z'], removed: [], changed: [] });
    assert.deepEqual(diffKeys({ z: 1, y: 1 }, {}), { added: [], removed: ['y', 'z'], changed: [] });
    assert.deepEqual(diffKeys({ z: 1, y: 1 }, { z: 2, y: 0 }), { added: [], removed: [], changed: ['y', 'z'] });
  });
});
