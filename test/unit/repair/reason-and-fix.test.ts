import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { applyPatch } from 'diff';
import type { FixParams, FixResult, Progress } from '../../../src/protocol/messages';
import { fixParams, fixResult } from '../../../src/protocol/messages';
import { reasonAndFix } from '../../../src/repair/reason-and-fix';
import type { TemporaryProject } from './project';
import { makeProject } from './project';

const source = `'use strict';

/** Sum of the first n items. */
function sumFirst(items, n) {
  let total = 0;
  for (let i = 0; i <= n; i++) {
    total += items[i];
  }
  return total;
}

function clamp(x, low, high) {
  if (x < low) return low;
  if (x > high) return high;
  return x;
}

module.exports = { sumFirst, clamp };
`;

const mochaTest = `const assert = require('node:assert');
const { sumFirst, clamp } = require('../src/sums.js');
describe('sums', () => {
  it('sums some', () => assert.strictEqual(sumFirst([1, 2, 3, 4], 2), 3));
  it('sums all', () => assert.strictEqual(sumFirst([1, 2, 3], 3), 6));
  it('sums none', () => assert.strictEqual(sumFirst([5], 0), 0));
  it('clamps', () => { assert.strictEqual(clamp(5, 1, 3), 3); assert.strictEqual(clamp(-5, 1, 3), 1); });
});
`;

const nodeTest = mochaTest.replace('const assert', "const { describe, it } = require('node:test');\nconst assert");

async function fix(
  params: FixParams,
  signal = new AbortController().signal,
  onProgress: (p: Progress) => void = () => undefined,
): Promise<FixResult> {
  return fixResult.parse(await reasonAndFix(fixParams.parse({ workers: 1, ...params }), { model: null, signal, onProgress }));
}

function leftovers(): string[] {
  return readdirSync(os.tmpdir()).filter((name) => name.startsWith('unmask') && !name.startsWith('unmask-repair-test-')); // prettier-ignore
}

