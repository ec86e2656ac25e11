'use strict';

/** Minutes since midnight of a time such as "09:30". */
function minutes(time) {
  const [hours, mins] = time.split(':').map(Number);
  return hours * 60 + mins;
}

/** The time of day, as "HH:MM", of a number of minutes since midnight. */
function clock(total) {
  const hours = Math.floor(total / 60) % 24;
  const mins = total % 60;
  return `${String(hours).padStart(2, '0')}:${String(mins).padStart(2, '0')}`;
}

/** True if two bookings need the room at the same time; one may begin when the other ends. */
function clash(a, b) {
  return minutes(a.from) < minutes(b.to) && minutes(b.from) < minutes(a.to);
}

/** Start times of the free slots of so many minutes in the opening hours. */
function freeSlots(hours, bookings, length) {
  const slots = [];
  const closing = minutes(hours.to);
  for (let start = minutes(hours.from); start + length <= closing; start += length) {
    const slot = { from: clock(start), to: clock(start + length) };
    if (bookings.some((booking) => clash(booking, slot))) {
      slots.push(slot.from);
    }
  }
  return slots;
}

/** Most rooms in use at the same time. */
function peakUsage(bookings) {
  const events = [];
  for (const booking of bookings) {
    events.push([minutes(booking.from), 1], [minutes(booking.to), -1]);
  }
  events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let current = 0;
  let peak = 0;
  for (const [, change] of events) {
    current += change;
    peak = Math.max(peak, current);
  }
  return peak;
}

module.exports = { minutes, clock, clash, freeSlots, peakUsage };
