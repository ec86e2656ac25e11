'use strict';

/** Joins intervals `[start, end]` that touch or overlap; the result is sorted. */
function mergeIntervals(intervals) {
  const sorted = [...intervals].sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [start, end] of sorted) {
    const last = merged[merged.length - 1];
    if (last && start <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      merged.push([start, end]);
    }
  }
  return merged;
}

/** The gaps between intervals inside `[from, to]`. */
function findGaps(intervals, from, to) {
  const gaps = [];
  let at = from;
  for (const [start, end] of mergeIntervals(intervals)) {
    if (end <= from) {
      continue;
    }
    if (start >= to) {
      break;
    }
    if (start > at) {
      gaps.push([at, start]);
    }
    at = Math.max(at, end);
  }
  if (at < to) {
    gaps.push([at, to]);
  }
  return gaps;
}

/** Index of the first element of a sorted list that is not less than the value. */
function lowerBound(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Total length covered by the intervals, each point counted once. */
function coveredLength(intervals) {
  return mergeIntervals(intervals).reduce((sum, [start, end]) => sum + (end - start), 0);
}

module.exports = { mergeIntervals, findGaps, lowerBound, coveredLength };
