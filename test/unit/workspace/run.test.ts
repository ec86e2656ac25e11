import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSnapshot, findProject, runTests } from '../../../src/workspace/index';
import type { RunOptions, TestRun } from '../../../src/workspace/index';
import { buildRuntime, cleanUp, fixtures, foldersLeft, limits, project, settled } from './support';

async function run(root: string, options: Partial<RunOptions> = {}, overlays: Record<string, string> = {}): Promise<TestRun> {
  const found = await findProject(path.join(root, 'src/x.js'));
  const snapshot = await createSnapshot(found.root, overlays);
  const sandbox = await snapshot.sandbox();
  try {
    return await runTests(found, sandbox, { limits, ...options });
  } finally {
    await sandbox.dispose();
    await snapshot.dispose();
  }
}

function states(result: TestRun): Record<string, string> {
  return Object.fromEntries(result.tests.map(({ id, state }) => [id, state]));
}

describe('running tests', function () {
  this.timeout(120_000);
  before(buildRuntime);
  after(async () => {
    cleanUp();
    assert.deepEqual([await settled(), foldersLeft()], [[], []]);
  });

  it('reports what mocha says, test by test, with values and places', async () => {
    const result = await run(path.join(fixtures, 'mocha-cjs'));
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(states(result), {
      'test/range.test.js::range > keeps what lies inside': 'passed',
      'test/range.test.js::range > cuts at the low end': 'passed',
      'test/range.test.js::range > cuts at the high end': 'failed',
      'test/range.test.js::range > waits': 'passed',
      'test/range.test.js::range > calls back': 'passed',
      'test/range.test.js::range > is left out': 'skipped',
      'test/range.test.js::twice > same': 'passed',
      'test/range.test.js::twice > same #2': 'passed',
    });
    const { failure } = result.tests.find(({ state }) => state === 'failed')!;
    assert.deepEqual([failure!.expected, failure!.actual], ['100', '0']);
    assert.deepEqual(failure!.frames, [{ file: 'test/range.test.js', line: 21, column: 12 }]);
    assert.ok(!failure!.stack!.includes('unmask-sandbox'));
  });

  it('counts coverage test by test, by the offsets of the source', async () => {
    const root = path.join(fixtures, 'mocha-cjs');
    const result = await run(root, { coverage: true });
    const text = readFileSync(path.join(root, 'src/range.js'), 'utf8');
    const count = (test: string, part: string): number => {
      const at = text.indexOf(part);
      const ranges =
        result.coverage!.get(`test/range.test.js::range > ${test}`)?.find(({ file }) => file === 'src/range.js')?.ranges ?? [];
      return ranges.find(({ start, end }) => start <= at && at < end)?.count ?? 0;
    };
    assert.equal(count('keeps what lies inside', 'if (value > high)'), 3);
    assert.deepEqual([count('cuts at the low end', 'return low'), count('cuts at the low end', 'return value')], [1, 0]);
    assert.equal(count('cuts at the high end', 'return low;\n  return'), 1);
    assert.deepEqual([count('waits', 'return high - low'), count('waits', 'if (value > high)')], [1, 0]);
    assert.ok(result.coverage!.get('*')!.some(({ file }) => file === 'src/range.js'));
  });

  it('runs only the tests that are asked for', async () => {
    const only = ['test/range.test.js::range > cuts at the low end', 'test/range.test.js::twice > same #2'];
    assert.deepEqual(states(await run(path.join(fixtures, 'mocha-cjs'), { only })), {
      [only[0]!]: 'passed',
      [only[1]!]: 'passed',
    });
    const words = ['test/words.test.js::count > passes over blanks'];
    assert.deepEqual(states(await run(path.join(fixtures, 'node-test'), { only: words })), { [words[0]!]: 'failed' });
  });

  it('reports what node:test says, subtests and skipped ones too', async () => {
    const result = await run(path.join(fixtures, 'node-test'), { coverage: true });
    assert.equal(result.outcome, 'failed');
    const all = states(result);
    assert.equal(Object.keys(all).length, 10);
    assert.equal(all['test/words.test.js::title > of nothing'], 'passed');
    assert.equal(all['test/words.test.js::count > is left out'], 'skipped');
    const failed = result.tests.filter(({ state }) => state === 'failed');
    assert.deepEqual(
      failed.map(({ id, failure }) => [id, failure!.expected, failure!.actual, failure!.frames[0]?.line]),
      [['test/words.test.js::count > passes over blanks', '2', '3', 15]],
    );
    assert.ok(result.coverage!.get('*')!.some(({ file }) => file === 'src/words.js'));
  });

  it('runs ES modules and TypeScript by the project’s own means', async () => {
    const series = await run(path.join(fixtures, 'mocha-esm'), { coverage: true });
    assert.deepEqual(Object.values(states(series)), ['failed', 'passed', 'passed', 'passed']);
    assert.ok(series.coverage!.get('test/series.test.js::series > begins at zero')!.some(({ file }) => file === 'src/series.js'));
    assert.deepEqual(Object.values(states(await run(path.join(fixtures, 'mocha-ts')))), ['failed', 'passed']);
  });

  it('takes any command with an exit code', async () => {
    const root = path.join(fixtures, 'command');
    const result = await run(root);
    assert.deepEqual([result.outcome, result.exitCode, states(result)], ['failed', 1, { command: 'failed' }]);
    assert.equal(result.tests[0]!.failure!.frames[0]!.file, 'check.js');
    const mended = await run(root, {}, { [path.join(root, 'src/double.js')]: 'exports.double = (value) => value * 2;\n' });
    assert.deepEqual([mended.outcome, states(mended)], ['passed', { command: 'passed' }]);
  });

  it('uses unsaved texts in place of the files', async () => {
    const root = path.join(fixtures, 'mocha-esm');
    const file = path.join(root, 'src/series.js');
    const result = await run(root, {}, { [file]: readFileSync(file, 'utf8').replace('i <= count', 'i < count') });
    assert.equal(result.outcome, 'passed');
  });

  it('tells of tests that cannot be loaded, with the place', async () => {
    const root = project({
      'package.json': '{"scripts":{"test":"mocha"}}',
      'src/a.js': 'const rows = 2;\nexports.table = makeTable(rows);\n',
      'test/a.js': "require('../src/a'); it('never', () => {});",
    });
    const result = await run(root);
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(states(result), { '::loading': 'failed' });
    assert.deepEqual(result.tests[0]!.failure!.frames[0], { file: 'src/a.js', line: 2, column: 1 });
    assert.ok(result.tests[0]!.failure!.message.includes('makeTable is not defined'));
  });

  it('fails the tests of a suite whose hook fails', async () => {
    const root = project({
      'package.json': '{"scripts":{"test":"mocha"}}',
      'test/a.js':
        "describe('s', () => { before(() => { throw new Error('no ground'); }); it('one', () => {}); }); it('two', () => {});",
    });
    const result = await run(root);
    assert.deepEqual(states(result), { 'test/a.js::two': 'passed', 'test/a.js::s > one': 'failed' });
    assert.ok(result.tests.find(({ state }) => state === 'failed')!.failure!.message.includes('no ground'));
  });

  it('names the test that never ends', async () => {
    const root = project({
      'package.json': '{"scripts":{"test":"mocha"}}',
      'test/a.js': "it('one', () => {}); it('hangs', () => { for (;;); }); it('three', () => {});",
    });
    const result = await run(root, { limits: { ...limits, milliseconds: 4000 } });
    assert.equal(result.outcome, 'timeout');
    assert.deepEqual(states(result), { 'test/a.js::one': 'passed', 'test/a.js::hangs': 'failed', 'test/a.js::three': 'skipped' });
  });

  it('stops when cancelled', async () => {
    const root = project({ 'package.json': '{"scripts":{"test":"sleep 100"}}' });
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 300);
    const started = Date.now();
    await assert.rejects(run(root, { signal: stop.signal }), /enough/);
    assert.ok(Date.now() - started < 10_000);
  });
});
