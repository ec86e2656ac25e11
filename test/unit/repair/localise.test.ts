import assert from 'node:assert/strict';
import { failureBoosts } from '../../../src/repair/localise/signature';
import { ochiai, readSpectrum, segmentAt, withLoading } from '../../../src/repair/localise/spectrum';
import { createSuspicion } from '../../../src/repair/localise/suspicion';
import { chooseTargets } from '../../../src/repair/localise/targets';
import { loadTypescript, parseSource } from '../../../src/repair/source/parse';
import type { FileCoverage, TestCase, TestRun } from '../../../src/workspace/types';

const test = (id: string, state: 'passed' | 'failed', extra: Partial<TestCase> = {}): TestCase => ({
  id,
  title: id,
  state,
  milliseconds: 1,
  ...extra,
});
const run = (tests: readonly TestCase[], coverage: ReadonlyMap<string, readonly FileCoverage[]>): TestRun => ({
  outcome: 'failed',
  tests,
  exitCode: 1,
  output: '',
  seconds: 1,
  coverage,
});
const cover = (file: string, ...ranges: [number, number, number][]): FileCoverage => ({
  file,
  ranges: ranges.map(([start, end, count]) => ({ start, end, count })),
});

describe('repair localisation', () => {
  it('scores places by Ochiai', () => {
    const failing = new Set(['f1', 'f2']);
    const passing = new Set(['p1', 'p2', 'p3']);
    assert.equal(ochiai(new Set(['f1', 'f2']), failing, passing), 1);
    assert.equal(ochiai(new Set(['p1']), failing, passing), 0);
    assert.ok(Math.abs(ochiai(new Set(['f1', 'p1']), failing, passing) - 1 / 2) < 1e-12);
  });

  it('takes the innermost range of nested coverage', () => {
    const tests = [test('f', 'failed'), test('p', 'passed')];
    const spectrum = readSpectrum(
      run(
        tests,
        new Map([
          ['f', [cover('a.js', [0, 100, 1], [20, 40, 0])]],
          ['p', [cover('a.js', [0, 100, 1], [20, 40, 3], [25, 30, 0])]],
        ]),
      ),
      'a.js',
      120,
    );
    assert.equal(spectrum.perTest, true);
    const at = (position: number): string[] => [...segmentAt(spectrum, position)!.tests].sort();
    assert.deepEqual(at(10), ['f', 'p']);
    assert.deepEqual(at(22), ['p']);
    assert.deepEqual(at(27), []);
    assert.deepEqual(at(35), ['p']);
    assert.deepEqual(at(110), []);
  });

  it('knows coverage of the whole run from coverage by test', () => {
    const tests = [test('f', 'failed'), test('p', 'passed')];
    const whole = readSpectrum(run(tests, new Map([['*', [cover('a.js', [0, 10, 1])]]])), 'a.js', 20);
    assert.equal(whole.perTest, false);
    assert.deepEqual([...whole.touching].sort(), ['f', 'p']);
    const byTest = readSpectrum(run(tests, new Map([['*', [cover('a.js', [0, 10, 1])]], ['f', []], ['p', []]])), 'a.js', 20); // prettier-ignore
    assert.equal(byTest.perTest, true);
    assert.equal(byTest.touching.size, 0);
  });

  it('suspects what ran while loading, where the failing tests run nothing else or the file has no functions', () => {
    const tests = [test('f', 'failed', { file: 't.js' }), test('p', 'passed', { file: 't.js' })];
    const loaded = cover('a.js', [0, 10, 1], [4, 6, 0]);
    const of = (byFailing: FileCoverage[], functions: boolean, file = 'a.js'): ReturnType<typeof readSpectrum> => {
      const baseline = run(tests, new Map([['*', [loaded]], ['f', byFailing], ['p', []]])); // prettier-ignore
      return withLoading(readSpectrum(baseline, file, 20), baseline, file, 20, functions);
    };
    const missing = of([cover('t.js', [0, 5, 1])], true);
    assert.deepEqual([missing.perTest, [...missing.touching].sort()], [false, ['f', 'p']]);
    assert.deepEqual([2, 5, 8, 15].map((at) => segmentAt(missing, at)!.tests.size), [2, 0, 2, 0]); // prettier-ignore
    assert.equal(of([cover('b.js', [0, 5, 1])], true).touching.size, 0, 'the fault may be in what the test runs');
    assert.equal(of([cover('b.js', [0, 5, 1])], false).touching.size, 2, 'a table has nothing that could be run');
    assert.deepEqual([...of([cover('a.js', [0, 5, 1])], true).touching], ['f'], 'a test that runs it says more');
    assert.equal(of([], true, 'c.js').touching.size, 0, 'what is not even loaded');
  });

  it('targets only failing tests that run the file, and blames another file only on independent evidence', () => {
    const tests = [
      test('a', 'failed'),
      test('b', 'failed'),
      test('both', 'failed'),
      test('ok', 'passed'),
      test('other ok', 'passed'),
    ];
    const coverage = new Map([
      ['a', [cover('a.js', [0, 50, 1])]],
      ['b', [cover('b.js', [0, 50, 1])]],
      ['both', [cover('a.js', [60, 70, 1]), cover('b.js', [0, 50, 1])]],
      ['ok', [cover('a.js', [60, 70, 1])]],
      ['other ok', [cover('a.js', [60, 70, 1])]],
    ]);
    const baseline = run(tests, coverage);
    const spectrum = readSpectrum(baseline, 'a.js', 100);
    const targets = chooseTargets(baseline, 'a.js', spectrum, {});
    assert.deepEqual(targets.failing.map((t) => t.id), ['a', 'both']); // prettier-ignore
    assert.deepEqual([...targets.elsewhere], [['both', 'b.js']]);
    assert.deepEqual(targets.guards, ['ok', 'other ok']);
    assert.deepEqual(targets.unrelated.map((t) => t.id), ['b']); // prettier-ignore
    const asked = chooseTargets(baseline, 'a.js', spectrum, { tests: ['a'] });
    assert.deepEqual(asked.failing.map((t) => t.id), ['a']); // prettier-ignore
    const ranged = chooseTargets(baseline, 'a.js', spectrum, { range: { start: 55, end: 80 } });
    assert.deepEqual(ranged.failing.map((t) => t.id), ['both']); // prettier-ignore
  });

  it('suspects what failing tests run, the line in their stack most, and constants that suspicious code uses', () => {
    const text = 'const RATE = 2;\nfunction f(x) {\n  return x * RATE;\n}\nfunction g(x) {\n  return x;\n}\n';
    const unit = parseSource(loadTypescript(), 'a.js', text);
    const g = text.indexOf('function g');
    const f = text.indexOf('function f');
    const failure = { message: 'boom', frames: [{ file: 'a.js', line: 3, column: 5 }] };
    const tests = [test('f1', 'failed', { failure }), test('p1', 'passed')];
    const baseline = run(
      tests,
      new Map([
        ['f1', [cover('a.js', [f, g - 1, 1])]],
        ['p1', [cover('a.js', [g, text.length - 1, 1])]],
      ]),
    );
    const spectrum = readSpectrum(baseline, 'a.js', text.length);
    const suspicion = createSuspicion({ unit, file: 'a.js', spectrum, failing: tests.slice(0, 1), guards: ['p1'] });
    const at = (piece: string): number => suspicion.at(text.indexOf(piece), text.indexOf(piece) + piece.length);
    assert.equal(at('return x;'), 0);
    assert.ok(at('return x * RATE') > at('function f'));
    assert.ok(at('const RATE') > 0);
    assert.ok(suspicion.why(text.indexOf('return x * RATE')).some((w) => w.includes('stack')));
  });

  it('reads the way a test fails', () => {
    const boosts = (expected: string, actual: string): ReadonlyMap<string, number> =>
      failureBoosts([test('x', 'failed', { failure: { message: '', frames: [], expected, actual } })]);
    assert.ok((boosts('5', '4').get('literal.offByOne') ?? 0) > 0);
    assert.ok((boosts('5', '-5').get('operand.swap') ?? 0) > 0);
    assert.ok((boosts("'ab'", "'AB'").get('wrap.call') ?? 0) > 0);
    assert.equal(boosts('7', '700').get('literal.offByOne'), undefined);
    const thrown = failureBoosts([test('x', 'failed', { failure: { message: 'Assignment to constant variable.', frames: [] } })]);
    assert.ok((thrown.get('statement.let') ?? 0) > 1);
  });
});
