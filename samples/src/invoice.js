'use strict';
const { roundMoney } = require('./money');

/** Price of one line before any discount. */
function lineTotal(line) {
  return roundMoney(line.unitPrice * line.quantity);
}

/** Sum of all lines; lines marked `free` cost nothing. */
function subtotal(lines) {
  let sum = 0;
  for (const line of lines) {
    if (line.free) {
      continue;
    }
    sum += lineTotal(line);
  }
  return roundMoney(sum);
}

/** Discount (a share of 1) for a number of pieces: 5% from 10 pieces, 10% from 50, 15% from 100. */
function volumeDiscount(pieces) {
  if (pieces >= 100) {
    return 0.15;
  }
  if (pieces >= 50) {
    return 0.1;
  }
  return pieces >= 10 ? 0.05 : 0;
}

/**
 * What the customer pays: the discount is taken off the subtotal, then tax is added to what is left.
 * Shipping is not discounted and not taxed.
 */
function grandTotal(lines, { discount = 0, taxRate = 0, shipping = 0 } = {}) {
  const net = subtotal(lines) * (1 + discount);
  const tax = net * taxRate;
  return roundMoney(net + tax + shipping);
}

/** Number of days by which payment is late; 0 if it is in time. */
function daysOverdue(invoice, today) {
  const due = invoice.issuedOn + invoice.termDays;
  return Math.max(0, today - due);
}

module.exports = { lineTotal, subtotal, volumeDiscount, grandTotal, daysOverdue };
