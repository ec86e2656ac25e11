'use strict';
const assert = require('node:assert/strict');
const { lineTotal, subtotal, volumeDiscount, grandTotal, daysOverdue } = require('../src/invoice');

const lines = [
  { unitPrice: 10, quantity: 3 },
  { unitPrice: 4.99, quantity: 2 },
  { unitPrice: 5, quantity: 1, free: true },
];

describe('invoice', () => {
  it('prices a line', () => {
    assert.equal(lineTotal({ unitPrice: 4.99, quantity: 2 }), 9.98);
    assert.equal(lineTotal({ unitPrice: 0.105, quantity: 3 }), 0.32);
    assert.equal(lineTotal({ unitPrice: 8, quantity: 0 }), 0);
  });

  it('adds up the lines that cost something', () => {
    assert.equal(subtotal(lines), 39.98);
    assert.equal(subtotal([]), 0);
    assert.equal(subtotal([{ unitPrice: 9, quantity: 9, free: true }]), 0);
  });

  it('gives a volume discount', () => {
    assert.deepEqual([1, 9, 10, 49, 50, 99, 100, 500].map(volumeDiscount), [0, 0, 0.05, 0.05, 0.1, 0.1, 0.15, 0.15]);
  });

  it('totals without options', () => {
    assert.equal(grandTotal(lines), 39.98);
    assert.equal(grandTotal([]), 0);
  });

  it('adds tax and shipping', () => {
    assert.equal(grandTotal(lines, { taxRate: 0.2 }), 47.98);
    assert.equal(grandTotal(lines, { taxRate: 0.2, shipping: 5 }), 52.98);
    assert.equal(grandTotal([], { taxRate: 0.2, shipping: 5 }), 5);
  });

  it('takes the discount off before tax', () => {
    assert.equal(grandTotal([{ unitPrice: 100, quantity: 1 }], { discount: 0.1 }), 90);
    assert.equal(grandTotal([{ unitPrice: 100, quantity: 2 }], { discount: 0.25, taxRate: 0.2 }), 180);
    assert.equal(grandTotal([{ unitPrice: 50, quantity: 1 }], { discount: 1, taxRate: 0.2, shipping: 4 }), 4);
  });

  it('counts the days a payment is late', () => {
    assert.equal(daysOverdue({ issuedOn: 100, termDays: 30 }, 129), 0);
    assert.equal(daysOverdue({ issuedOn: 100, termDays: 30 }, 130), 0);
    assert.equal(daysOverdue({ issuedOn: 100, termDays: 30 }, 145), 15);
  });
});
