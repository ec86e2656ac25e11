'use strict';
const assert = require('node:assert/strict');
const { mergeIntervals, findGaps, lowerBound, coveredLength } = require('../src/intervals');

describe('intervals', () => {
  it('merges what touches or overlaps', () => {
    assert.deepEqual(mergeIntervals([]), []);
    assert.deepEqual(mergeIntervals([[5, 6], [1, 2]]), [[1, 2], [5, 6]]);
    assert.deepEqual(mergeIntervals([[1, 4], [2, 3]]), [[1, 4]]);
    assert.deepEqual(mergeIntervals([[1, 3], [3, 5], [6, 7]]), [[1, 5], [6, 7]]);
  });

  it('does not change its input', () => {
    const input = [[3, 4], [1, 3]];
    mergeIntervals(input);
    assert.deepEqual(input, [[3, 4], [1, 3]]);
  });

  it('finds gaps', () => {
    assert.deepEqual(findGaps([], 0, 10), [[0, 10]]);
    assert.deepEqual(findGaps([[2, 4], [6, 8]], 0, 10), [[0, 2], [4, 6], [8, 10]]);
    assert.deepEqual(findGaps([[-5, 3], [9, 20]], 0, 10), [[3, 9]]);
    assert.deepEqual(findGaps([[0, 10]], 0, 10), []);
    assert.deepEqual(findGaps([[-4, -2], [12, 14]], 0, 10), [[0, 10]]);
    assert.deepEqual(findGaps([[-4, 0], [10, 14]], 0, 10), [[0, 10]]);
  });

  it('searches a sorted list', () => {
    assert.equal(lowerBound([1, 3, 3, 7], 3), 1);
    assert.equal(lowerBound([1, 3, 3, 7], 4), 3);
    assert.equal(lowerBound([1, 3, 3, 7], 8), 4);
    assert.equal(lowerBound([1, 3, 3, 7], 0), 0);
    assert.equal(lowerBound([], 1), 0);
  });

  it('measures what is covered', () => {
    assert.equal(coveredLength([[0, 2], [1, 5], [7, 8]]), 6);
    assert.equal(coveredLength([]), 0);
  });
});
