'use strict';
const assert = require('node:assert/strict');
const { median, movingAverage, histogram, ranks, longestRise } = require('../src/stats');

describe('stats', () => {
  it('finds the median', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([10, 9, 1, 2]), 5.5);
    assert.equal(median([7]), 7);
    assert.equal(median([100, 20, 3]), 20);
    assert.ok(Number.isNaN(median([])));
  });

  it('averages over a window', () => {
    assert.deepEqual(movingAverage([2, 4, 6, 8], 2), [2, 3, 5, 7]);
    assert.deepEqual(movingAverage([1, 2, 3], 1), [1, 2, 3]);
    assert.deepEqual(movingAverage([3, 3, 6], 5), [3, 3, 4]);
    assert.deepEqual(movingAverage([], 3), []);
  });

  it('counts into bins', () => {
    assert.deepEqual(histogram([0, 1, 4, 5, 9, 10], 0, 10, 2), [3, 3]);
    assert.deepEqual(histogram([-1, 11, 10], 0, 10, 5), [0, 0, 0, 0, 1]);
    assert.deepEqual(histogram([12, 18, 25], 10, 30, 4), [1, 1, 0, 1]);
    assert.deepEqual(histogram([], 0, 1, 3), [0, 0, 0]);
  });

  it('ranks scores', () => {
    assert.deepEqual(ranks([10, 30, 20]), [3, 1, 2]);
    assert.deepEqual(ranks([5, 5, 1]), [1, 1, 3]);
    assert.deepEqual(ranks([]), []);
  });

  it('finds the longest rise', () => {
    assert.equal(longestRise([]), 0);
    assert.equal(longestRise([5]), 1);
    assert.equal(longestRise([1, 2, 2, 3, 4, 1]), 3);
    assert.equal(longestRise([4, 3, 2]), 1);
    assert.equal(longestRise([1, 2, 3, 4]), 4);
  });
});
