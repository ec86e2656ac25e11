'use strict';

/** An order in which every task comes after those it needs; throws where tasks need each other in a circle. */
function buildOrder(needs) {
  const order = [];
  const state = new Map();
  const visit = (task) => {
    if (state.get(task) === 'done') {
      return;
    }
    if (state.get(task) === 'open') {
      throw new Error(`circle at ${task}`);
    }
    state.set(task, 'open');
    for (const needed of needs[task] ?? []) {
      visit(needed);
    }
    state.set(task, 'done');
    order.push(task);
  };
  Object.keys(needs).forEach(visit);
  return order;
}

/** Fewest hops from one node to another, -1 where there is no way. */
function hops(links, from, to) {
  const distance = new Map([[from, 0]]);
  const queue = [from];
  while (queue.length > 0) {
    const node = queue.shift();
    if (node === to) {
      return distance.get(node);
    }
    for (const next of links[node] ?? []) {
      if (!distance.has(next)) {
        distance.set(next, distance.get(node) + 1);
        queue.push(next);
      }
    }
  }
  return -1;
}

/** Number of edits (insert, delete, replace one character) that turn one word into another. */
function editDistance(a, b) {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost));
    }
    previous = row;
  }
  return previous[b.length];
}

/** The known word nearest to a misspelt one, if it is at most `limit` edits away. */
function suggest(word, known, limit = 2) {
  let best;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

module.exports = { buildOrder, hops, editDistance, suggest };
