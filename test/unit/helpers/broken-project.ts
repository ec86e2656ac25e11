import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface BrokenProject {
  readonly root: string;
  /** The source with the fault. */
  readonly file: string;
  readonly source: string;
  dispose(): void;
}

const source = `'use strict';

/** Where a circle of this length around a place begins: never before zero. */
function firstSeat(place, length) {
  const half = Math.floor(length / 2);
  return Math.min(0, place - half);
}

module.exports = { firstSeat };
`;

const test = `'use strict';
const { test } = require('node:test');
const assert = require('node:assert');
const { firstSeat } = require('../src/seats.js');

test('a circle around a place', () => assert.equal(firstSeat(10, 4), 8));
test('never before zero', () => assert.equal(firstSeat(1, 6), 0));
`;

/** A small project in a temporary folder, one function broken, without dependencies. */
export function brokenProject(): BrokenProject {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'unmask-test-')));
  mkdirSync(path.join(root, 'src'));
  mkdirSync(path.join(root, 'test'));
  writeFileSync(
    path.join(root, 'package.json'),
    JSON.stringify({ name: 'seats', private: true, scripts: { test: 'node --test' } }),
  );
  const file = path.join(root, 'src', 'seats.js');
  writeFileSync(file, source);
  writeFileSync(path.join(root, 'test', 'seats.test.js'), test);
  return {
    root,
    file,
    source,
    dispose: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
