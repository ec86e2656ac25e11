'use strict';

/** Pieces that are on the shelf and not promised to anyone. */
function available(item) {
  return item.onHand - item.reserved;
}

/** Whether an order for so many pieces can be promised. Items that are discontinued are not sold any more. */
function canReserve(item, quantity) {
  return quantity > 0 && quantity <= available(item);
}

/** Promises pieces to an order: gives the changed item, or null if that is not possible. */
function reserve(item, quantity) {
  if (!canReserve(item, quantity)) {
    return null;
  }
  return { ...item, reserved: item.reserved + quantity };
}

/** What to order again: the SKUs whose free stock is below their minimum, and how many pieces of each. */
function restockList(items) {
  const list = [];
  for (const item of items) {
    const missing = item.minimum - available(item);
    if (missing > 0 && !item.discontinued) {
      list.push({ sku: item.sku, quantity: Math.max(missing, item.lotSize ?? 1) });
    }
  }
  return list;
}

module.exports = { available, canReserve, reserve, restockList };
