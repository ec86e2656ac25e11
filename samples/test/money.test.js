'use strict';
const assert = require('node:assert/strict');
const { roundMoney, parseAmount, formatAmount, splitEvenly, makeChange } = require('../src/money');

describe('money', () => {
  it('rounds to cents, halves away from zero', () => {
    assert.equal(roundMoney(1.234), 1.23);
    assert.equal(roundMoney(1.005), 1.01);
    assert.equal(roundMoney(-2.675), -2.68);
    assert.equal(roundMoney(-0.004), -0);
    assert.equal(roundMoney(7), 7);
  });

  it('reads amounts', () => {
    assert.equal(parseAmount('12.5'), 12.5);
    assert.equal(parseAmount(' 1,234,567.89 '), 1234567.89);
    assert.equal(parseAmount('-7'), -7);
    assert.equal(parseAmount('1234'), 1234);
  });

  it('refuses what is no amount', () => {
    for (const text of ['', 'abc', '1.234', '--4', '1,2', '3.', '5 EUR']) {
      assert.equal(parseAmount(text), null, text);
    }
  });

  it('writes amounts with separators', () => {
    assert.equal(formatAmount(0), '0.00');
    assert.equal(formatAmount(999), '999.00');
    assert.equal(formatAmount(1234.5), '1,234.50');
    assert.equal(formatAmount(-1234567.891, '$'), '-$1,234,567.89');
    assert.equal(formatAmount(100000, '€'), '€100,000.00');
  });

  it('splits evenly without losing a cent', () => {
    assert.deepEqual(splitEvenly(100, 3), [34, 33, 33]);
    assert.deepEqual(splitEvenly(101, 3), [34, 34, 33]);
    assert.deepEqual(splitEvenly(9, 3), [3, 3, 3]);
    assert.deepEqual(splitEvenly(2, 4), [1, 1, 0, 0]);
    assert.deepEqual(splitEvenly(5, 1), [5]);
  });

  it('makes change with the fewest coins', () => {
    assert.deepEqual(makeChange(63, [1, 5, 10, 25]), [25, 25, 10, 1, 1, 1]);
    assert.deepEqual(makeChange(6, [1, 3, 4]), [3, 3]);
    assert.deepEqual(makeChange(0, [1]), []);
    assert.equal(makeChange(3, [2]), null);
    assert.deepEqual(makeChange(8, [2, 5]), [2, 2, 2, 2]);
  });
});
