import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { formatLine, parseLine, parseRecords } from '../src/csv.js';

describe('csv', () => {
  it('reads a single field', () => {
    assert.deepEqual(parseLine('abc'), ['abc']);
    assert.deepEqual(parseLine(''), ['']);
    assert.deepEqual(parseLine('"a,b"'), ['a,b']);
    assert.deepEqual(parseLine('"say ""hi"""'), ['say "hi"']);
  });

  it('reads several fields', () => {
    assert.deepEqual(parseLine('a,b,c'), ['a', 'b', 'c']);
    assert.deepEqual(parseLine('1,,3'), ['1', '', '3']);
    assert.deepEqual(parseLine('"x, y",z,'), ['x, y', 'z', '']);
  });

  it('writes fields', () => {
    assert.equal(formatLine(['a', 1, 'b']), 'a,1,b');
    assert.equal(formatLine(['x, y', 'say "hi"']), '"x, y","say ""hi"""');
    assert.equal(formatLine([]), '');
  });

  it('makes records of one column', () => {
    assert.deepEqual(parseRecords(['name', 'pen', '', 'ink']), [{ name: 'pen' }, { name: 'ink' }]);
  });

  it('makes records of several columns', () => {
    assert.deepEqual(parseRecords(['sku,price', 'pen,2', 'ink']), [
      { sku: 'pen', price: '2' },
      { sku: 'ink', price: '' },
    ]);
  });
});
