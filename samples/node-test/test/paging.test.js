import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { clamp, pageCount, pageLinks, pageOf } from '../src/paging.js';

const letters = ['a', 'b', 'c', 'd', 'e'];

describe('paging', () => {
  it('keeps a value in bounds', () => {
    assert.equal(clamp(5, 1, 3), 3);
    assert.equal(clamp(-2, 1, 3), 1);
    assert.equal(clamp(2, 1, 3), 2);
  });

  it('counts pages', () => {
    assert.equal(pageCount(0, 10), 1);
    assert.equal(pageCount(10, 10), 1);
    assert.equal(pageCount(11, 10), 2);
  });

  it('gives the first page', () => {
    assert.deepEqual(pageOf(letters, 1, 2), { page: 1, count: 3, items: ['a', 'b'] });
    assert.deepEqual(pageOf([], 1, 2), { page: 1, count: 1, items: [] });
    assert.deepEqual(pageOf(letters, 0, 2), { page: 1, count: 3, items: ['a', 'b'] });
  });

  it('gives later pages', () => {
    assert.deepEqual(pageOf(letters, 2, 2), { page: 2, count: 3, items: ['c', 'd'] });
    assert.deepEqual(pageOf(letters, 3, 2), { page: 3, count: 3, items: ['e'] });
    assert.deepEqual(pageOf(letters, 9, 2), { page: 3, count: 3, items: ['e'] });
  });

  it('shows links', () => {
    assert.deepEqual(pageLinks(1, 3), [1, 2, 3]);
    assert.deepEqual(pageLinks(5, 9), [1, null, 4, 5, 6, null, 9]);
    assert.deepEqual(pageLinks(1, 9, 2), [1, 2, 3, null, 9]);
    assert.deepEqual(pageLinks(1, 1), [1]);
  });
});
