'use strict';

/** Middle value of a list, the mean of the two middle ones where their number is even; NaN for an empty list. */
function median(values) {
  if (values.length === 0) {
    return NaN;
  }
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Mean over a sliding window; the first entries use what there is. */
function movingAverage(values, window) {
  const result = [];
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    if (i >= window) {
      sum -= values[i - window];
    }
    result.push(sum / Math.min(i + 1, window));
  }
  return result;
}

/** Counts values in bins of equal width from `low` to `high`; the last bin includes `high`, values outside are left out. */
function histogram(values, low, high, bins) {
  const counts = new Array(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values) {
    if (value < low || value > high) {
      continue;
    }
    const bin = Math.min(Math.floor((value - low) / width), bins - 1);
    counts[bin] += 1;
  }
  return counts;
}

/** The rank of each score, 1 for the highest; equal scores share a rank and the next one is skipped. */
function ranks(scores) {
  return scores.map((score) => 1 + scores.filter((other) => other > score).length);
}

/** Longest run of values that rise strictly. */
function longestRise(values) {
  let best = 0;
  let current = 0;
  for (let i = 0; i < values.length; i++) {
    current = i > 0 && values[i] > values[i - 1] ? current + 1 : 1;
    if (current > best) {
      best = current;
    }
  }
  return best;
}

module.exports = { median, movingAverage, histogram, ranks, longestRise };
