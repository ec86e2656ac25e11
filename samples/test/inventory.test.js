'use strict';
const assert = require('node:assert/strict');
const { available, canReserve, reserve, restockList } = require('../src/inventory');

const lamp = { sku: 'lamp', onHand: 8, reserved: 3, minimum: 4 };

describe('inventory', () => {
  it('knows what is free', () => {
    assert.equal(available(lamp), 5);
    assert.equal(available({ onHand: 2, reserved: 2 }), 0);
  });

  it('promises what is there', () => {
    assert.equal(canReserve(lamp, 5), true);
    assert.equal(canReserve(lamp, 1), true);
    assert.equal(canReserve(lamp, 6), false);
    assert.equal(canReserve(lamp, 0), false);
    assert.equal(canReserve(lamp, -1), false);
  });

  it('does not promise what is not sold any more', () => {
    assert.equal(canReserve({ ...lamp, discontinued: true }, 2), false);
    assert.equal(canReserve({ ...lamp, discontinued: false }, 2), true);
    assert.equal(reserve({ ...lamp, discontinued: true }, 2), null);
  });

  it('reserves', () => {
    assert.deepEqual(reserve(lamp, 2), { ...lamp, reserved: 5 });
    assert.equal(reserve(lamp, 9), null);
    assert.equal(lamp.reserved, 3);
  });

  it('lists what to order again', () => {
    assert.deepEqual(restockList([lamp]), []);
    assert.deepEqual(restockList([{ ...lamp, onHand: 5 }]), [{ sku: 'lamp', quantity: 2 }]);
    assert.deepEqual(restockList([{ ...lamp, onHand: 5, lotSize: 12 }]), [{ sku: 'lamp', quantity: 12 }]);
    assert.deepEqual(restockList([{ ...lamp, onHand: 3, discontinued: true }]), []);
  });
});
