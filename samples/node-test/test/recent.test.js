import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { memoize, RecentMap } from '../src/recent.js';

describe('recent', () => {
  it('stores and finds', () => {
    const map = new RecentMap(2);
    map.set('a', 1);
    assert.equal(map.get('a'), 1);
    assert.equal(map.get('b'), undefined);
    assert.equal(map.size, 1);
  });

  it('drops the entry that was not used for longest', () => {
    const map = new RecentMap(2);
    map.set('a', 1);
    map.set('b', 2);
    map.get('a');
    map.set('c', 3);
    assert.deepEqual(map.keys(), ['a', 'c']);
    assert.equal(map.get('b'), undefined);
  });

  it('counts writing as a use', () => {
    const map = new RecentMap(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 9);
    assert.deepEqual(map.keys(), ['b', 'a']);
    assert.equal(map.get('a'), 9);
    assert.equal(map.size, 2);
  });

  it('computes once', () => {
    const calls = [];
    const square = memoize((n) => {
      calls.push(n);
      return n * n;
    }, 2);
    assert.deepEqual([square(3), square(3), square(4), square(3), square(5), square(4)], [9, 9, 16, 9, 25, 16]);
    assert.deepEqual(calls, [3, 4, 5, 4]);
  });
});
