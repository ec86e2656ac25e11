import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createVerifier, findProject } from '../../../src/workspace/index';
import type { CandidateFiles, Verdict, Verifier } from '../../../src/workspace/index';
import { buildRuntime, cleanUp, contents, fixtureCopy, fixtures, foldersLeft, limits, project, settled } from './support';

const opened: Verifier[] = [];

async function verifierOf(root: string, warm = true, workers = 1): Promise<Verifier> {
  const verifier = await createVerifier({ project: await findProject(path.join(root, 'src/x.js')), workers, limits, warm });
  opened.push(verifier);
  return verifier;
}

function candidate(file: string, text: string): CandidateFiles {
  return { files: new Map([[file, text]]) };
}

function failing(verifier: Verifier): string[] {
  return verifier.baseline.tests.filter(({ state }) => state === 'failed').map(({ id }) => id);
}

function everything(verifier: Verifier): string[] {
  return verifier.baseline.tests.filter(({ state }) => state !== 'skipped').map(({ id }) => id);
}

/** What a verdict says test by test. */
function states(verdict: Verdict): string[] {
  return verdict.tests.map(({ id, state }) => `${id} ${state}`).sort();
}

const generous = { bail: false, milliseconds: 5000 };

describe('verifying candidates', function () {
  this.timeout(180_000);
  before(buildRuntime);
  after(async () => {
    await Promise.all(opened.map((verifier) => verifier.dispose()));
    cleanUp();
    assert.deepEqual([await settled(), foldersLeft()], [[], []]);
  });

  /** Candidates of all sorts: the fix, other behaviour, syntax errors, throwing, slow. */
  const cases: { readonly fixture: string; readonly file: string; readonly changes: readonly (readonly [string, string])[] }[] = [
    {
      fixture: 'mocha-cjs',
      file: 'src/range.js',
      changes: [
        ['if (value > high) return low', 'if (value > high) return high'],
        ['return value;', 'return low;'],
        ['return value;', 'return value'.concat(' +')],
        ['return value;', 'throw new Error("no")'],
        ['const limits', 'process.exit(0); const limits'],
        ['high: 100', 'high: 500'],
        ['return high - low', 'return new Promise(() => {})'],
      ],
    },
    {
      fixture: 'mocha-esm',
      file: 'src/series.js',
      changes: [
        ['i <= count', 'i < count'],
        ['i * step', 'i'],
        ["from './base.js'", "from './missing.js'"],
        ['export function series', 'function series'],
        ['let i = 0', 'let i = 1'],
      ],
    },
    {
      fixture: 'node-test',
      file: 'src/words.js',
      changes: [
        ["split(' ')", 'split(/ +/)'],
        ['slice(1)', 'slice(2)'],
        ['exports.title', 'exports.tilte'],
        ['text.trim()', 'text.trim('],
      ],
    },
    {
      fixture: 'mocha-ts',
      file: 'src/pair.ts',
      changes: [
        ['second: pair.second', 'second: pair.first'],
        ['first: pair.second', 'first: pair.first as T'],
      ],
    },
  ];
  for (const { fixture, file, changes } of cases) {
    it(`says the same warm and fresh: ${fixture}`, async () => {
      const root = path.join(fixtures, fixture);
      const warm = await verifierOf(root);
      const fresh = await verifierOf(root, false);
      assert.deepEqual([warm.warm, fresh.warm], [true, false], warm.isolation.join('; '));
      const text = readFileSync(path.join(root, file), 'utf8');
      const unchanged = await warm.screen(candidate(file, text), everything(warm), generous);
      let passed = 0;
      for (const [from, to] of changes) {
        assert.ok(text.includes(from));
        const tried = candidate(file, text.replace(from, to));
        const quick = await warm.screen(tried, everything(warm), generous);
        const slow = await fresh.screen(tried, everything(fresh), generous);
        assert.deepEqual([quick.mode, slow.mode], ['warm', 'fresh']);
        assert.equal(
          quick.outcome === 'passed',
          slow.outcome === 'passed',
          `${to}: warm ${quick.outcome}, fresh ${slow.outcome}`,
        );
        if (quick.tests.length === everything(warm).length && slow.tests.length === quick.tests.length)
          assert.deepEqual(states(quick), states(slow), to);
        if (quick.outcome === 'passed') {
          passed++;
          assert.equal((await warm.prove(tried)).outcome, 'passed');
        }
      }
      assert.equal(passed, 1);
      const again = await warm.screen(candidate(file, text), everything(warm), generous);
      assert.deepEqual(states(again), states(unchanged), 'what a candidate leaves behind must not meet the next');
      await Promise.all([warm.dispose(), fresh.dispose()]);
    });
  }

  it('gives coverage by test for node:test too', async () => {
    const verifier = await verifierOf(path.join(fixtures, 'node-test'));
    const files = verifier.baseline.coverage!.get('test/words.test.js::count > passes over blanks')!.map(({ file }) => file);
    assert.deepEqual(files.sort(), ['src/words.js', 'test/words.test.js']);
  });

  it('screens by the command itself where there is no runner', async () => {
    const verifier = await verifierOf(path.join(fixtures, 'command'));
    assert.equal(verifier.warm, false);
    const right = candidate('src/double.js', 'exports.double = (value) => value * 2;\n');
    assert.equal((await verifier.screen(right, failing(verifier), generous)).outcome, 'passed');
    assert.equal((await verifier.prove(right)).outcome, 'passed');
    assert.equal((await verifier.prove({ files: new Map() })).outcome, 'failed');
  });

  it('refuses candidates that touch tests, configuration or other folders', async () => {
    const root = fixtureCopy('mocha-cjs');
    const before = contents(root);
    const verifier = await verifierOf(root);
    for (const file of [
      'test/range.test.js',
      'test/helper.js',
      'package.json',
      '.mocharc.json',
      '../outside.js',
      '/etc/unmask-test',
      'node_modules/mocha/index.js',
    ]) {
      for (const verdict of [
        await verifier.screen(candidate(file, ''), failing(verifier), generous),
        await verifier.prove(candidate(file, '')),
      ]) {
        assert.equal(verdict.outcome, 'refused', file);
        assert.ok(verdict.reason);
      }
    }
    assert.deepEqual(contents(root), before);
  });

  it('does not prove a candidate that makes tests disappear', async () => {
    const verifier = await verifierOf(path.join(fixtures, 'mocha-cjs'));
    const text = readFileSync(path.join(fixtures, 'mocha-cjs/src/range.js'), 'utf8');
    for (const trick of ['process.exit(0);', 'globalThis.it = () => {};', 'globalThis.it = it.skip;']) {
      assert.equal((await verifier.prove(candidate('src/range.js', trick + text))).outcome, 'failed', trick);
    }
  });

  it('mends a module that cannot even be loaded', async () => {
    const root = project({
      'package.json': '{"scripts":{"test":"mocha"}}',
      'src/a.js': 'exports.table = mkae();\nfunction make() { return [1]; }\n',
      'test/a.js':
        "const { table } = require('../src/a'); it('has one', () => { if (table.length !== 1) throw new Error('no'); });",
    });
    const verifier = await verifierOf(root);
    assert.deepEqual([verifier.warm, failing(verifier)], [true, ['::loading']]);
    const right = candidate('src/a.js', 'exports.table = make();\nfunction make() { return [1]; }\n');
    const wrong = candidate('src/a.js', 'exports.table = made();\nfunction make() { return [1]; }\n');
    assert.equal((await verifier.screen(right, ['::loading'], generous)).outcome, 'passed');
    assert.equal((await verifier.screen(wrong, ['::loading'], generous)).outcome, 'failed');
    assert.equal((await verifier.prove(right)).outcome, 'passed');
  });

  for (const runner of ['mocha', 'node --test']) {
    it(`looks behind a test that loops for ever: ${runner}`, async () => {
      const source = (step: string): string =>
        `exports.upTo = (n) => {\n  const out = [];\n  for (let i = 0; i < n; ${step}) out.length = 1;\n  return out;\n};\n`;
      const names = runner === 'mocha' ? '' : "const { it } = require('node:test');";
      const root = project({
        'package.json': JSON.stringify({ scripts: { test: runner } }),
        'src/a.js': source('i--'),
        'test/a.test.js': `${names} const { upTo } = require('../src/a');
          it('none', () => upTo(0)); it('some', () => upTo(3)); it('behind', () => upTo(-1)); it('wrong', () => { throw new Error('wrong'); });`,
      });
      const started = performance.now();
      const verifier = await verifierOf(root);
      assert.ok(performance.now() - started < 30_000);
      const id = (title: string): string => `test/a.test.js::${title}`;
      const found = Object.fromEntries(verifier.baseline.tests.map((test) => [test.id, test.state]));
      assert.deepEqual(found, {
        [id('none')]: 'passed',
        [id('some')]: 'failed',
        [id('behind')]: 'passed',
        [id('wrong')]: 'failed',
      });
      assert.equal(verifier.warm, true, verifier.isolation.join('; '));
      const { ranges } = verifier.baseline.coverage!.get(id('some'))!.find(({ file }) => file === 'src/a.js')!;
      assert.ok(Math.max(...ranges.map(({ count }) => count)) > 1000, 'the loop shows in the coverage');
      const asked = [id('none'), id('some'), id('behind')];
      const bad = await verifier.screen(candidate('src/a.js', source('i--')), asked, { bail: false, milliseconds: 300 });
      assert.deepEqual([bad.outcome, bad.tests.at(-1)!.id], ['timeout', id('some')]);
      assert.equal((await verifier.screen(candidate('src/a.js', source('i++')), asked, generous)).outcome, 'passed');
    });
  }

  it('stops at the first failure only if asked to', async () => {
    const verifier = await verifierOf(path.join(fixtures, 'mocha-cjs'));
    const broken = candidate('src/range.js', 'exports.clamp = exports.width = () => 99;\n');
    const bailed = await verifier.screen(broken, everything(verifier), { bail: true, milliseconds: 5000 });
    const whole = await verifier.screen(broken, everything(verifier), generous);
    assert.equal(bailed.tests.filter(({ state }) => state === 'failed').length, 1);
    assert.ok(whole.tests.filter(({ state }) => state === 'failed').length > 3);
  });

  it('puts back what candidates and tests change for the whole process', async () => {
    const verifier = await verifierOf(path.join(fixtures, 'mocha-cjs'));
    const text = readFileSync(path.join(fixtures, 'mocha-cjs/src/range.js'), 'utf8').replace(
      '> high) return low',
      '> high) return high',
    );
    const spoil = [
      'globalThis.describe2 = 1; globalThis.setTimeout = () => {};',
      'Array.prototype.map = null; Array.prototype.extra = 1; Object.prototype.odd = 1;',
      "require('fs').readFileSync = () => ''; require('path').join = () => '/';",
      "process.env.NODE_ENV = 'odd'; process.chdir('/'); process.exitCode = 3;",
      "process.on('uncaughtException', () => {}); setInterval(() => { throw new Error('late'); }, 1);",
      "JSON.stringify = () => '{}'; Math.max = () => 7; console.log = null; process.stdout.write = null;",
      "require('assert').strict.equal = () => {}; Promise.resolve = null;",
      'Promise.reject(new Error("nobody caught this"));',
    ];
    for (const bad of spoil) {
      await verifier.screen(candidate('src/range.js', bad + text), everything(verifier), generous);
      const clean = await verifier.screen(candidate('src/range.js', text), everything(verifier), generous);
      assert.equal(
        clean.outcome,
        'passed',
        `${bad}: ${clean.reason ?? ''} ${JSON.stringify(clean.tests.find(({ state }) => state === 'failed')?.failure?.message)}`,
      );
    }
  });

  it('ends candidates that never end, of every kind, and goes on', async () => {
    for (const fixture of ['mocha-cjs', 'mocha-esm']) {
      const file = fixture === 'mocha-cjs' ? 'src/range.js' : 'src/series.js';
      const root = path.join(fixtures, fixture);
      const verifier = await verifierOf(root);
      const text = readFileSync(path.join(root, file), 'utf8')
        .replace('> high) return low', '> high) return high')
        .replace('i <= count', 'i < count');
      const endless = [
        `for (;;);${text}`,
        text.replaceAll(/(\) {\n)/g, '$1 for (;;);'),
        `(async () => { for (;;) await 1; })();${text}`,
      ];
      for (const loop of endless) {
        const started = performance.now();
        const verdict = await verifier.screen(candidate(file, loop), everything(verifier), { bail: true, milliseconds: 400 });
        assert.equal(verdict.outcome, 'timeout', `${loop.slice(0, 40)}: ${verdict.reason ?? ''}`);
        assert.ok(performance.now() - started < 3000);
        assert.equal((await verifier.screen(candidate(file, text), everything(verifier), generous)).outcome, 'passed');
      }
    }
  });

  it('serves many callers at once, each with its own candidate', async () => {
    const verifier = await verifierOf(path.join(fixtures, 'mocha-cjs'), true, 2);
    const text = readFileSync(path.join(fixtures, 'mocha-cjs/src/range.js'), 'utf8');
    const right = text.replace('> high) return low', '> high) return high');
    const asked = Array.from({ length: 60 }, (_, i) => i % 3 === 0);
    const verdicts = await Promise.all(
      asked.map((fix, i) =>
        verifier.screen(candidate('src/range.js', `${fix ? right : text}// ${i}`), failing(verifier), generous),
      ),
    );
    assert.deepEqual(
      verdicts.map(({ outcome }) => outcome === 'passed'),
      asked,
    );
  });

  it('gives up at once when cancelled, and when disposed', async () => {
    const verifier = await verifierOf(path.join(fixtures, 'mocha-cjs'));
    const loop = candidate('src/range.js', '(async () => { for (;;) await 1; })();');
    const stop = new AbortController();
    const pending = verifier.screen(loop, failing(verifier), { bail: true, milliseconds: 60_000, signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 200);
    const started = performance.now();
    await assert.rejects(pending, /enough/);
    assert.ok(performance.now() - started < 5000);
    const another = verifier.prove(loop);
    await verifier.dispose();
    await assert.rejects(another, /disposed/);
    await verifier.dispose();
    await assert.rejects(verifier.prove(loop), /disposed/);
  });
});