describe('reason and fix, with real test runners', function () {
  this.timeout(180_000);
  let project: TemporaryProject | undefined;
  afterEach(() => {
    project?.remove();
    project = undefined;
  });

  for (const [runner, script, test] of [
    ['mocha', 'mocha', mochaTest],
    ['node:test', 'node --test', nodeTest],
  ] as const) {
    // prettier-ignore
    it(`repairs and proves under ${runner}, and leaves the workspace as it was`, async () => {
      project = makeProject({ 'src/sums.js': source, 'test/sums.test.js': test }, script);
      const before = project.snapshot();
      const result = await fix({ file: project.file('src/sums.js'), budget: 'deep' });
      assert.equal(result.status, 'fixed', JSON.stringify(result.trace, null, 1));
      assert.equal(result.newText, source.replace('i <= n', 'i < n'));
      assert.equal(applyPatch(source, result.diff), result.newText);
      assert.equal(result.baseHash, createHash('sha256').update(source).digest('hex'));
      assert.equal(result.source, 'mutation');
      assert.ok(result.candidatesTried > 0 && result.testsRun > result.candidatesTried);
      for (const kind of ['failure', 'suspect', 'propose', 'attempt', 'choice', 'proof']) assert.ok(result.trace.some((t) => t.kind === kind), kind); // prettier-ignore
      assert.ok(result.trace.some((t) => t.kind === 'failure' && t.text.includes('expected 3, got 6')));
      assert.deepEqual(project.snapshot(), before);
      // The answer is right by a run of our own, without any of the code under test.
      const check = `const m = { exports: {} }; new Function('module', ${JSON.stringify(result.newText)})(m); console.log(m.exports.sumFirst([4, 5, 6], 2))`;
      assert.equal(execFileSync(process.execPath, ['-e', check], { encoding: 'utf8' }).trim(), '9');
    });
  }

  it('repairs a table that is only read by functions of other files', async () => {
    const table = 'module.exports = { kb: 1000, mb: 1048576 };\n';
    project = makeProject({
      'src/units.js': table,
      'src/size.js': "const units = require('./units.js');\nexports.bytes = (n, unit) => n * units[unit];\n",
      'test/size.test.js': "const assert = require('node:assert');\nconst { bytes } = require('../src/size.js');\nit('kb', () => assert.strictEqual(bytes(1, 'kb'), 1024));\nit('mb', () => assert.strictEqual(bytes(2, 'mb'), 2097152));\n",
    }); // prettier-ignore
    const result = await fix({ file: project.file('src/units.js'), budget: 'deep' });
    assert.equal(result.newText, table.replace('1000', '1024'), JSON.stringify(result.trace, null, 1));
  });

  it('repairs functions that are written into what the file exports', async () => {
    const inline =
      'module.exports = {\n  low: 0,\n  clamp(x, low, high) {\n    if (x < low) return low;\n    return x < high ? high : x;\n  },\n};\n';
    project = makeProject({
      'src/sums.js': inline,
      'test/sums.test.js': mochaTest.replace(/ {2}it\('sums .*\n/g, ''),
    }); // prettier-ignore
    const result = await fix({ file: project.file('src/sums.js'), budget: 'deep' });
    assert.equal(result.newText, inline.replace('x < high', 'x > high'), JSON.stringify(result.trace, null, 1));
  });

  it('says so when nothing fails', async () => {
    project = makeProject({ 'src/sums.js': source.replace('i <= n', 'i < n'), 'test/sums.test.js': mochaTest });
    const result = await fix({ file: project.file('src/sums.js') });
    assert.equal(result.status, 'no-failing-test');
    assert.equal(result.diff, '');
  });

  it('names the files that the failing tests do run, where it was started on another', async () => {
    const other = 'exports.twice = (x) => 2 * x;\n';
    project = makeProject({ 'src/sums.js': source, 'src/other.js': other, 'test/sums.test.js': `require('../src/other.js');\n${mochaTest}` }); // prettier-ignore
    const result = await fix({ file: project.file('src/other.js') });
    assert.equal(result.status, 'no-failing-test');
    assert.match(result.trace.map((t) => t.text).join('\n'), /none of them runs src\/other\.js .* They run src\/sums\.js\./);
  });

  it('never changes a test', async () => {
    project = makeProject({ 'src/sums.js': source, 'test/sums.test.js': mochaTest });
    const result = await fix({ file: project.file('test/sums.test.js') });
    assert.equal(result.status, 'error');
    assert.match(result.error ?? '', /never tests/);
  });

  it('explains a missing project', async () => {
    const result = await fix({ file: path.join(os.tmpdir(), 'no-such-folder', 'x.js') });
    assert.equal(result.status, 'error');
    assert.match(result.error ?? '', /package\.json|ENOENT/);
  });

  it('stops when cancelled, at once and without a trace in the workspace', async () => {
    // A fault that no single change mends, so that the search is still going on.
    const hopeless = source.replace('total += items[i];', 'total = Math.random() > 2 ? String(items) : undefined;');
    project = makeProject({ 'src/sums.js': hopeless, 'test/sums.test.js': mochaTest });
    const before = project.snapshot();
    const temporary = leftovers();
    const controller = new AbortController();
    const reason = new Error('enough');
    let abortedAt = 0;
    const running = fix({ file: project.file('src/sums.js'), budget: 'deep' }, controller.signal, ({ trace }) => {
      if (trace?.kind === 'propose') {
        setTimeout(() => {
          abortedAt = performance.now();
          controller.abort(reason);
        }, 300);
      }
    });
    await assert.rejects(running, reason);
    assert.ok(abortedAt > 0);
    assert.ok(performance.now() - abortedAt < 10_000);
    assert.deepEqual(project.snapshot(), before);
    assert.deepEqual(leftovers().filter((name) => !temporary.includes(name)), []); // prettier-ignore
  });
});
