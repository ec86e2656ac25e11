'use strict';
const assert = require('node:assert/strict');
const { dayNumber, range, lengthInDays, contains, overlaps, intersection } = require('../src/date-range');

const spring = range('2024-03-01', '2024-05-31');

describe('date range', () => {
  it('numbers days', () => {
    assert.equal(dayNumber('1970-01-01'), 0);
    assert.equal(dayNumber('1970-02-01'), 31);
    assert.equal(dayNumber('2024-03-01') - dayNumber('2024-02-28'), 2);
  });

  it('refuses a range that runs backwards', () => {
    assert.throws(() => range('2024-03-02', '2024-03-01'), RangeError);
    assert.doesNotThrow(() => range('2024-03-01', '2024-03-01'));
  });

  it('counts both ends', () => {
    assert.equal(lengthInDays(range('2024-03-01', '2024-03-01')), 1);
    assert.equal(lengthInDays(spring), 92);
  });

  it('contains its first and its last day', () => {
    assert.equal(contains(spring, '2024-03-01'), true);
    assert.equal(contains(spring, '2024-05-31'), true);
    assert.equal(contains(spring, '2024-04-15'), true);
    assert.equal(contains(spring, '2024-02-29'), false);
    assert.equal(contains(spring, '2024-06-01'), false);
  });

  it('sees ranges that overlap', () => {
    assert.equal(overlaps(spring, range('2024-05-01', '2024-06-30')), true);
    assert.equal(overlaps(spring, range('2024-04-01', '2024-04-02')), true);
    assert.equal(overlaps(spring, range('2024-06-01', '2024-06-30')), false);
    assert.equal(overlaps(spring, range('2024-01-01', '2024-02-29')), false);
  });

  it('sees ranges that touch on one day', () => {
    assert.equal(overlaps(spring, range('2024-05-31', '2024-06-30')), true);
    assert.equal(overlaps(spring, range('2024-02-01', '2024-03-01')), true);
    assert.equal(overlaps(range('2024-05-31', '2024-05-31'), range('2024-05-31', '2024-05-31')), true);
  });

  it('intersects', () => {
    assert.deepEqual(intersection(spring, range('2024-05-31', '2024-06-30')), range('2024-05-31', '2024-05-31'));
    assert.deepEqual(intersection(range('2024-04-01', '2024-04-02'), spring), range('2024-04-01', '2024-04-02'));
    assert.equal(intersection(spring, range('2024-06-01', '2024-06-30')), null);
  });
});
