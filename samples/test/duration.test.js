'use strict';
const assert = require('node:assert/strict');
const { parseDuration, formatDuration, retryDelay, timeAgo } = require('../src/duration');

describe('duration', () => {
  it('reads durations', () => {
    assert.equal(parseDuration('90s'), 90);
    assert.equal(parseDuration('1h 30m'), 5400);
    assert.equal(parseDuration(' 2d4h5s '), 187205);
    assert.equal(parseDuration('10 m'), 600);
    assert.equal(parseDuration('0s'), 0);
  });

  it('refuses what is no duration', () => {
    for (const text of ['', '  ', 'h', '5', '5x', '1h and 2m']) {
      assert.throws(() => parseDuration(text), SyntaxError, text);
    }
  });

  it('writes the two largest units', () => {
    assert.equal(formatDuration(0), '0s');
    assert.equal(formatDuration(59), '59s');
    assert.equal(formatDuration(60), '1m');
    assert.equal(formatDuration(3700), '1h 1m');
    assert.equal(formatDuration(3601), '1h 1s');
    assert.equal(formatDuration(90061), '1d 1h');
  });

  it('backs off', () => {
    assert.deepEqual([0, 1, 2, 3].map((n) => retryDelay(n)), [100, 200, 400, 800]);
    assert.equal(retryDelay(6), 5000);
    assert.equal(retryDelay(3, 10, 50), 50);
    assert.equal(retryDelay(2, 10, 50), 40);
  });

  it('says how long ago', () => {
    assert.equal(timeAgo(1000, 1059), 'just now');
    assert.equal(timeAgo(1000, 900), 'just now');
    assert.equal(timeAgo(1000, 1060), '1 minute ago');
    assert.equal(timeAgo(0, 3599), '59 minutes ago');
    assert.equal(timeAgo(0, 3600), '1 hour ago');
    assert.equal(timeAgo(0, 86399), '23 hours ago');
    assert.equal(timeAgo(0, 86400), '1 day ago');
    assert.equal(timeAgo(0, 3 * 86400), '3 days ago');
  });
});
