import assert from 'node:assert/strict';
import path from 'node:path';
import { looksLikeTest, testedFiles, testTitle } from '../../../src/editor/fix/imports';

const root = path.resolve('/project');
const at = (name: string): string => path.join(root, name);
const existing = (...names: string[]) => {
  const files = new Set(names.map(at));
  return (file: string): boolean => files.has(file);
};

describe('code under test', () => {
  it('is found through require, import and re-export, with and without an extension', () => {
    const text = [
      "const a = require('../src/a');",
      'import { b } from "../src/b.js";',
      "export * from '../src/c';",
      "const d = await import('../src/d');",
      "import fs from 'node:fs';",
      "import '../src/missing';",
    ].join('\n');
    const exists = existing('src/a.js', 'src/b.ts', 'src/c/index.js', 'src/d.mjs');
    assert.deepEqual(
      testedFiles(at('test/x.test.js'), text, exists),
      ['src/a.js', 'src/b.ts', 'src/c/index.js', 'src/d.mjs'].map(at),
    );
  });

  it('leaves out helpers that are tests themselves, and data', () => {
    const text = "require('./helpers'); require('../src/a'); require('../data.json');";
    const exists = existing('test/helpers.js', 'src/a.js', 'data.json');
    assert.deepEqual(testedFiles(at('test/x.test.js'), text, exists), [at('src/a.js')]);
  });

  it('knows test files by name and folder', () => {
    for (const name of ['test/a.js', 'src/a.test.ts', 'src/__tests__/a.js', 'a_spec.mjs', 'packages/x/tests/a.ts'])
      assert(looksLikeTest(name), name);
    for (const name of ['src/a.js', 'src/latest.js', 'src/contest/a.ts', 'src/test-runner.ts'])
      assert(!looksLikeTest(name), name);
  });

  it('reads the title from a test function in an outline', () => {
    assert.equal(testTitle('it("adds two") callback'), 'adds two');
    assert.equal(testTitle("test.only('says \\'no\\'') callback"), "says 'no'");
    assert.equal(testTitle('describe("cart") callback'), undefined);
    assert.equal(testTitle('item'), undefined);
  });
});
