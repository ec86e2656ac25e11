'use strict';
const assert = require('node:assert/strict');
const { groupBy, sortBy, leftJoin, transpose, render } = require('../src/table');

const people = [
  { name: 'Eva', town: 'Ulm', age: 41 },
  { name: 'Max', town: 'Bonn', age: 29 },
  { name: 'Ida', town: 'Ulm', age: 35 },
];
const names = (rows) => rows.map((row) => row.name);

describe('table', () => {
  it('groups rows', () => {
    const groups = groupBy(people, (row) => row.town);
    assert.deepEqual([...groups.keys()], ['Ulm', 'Bonn']);
    assert.deepEqual(names(groups.get('Ulm')), ['Eva', 'Ida']);
    assert.deepEqual(names(groups.get('Bonn')), ['Max']);
    assert.equal(groupBy([], (row) => row).size, 0);
  });

  it('sorts rows', () => {
    assert.deepEqual(names(sortBy(people, 'age')), ['Max', 'Ida', 'Eva']);
    assert.deepEqual(names(sortBy(people, 'age', true)), ['Eva', 'Ida', 'Max']);
    assert.deepEqual(names(sortBy(people, 'town')), ['Max', 'Eva', 'Ida']);
    assert.deepEqual(names(people), ['Eva', 'Max', 'Ida']);
  });

  it('sorts rows without the column last, in either direction', () => {
    const rows = [{ name: 'x' }, ...people];
    assert.deepEqual(names(sortBy(rows, 'age')), ['Max', 'Ida', 'Eva', 'x']);
    assert.deepEqual(names(sortBy(rows, 'age', true)), ['Eva', 'Ida', 'Max', 'x']);
    assert.deepEqual(names(sortBy([{ name: 'x' }, { name: 'y' }], 'age')), ['x', 'y']);
  });

  it('joins', () => {
    const towns = [
      { town: 'Ulm', zip: '89073', name: 'town' },
      { town: 'Ulm', zip: '00000' },
    ];
    assert.deepEqual(leftJoin(people.slice(0, 2), towns, 'town'), [
      { name: 'Eva', town: 'Ulm', age: 41, zip: '89073' },
      { name: 'Max', town: 'Bonn', age: 29 },
    ]);
    assert.deepEqual(leftJoin([], towns, 'town'), []);
  });

  it('transposes', () => {
    assert.deepEqual(transpose([]), []);
    assert.deepEqual(transpose([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]]);
    assert.deepEqual(transpose([[1], [2, 3]]), [[1, 2], [null, 3]]);
  });

  it('renders', () => {
    assert.deepEqual(render([['pen', 2], ['notebook', 15]]), ['pen      |  2', 'notebook | 15']);
    assert.deepEqual(render([['a', 'b'], ['ccc', 'd']]), ['a   | b', 'ccc | d']);
    assert.deepEqual(render([]), []);
  });
});
