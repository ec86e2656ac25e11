import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { refactorResult } from '../../../src/protocol/refactor';
import { project, type TestProject } from '../engine/refactor/project';
import { onlyObject, runCli, type CliRun } from '../helpers/run-cli';

const files = {
  'a.js': 'exports.area = (width, height) => width * height;\n',
  'b.js': "const { area } = require('./a');\nexports.square = (side) => area(side, side);\n",
  'test/b.test.js': "const assert = require('node:assert');\nit('squares', () => assert.equal(require('../b').square(3), 9));\n",
};

describe('unmask refactor', function () {
  this.timeout(120_000);
  let where: TestProject;
  beforeEach(() => {
    where = project(files);
  });
  afterEach(() => {
    where.dispose();
  });
  const text = (name: string): string => readFileSync(where.file(name), 'utf8');
  const refactor = (...args: string[]): Promise<CliRun> => runCli(['refactor', where.file('a.js'), ...args, '--model', 'none']);

  it('prints diffs and what proves them, and writes only with --apply', async () => {
    const shown = await refactor('rename', 'area', 'to', 'surface');
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /\+const \{ surface \} = require/);
    assert.match(shown.stdout, /1 test that passed passes still/);
    assert.equal(text('b.js'), files['b.js']);
    const applied = await refactor('rename area to surface', '--apply', '--json');
    assert.equal(applied.code, 0, applied.stderr);
    const result = onlyObject(applied);
    assert.equal(result['applied'], true);
    assert.equal(refactorResult.parse(result).proof, 'tests');
    assert.equal(text('a.js'), files['a.js'].replace('area', 'surface'));
    assert.equal(text('b.js'), files['b.js'].replaceAll('area', 'surface'));
  });

  it('exits with 1 and writes nothing where there is nothing to do', async () => {
    const run = await refactor('use const or let instead of var', '--apply', '--json');
    assert.equal(run.code, 1);
    assert.equal(onlyObject(run)['status'], 'unchanged');
    assert.equal(text('a.js'), files['a.js']);
  });

  it('lists what is on offer, and says what is missing', async () => {
    const offers = await refactor('--offers');
    assert.equal(offers.code, 0, offers.stderr);
    assert.match(offers.stdout, /Organize imports/);
    const selection = await refactor('--scope', 'selection');
    assert.equal(selection.code, 2);
    assert.match(selection.stderr, /--range/);
    const none = await runCli(['refactor', where.file('c.js'), 'rename a to b']);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /There is no file/);
  });
});

describe('writing several files', () => {
  it('leaves all as they are where one has changed', async () => {
    const { applyTexts, textHash } = await import('../../../src/cli/apply');
    const where = project(files);
    try {
      const change = (name: 'a.js' | 'b.js'): { file: string; newText: string; baseHash: string; isNew: boolean } => ({
        file: where.file(name),
        newText: 'new',
        baseHash: textHash(files[name]),
        isNew: false,
      });
      writeFileSync(where.file('b.js'), 'mine');
      const fresh = { file: where.file('sub/c.js'), newText: 'c', baseHash: textHash(''), isNew: true };
      await assert.rejects(applyTexts([change('a.js'), fresh, change('b.js')]), /b\.js has changed/);
      assert.equal(readFileSync(where.file('a.js'), 'utf8'), files['a.js']);
      assert.equal(existsSync(fresh.file), false);
      await applyTexts([change('a.js'), fresh]);
      assert.equal(readFileSync(where.file('a.js'), 'utf8'), 'new');
      assert.equal(readFileSync(fresh.file, 'utf8'), 'c');
      await assert.rejects(applyTexts([fresh]), /exists by now/);
    } finally {
      where.dispose();
    }
  });
});
