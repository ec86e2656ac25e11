/**
 * A verifier for the development set: calls run in this process in a `vm` context, and time is counted in runs, so that a measurement does not
 * depend on how busy the machine is. Not a sandbox: the sources are our own mutants of pure functions.
 */
import { Session } from 'node:inspector';
import vm from 'node:vm';
import type { Ts } from '../../../../src/repair/source/parse';
import { parseSource, walk } from '../../../../src/repair/source/parse';
import type { CandidateFiles, FileCoverage, TestCase, TestRun, Verdict, Verifier } from '../../../../src/workspace/types';

const loopLimit = 20_000;

/** Where mutants run: some change what they should not, so each task gets a realm of its own. */
let realm = vm.createContext({});

/** Forgets what the mutants of the last task did to their globals. */
export function freshRealm(): void {
  realm = vm.createContext({});
}

/** Every loop counts its rounds, so that one without end ends soon, without a clock. */
function counted(code: string, ts: Ts): string {
  const unit = parseSource(ts, 'dev.js', code);
  const edits: { start: number; end: number; text: string }[] = [];
  walk(unit, unit.file, (node) => {
    if (!ts.isIterationStatement(node, false)) return undefined;
    const body = node.statement;
    if (ts.isBlock(body))
      edits.push({ start: body.getStart(unit.file) + 1, end: body.getStart(unit.file) + 1, text: '__tick();' });
    else
      edits.push(
        { start: body.getStart(unit.file), end: body.getStart(unit.file), text: '{__tick();' },
        { start: body.end, end: body.end, text: '}' },
      );
    return undefined;
  });
  edits.sort((x, y) => y.start - x.start);
  return edits.reduce((text, e) => text.slice(0, e.start) + e.text + text.slice(e.end), code);
}

function show(value: unknown, depth = 0): string {
  if (depth > 6) return '…';
  if (typeof value === 'string') return `'${value}'`;
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `[ ${value.map((v) => show(v, depth + 1)).join(', ')} ]`;
  const entries = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)); // prettier-ignore
  return `{ ${entries.map(([k, v]) => `${k}: ${show(v, depth + 1)}`).join(', ')} }`;
}

const why = (error: unknown): string =>
  error !== null && typeof error === 'object' && 'message' in error ? String(error.message) : String(error);

/** What each call gives: a printed value, or what was thrown. */
export function printed(code: string, calls: readonly string[], ts: Ts): { values: string[]; endless: boolean } {
  let ticks = 0;
  const tick = (): void => {
    ticks += 1;
    if (ticks > loopLimit) throw new Error('timed out');
  };
  let thunks: (() => unknown)[];
  try {
    const source = `'use strict';${code.includes('__unmaskRounds') ? code : counted(code, ts)}\nreturn [${calls.map((c) => `() => (${c})`).join(',')}];`;
    thunks = (vm.compileFunction(source, ['__tick'], { parsingContext: realm }) as (t: () => void) => (() => unknown)[])(tick);
    if (!Array.isArray(thunks)) throw new Error('returned at the top level');
  } catch (error) {
    return { values: calls.map(() => `load ${why(error)}`), endless: false };
  }
  let endless = false;
  const values = thunks.map((thunk) => {
    ticks = 0;
    try {
      return show(thunk());
    } catch (error) {
      return `throws ${why(error)}`;
    } finally {
      endless ||= ticks > loopLimit;
    }
  });
  return { values, endless };
}

export interface VmProject {
  readonly file: string;
  readonly calls: readonly string[];
  readonly expected: readonly string[];
}

function testsOf(project: VmProject, values: readonly string[], asked: readonly string[] | null, bail: boolean): TestCase[] {
  const out: TestCase[] = [];
  for (const [i, call] of project.calls.entries()) {
    const id = `t::${call}`;
    if (asked && !asked.includes(id)) continue;
    const actual = values[i]!;
    const expected = project.expected[i]!;
    const threw = /^(?:throws|load) /.test(actual);
    if (actual === expected) out.push({ id, title: call, state: 'passed', milliseconds: 1 });
    else {
      out.push({
        id,
        title: call,
        state: 'failed',
        milliseconds: 1,
        failure: { message: threw ? actual : `${actual} !== ${expected}`, frames: [], ...(threw ? {} : { expected, actual }) },
      });
      if (bail) return out;
    }
  }
  return out;
}

/** Baseline with coverage by call, and screening that advances `tick`. */
export function createVmVerifier(project: VmProject, code: string, ts: Ts, tick: (milliseconds: number) => void): Verifier {
  const baseline = baselineOf(project, code, ts);
  const run = (candidate: CandidateFiles, asked: readonly string[] | null, bail: boolean): Verdict => {
    const text = candidate.files.get(project.file)!;
    const calls = project.calls.filter((c) => asked === null || asked.includes(`t::${c}`));
    const { values: some, endless } = printed(text, calls, ts);
    tick(endless ? 300 : some.some((v) => v.includes('Unmask:')) ? 10 : 2);
    const values = project.calls.map((c) => some[calls.indexOf(c)] ?? '');
    const tests = testsOf(project, values, asked, bail);
    const wanted = asked?.length ?? project.calls.length;
    const passed = tests.filter((t) => t.state === 'passed').length === wanted;
    return { outcome: passed ? 'passed' : endless ? 'timeout' : 'failed', tests, seconds: 0.002, mode: 'warm' };
  };
  return {
    workers: 1,
    warm: true,
    baseline,
    isolation: ['none: development set in this process'],
    screen: (candidate, tests, options) => (
      options.signal?.throwIfAborted(),
      Promise.resolve(run(candidate, tests, options.bail))
    ),
    prove: (candidate) => {
      freshRealm();
      return Promise.resolve({ ...run(candidate, null, false), mode: 'fresh' });
    },
    dispose: () => Promise.resolve(),
  };
}

function baselineOf(project: VmProject, code: string, ts: Ts): TestRun {
  const { values } = printed(code, project.calls, ts);
  const session = new Session();
  session.connect();
  const post = (method: string, params: object = {}): object => {
    let answer: object = {};
    session.post(method, params, (error: Error | null, result?: object) => {
      if (error) throw error;
      answer = result ?? {};
    });
    return answer;
  };
  post('Profiler.enable');
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const coverage = new Map<string, readonly FileCoverage[]>();
  try {
    for (const [i, call] of project.calls.entries()) {
      // A context each: what ran at load counts for nobody. Endless baselines are cut off.
      const context = vm.createContext({});
      const filename = `${i}-${project.file}`;
      try {
        new vm.Script(code, { filename }).runInContext(context);
        post('Profiler.takePreciseCoverage');
        vm.runInContext(call, context, { timeout: values[i]!.includes('timed out') ? 100 : 5000 });
      } catch {
        // How it failed is known from `printed`.
      }
      const taken = post('Profiler.takePreciseCoverage') as {
        result: { url: string; functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[] }[];
      };
      const own = taken.result.filter((r) => r.url === filename).flatMap((r) => r.functions.flatMap((f) => f.ranges));
      coverage.set(`t::${call}`, [
        { file: project.file, ranges: own.map((r) => ({ start: r.startOffset, end: r.endOffset, count: r.count })) },
      ]);
    }
  } finally {
    post('Profiler.stopPreciseCoverage');
    session.disconnect();
  }
  return { outcome: 'failed', tests: testsOf(project, values, null, false), exitCode: 1, output: '', seconds: 0.5, coverage };
}
