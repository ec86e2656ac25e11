import assert from 'node:assert/strict';
import { forgottenExports } from '../../../src/repair/propose/exports';
import { applyEdits } from '../../../src/repair/source/edits';
import { loadTypescript, parseSource } from '../../../src/repair/source/parse';
import type { TestCase } from '../../../src/workspace/types';

const failing = (message: string): TestCase[] => [
  { id: 'a', title: 'a', state: 'failed', milliseconds: 1, failure: { message, frames: [] } },
];
const changed = (text: string, message: string): string[] =>
  forgottenExports(parseSource(loadTypescript(), 'a.js', text), failing(message)).map(({ edits }) => applyEdits(text, edits));

describe('forgotten exports', () => {
  const missing = 'api.pad is not a function';

  it('of modules: the declaration is exported', () => {
    const [first] = changed('export function trim() {}\n\n/** Pads. */\nfunction pad() {}\n', missing);
    assert.equal(first, 'export function trim() {}\n\n/** Pads. */\nexport function pad() {}\n');
    assert.equal(changed('class Tree {}\n', '(0 , _tree.Tree) is not a constructor')[0], 'export class Tree {}\n');
    assert.equal(
      changed('const pad = () => 1;\n', "The requested module './a.js' does not provide an export named 'pad'")[0],
      'export const pad = () => 1;\n',
    );
  });

  it('of scripts: the name joins what is handed out', () => {
    assert.deepEqual(changed('function pad() {}\nmodule.exports = { trim };\n', missing), [
      'function pad() {}\nmodule.exports = { trim, pad };\n',
    ]);
    assert.deepEqual(changed('function pad() {}\nmodule.exports = {};\n', missing), [
      'function pad() {}\nmodule.exports = { pad };\n',
    ]);
    assert.deepEqual(changed('function pad() {}\nexports.a = 1;\nexports.trim = trim;\nfunction trim() {}\n', missing), [
      'function pad() {}\nexports.a = 1;\nexports.trim = trim;\nexports.pad = pad;\nfunction trim() {}\n',
    ]);
    assert.deepEqual(changed('function pad() {}\nmodule.exports = trim;\n', missing), [
      'function pad() {}\nmodule.exports = trim;\nmodule.exports.pad = pad;\n',
    ]);
  });

  it('nothing is proposed for what is exported, not declared, or not missed', () => {
    assert.deepEqual(changed('export function pad() {}\n', missing), []);
    assert.deepEqual(changed('function pad() {}\nexport { pad };\n', missing), []);
    assert.deepEqual(changed('function pad() {}\nmodule.exports = { pad };\n', missing), []);
    assert.deepEqual(changed('function trim() {}\n', missing), []);
    assert.deepEqual(changed('function pad() {}\n', 'expected 1 to be 2'), []);
  });
});
