'use strict';

/** Rounds an amount to whole cents, halves away from zero. */
function roundMoney(amount) {
  const sign = amount < 0 ? -1 : 1;
  return (sign * Math.round(Math.abs(amount) * 100 + 1e-9)) / 100;
}

/** Reads an amount such as "1,234.50" or "-7"; null where the text is not an amount. */
function parseAmount(text) {
  const trimmed = text.trim();
  if (!/^-?\d{1,3}(,?\d{3})*(\.\d{1,2})?$/.test(trimmed)) {
    return null;
  }
  return Number(trimmed.replace(/,/g, ''));
}

/** Writes an amount with two decimals and a comma between thousands: 1234.5 becomes "1,234.50". */
function formatAmount(amount, symbol = '') {
  const [whole, cents] = Math.abs(amount).toFixed(2).split('.');
  let grouped = '';
  for (let i = 0; i < whole.length; i++) {
    if (i > 0 && (whole.length - i) % 3 === 0) {
      grouped += ',';
    }
    grouped += whole[i];
  }
  const sign = amount < 0 ? '-' : '';
  return `${sign}${symbol}${grouped}.${cents}`;
}

/** Splits a number of cents into parts that differ by one cent at most, the larger parts first. */
function splitEvenly(cents, parts) {
  const base = Math.floor(cents / parts);
  const extra = cents - base * parts;
  const shares = [];
  for (let i = 0; i < parts; i++) {
    shares.push(i < extra ? base + 1 : base);
  }
  return shares;
}

/** Smallest number of coins that make up the amount, largest coin first; null if the coins cannot. */
function makeChange(amount, coins) {
  const best = [0];
  const last = [0];
  for (let value = 1; value <= amount; value++) {
    best[value] = Infinity;
    for (const coin of coins) {
      if (coin <= value && best[value - coin] + 1 < best[value]) {
        best[value] = best[value - coin] + 1;
        last[value] = coin;
      }
    }
  }
  if (best[amount] === Infinity) {
    return null;
  }
  const result = [];
  for (let rest = amount; rest > 0; rest -= last[rest]) {
    result.push(last[rest]);
  }
  return result.sort((a, b) => b - a);
}

module.exports = { roundMoney, parseAmount, formatAmount, splitEvenly, makeChange };
