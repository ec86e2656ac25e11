'use strict';

/** Puts an item into the cart; an item that is already there gets a larger quantity instead of a second entry. */
function addItem(cart, item) {
  const known = cart.find((entry) => entry.sku === item.sku);
  if (!known) {
    return [...cart, { ...item }];
  }
  return cart.map((entry) => (entry === known ? { ...entry, quantity: entry.quantity + known.quantity } : entry));
}

/** Takes pieces of an item out of the cart; the entry goes when none are left. Unknown items change nothing. */
function removeItem(cart, sku, quantity = Infinity) {
  const result = [];
  for (const entry of cart) {
    if (entry.sku !== sku) {
      result.push(entry);
    } else if (entry.quantity > quantity) {
      result.push({ ...entry, quantity: entry.quantity - quantity });
    }
  }
  return result;
}

/** Number of pieces in the cart. */
function countPieces(cart) {
  return cart.reduce((sum, entry) => sum + entry.quantity, 0);
}

/** The dearest entry by unit price, the first of equals; undefined for an empty cart. */
function dearest(cart) {
  let best;
  for (const entry of cart) {
    if (!best || entry.price > best.price) {
      best = entry;
    }
  }
  return best;
}

module.exports = { addItem, removeItem, countPieces, dearest };
