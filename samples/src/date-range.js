'use strict';

const DAY = 24 * 60 * 60 * 1000;

/** Number of the day (days since 1970) of a date such as "2024-02-29". */
function dayNumber(iso) {
  const [year, month, day] = iso.split('-').map(Number);
  return Date.UTC(year, month - 1, day) / DAY;
}

/** A range of days; both ends belong to it. Throws if it would end before it starts. */
function range(start, end) {
  const from = dayNumber(start);
  const to = dayNumber(end);
  if (to < from) {
    throw new RangeError(`range ends (${end}) before it starts (${start})`);
  }
  return { from, to };
}

/** How many days the range covers. */
function lengthInDays(r) {
  return r.to - r.from + 1;
}

/** True if the day lies in the range; the first and the last day do. */
function contains(r, iso) {
  const day = dayNumber(iso);
  return r.from <= day && day <= r.to;
}

/** True if two ranges share at least one day. */
function overlaps(a, b) {
  return a.from < b.to && b.from <= a.to;
}

/** The days that both ranges share, or null. */
function intersection(a, b) {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from <= to ? { from, to } : null;
}

module.exports = { dayNumber, range, lengthInDays, contains, overlaps, intersection };
