'use strict';
const assert = require('node:assert/strict');
const { minutes, clock, clash, freeSlots, peakUsage } = require('../src/schedule');

const booking = (from, to) => ({ from, to });

describe('schedule', () => {
  it('turns times into minutes and back', () => {
    assert.equal(minutes('00:00'), 0);
    assert.equal(minutes('09:30'), 570);
    assert.equal(clock(570), '09:30');
    assert.equal(clock(65), '01:05');
    assert.equal(clock(24 * 60), '00:00');
  });

  it('sees bookings that clash', () => {
    assert.equal(clash(booking('09:00', '10:00'), booking('09:30', '09:45')), true);
    assert.equal(clash(booking('09:00', '10:00'), booking('08:00', '09:01')), true);
    assert.equal(clash(booking('09:00', '10:00'), booking('10:00', '11:00')), false);
    assert.equal(clash(booking('10:00', '11:00'), booking('09:00', '10:00')), false);
  });

  it('offers free slots', () => {
    const hours = booking('09:00', '12:00');
    assert.deepEqual(freeSlots(hours, [], 60), ['09:00', '10:00', '11:00']);
    assert.deepEqual(freeSlots(hours, [booking('09:30', '10:00')], 60), ['10:00', '11:00']);
    assert.deepEqual(freeSlots(hours, [booking('09:00', '12:00')], 60), []);
    assert.deepEqual(freeSlots(hours, [booking('10:10', '10:20')], 90), ['10:30']);
  });

  it('does not offer a slot that ends after closing', () => {
    assert.deepEqual(freeSlots(booking('09:00', '10:45'), [], 30), ['09:00', '09:30', '10:00']);
  });

  it('finds the peak', () => {
    assert.equal(peakUsage([]), 0);
    assert.equal(peakUsage([booking('09:00', '10:00'), booking('10:00', '11:00')]), 1);
    assert.equal(peakUsage([booking('09:00', '12:00'), booking('10:00', '11:00'), booking('10:30', '13:00')]), 3);
  });
});
