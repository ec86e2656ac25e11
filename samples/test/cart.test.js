'use strict';
const assert = require('node:assert/strict');
const { addItem, removeItem, countPieces, dearest } = require('../src/cart');

const pen = { sku: 'pen', price: 2, quantity: 3 };
const book = { sku: 'book', price: 15, quantity: 1 };

describe('cart', () => {
  it('adds a new item as its own entry', () => {
    assert.deepEqual(addItem([], pen), [pen]);
    assert.deepEqual(addItem([pen], book), [pen, book]);
    assert.notEqual(addItem([], pen)[0], pen);
  });

  it('adds to the quantity of an item that is there', () => {
    assert.deepEqual(addItem([pen, book], { sku: 'book', price: 15, quantity: 4 }), [pen, { ...book, quantity: 5 }]);
    assert.deepEqual(addItem([pen], { ...pen, quantity: 10 }), [{ ...pen, quantity: 13 }]);
    assert.equal(pen.quantity, 3);
  });

  it('removes an item', () => {
    assert.deepEqual(removeItem([pen, book], 'pen'), [book]);
    assert.deepEqual(removeItem([pen, book], 'pen', 2), [{ ...pen, quantity: 1 }, book]);
    assert.deepEqual(removeItem([pen, book], 'pen', 3), [book]);
    assert.deepEqual(removeItem([pen], 'ink'), [pen]);
  });

  it('counts pieces', () => {
    assert.equal(countPieces([]), 0);
    assert.equal(countPieces([pen, book]), 4);
  });

  it('finds the dearest entry', () => {
    assert.equal(dearest([]), undefined);
    assert.equal(dearest([pen, book]), book);
    assert.equal(dearest([book, { ...book, sku: 'atlas' }]), book);
  });
});
