'use strict';

/** Groups rows by a key; the groups keep the order in which their keys were first seen. */
function groupBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) {
      group.push(row);
    } else {
      groups.set(key, [row]);
    }
  }
  return groups;
}

/** Sorts rows by a column without changing the input; rows that lack the column come last. */
function sortBy(rows, column, descending = false) {
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (a[column] === undefined || b[column] === undefined) {
      return (a[column] === undefined ? 1 : 0) - (b[column] === undefined ? 1 : 0);
    }
    if (a[column] === b[column]) {
      return 0;
    }
    return a[column] < b[column] ? -direction : direction;
  });
}

/** Adds to each left row the columns of the first right row with the same key; rows without a partner stay as they are. */
function leftJoin(left, right, key) {
  const index = new Map();
  for (const row of right) {
    if (!index.has(row[key])) {
      index.set(row[key], row);
    }
  }
  return left.map((row) => ({ ...index.get(row[key]), ...row }));
}

/** Rows become columns; short rows are filled with null. */
function transpose(rows) {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const columns = [];
  for (let x = 0; x < width; x++) {
    columns.push(rows.map((row) => (x < row.length ? row[x] : null)));
  }
  return columns;
}

/** Draws rows as lines of text with columns of equal width; numbers stand on the right. */
function render(rows) {
  const widths = transpose(rows).map((column) => Math.max(...column.map((cell) => String(cell ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, x) => (typeof cell === 'number' ? String(cell).padStart(widths[x]) : String(cell).padEnd(widths[x])))
      .join(' | ')
      .trimEnd(),
  );
}

module.exports = { groupBy, sortBy, leftJoin, transpose, render };
