import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FileCoverage, Limits, Project, TestCase, TestRun } from '../types';
import type { ScriptCoverage } from '../hooks/records';
import { coverageVariable, reportVariable } from '../hooks/records';
import { launch } from '../isolation/launch';
import type { Ended } from '../isolation/launch';
import { scrubbedEnvironment } from '../isolation/environment';
import type { Sandbox } from '../sandbox/sandbox';
import { parseTestCommand } from '../project/test-command';
import { collect, loadingId } from './collect';
import type { Collected, Place } from './collect';
import { commandLine } from './command-line';
import { projectCoverage } from './coverage';
import { hidePaths, parseFrames } from './stack';

export interface RunOptions {
  /** Ids of the tests to run; absent: all. */
  readonly only?: readonly string[];
  readonly coverage?: boolean;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
}

/** Processor time without news after which a run is taken to loop for ever: before the first test (loading, compiling), and between tests. */
const patience = {
  mocha: { firstMs: 12_000, nextMs: 2500 },
  // A file that loops keeps the results of its earlier tests to itself, so that silence from the start is no rare thing here.
  'node:test': { firstMs: 3000, nextMs: 2500 },
} as const;

function outcomeOf(ended: Ended, tests: readonly TestCase[]): TestRun['outcome'] {
  if (ended.ended) return ended.ended.outcome === 'cancelled' ? 'crashed' : ended.ended.outcome;
  if (tests.some(({ state }) => state === 'failed')) return 'failed';
  if (ended.exitCode === null || ended.exitCode >= 128) return 'crashed';
  return ended.exitCode === 0 ? 'passed' : 'failed';
}

/** Whole-run coverage as node itself writes it at exit, for runners that can't be asked between tests. */
async function exitCoverage(dir: string, place: Place): Promise<FileCoverage[]> {
  const byUrl = new Map<string, ScriptCoverage>();
  for (const name of await readdir(dir).catch((): string[] => [])) {
    const { result } = JSON.parse(await readFile(path.join(dir, name), 'utf8')) as { result: ScriptCoverage[] };
    for (const script of result) {
      // One file run by several processes: the first that ran it stands for all, as V8's nested counts can't be added without the syntax tree.
      if (script.url.startsWith('file://') && !byUrl.has(script.url)) byUrl.set(script.url, script);
    }
  }
  return projectCoverage([...byUrl.values()], [place.ran], place.text);
}

/** A run that named no test: the whole of it counts as one, with the frames found in its output. */
function wholeRun(project: Project, place: Place, ended: Ended, output: string): TestCase[] {
  const passed = ended.exitCode === 0 && !ended.ended;
  if (passed && project.runner !== 'command') return [];
  const id = project.runner === 'command' ? 'command' : loadingId();
  const title = project.runner === 'command' ? project.command : 'loading the tests';
  const base = { id, title, milliseconds: Math.round(ended.seconds * 1000) };
  if (passed) return [{ ...base, state: 'passed' }];
  const lines = output
    .split('\n')
    .map((line) => line.trim().slice(0, 500))
    .filter((line) => line !== '');
  const telling =
    lines.find((line) => /\b\w*Error\b|not ok|✖|FAIL/.test(line)) ?? lines.at(-1) ?? `exit code ${String(ended.exitCode)}`;
  const message = ended.ended?.reason ?? telling;
  return [
    {
      ...base,
      state: 'failed',
      failure: { message, frames: parseFrames(output, [place.ran, place.real]), stack: output.slice(-4000) },
    },
  ];
}

/**
 * The true run: the project's own runner in a fresh, confined process in the given sandbox. For `command` projects any command with an exit code.
 * Never rejects for what the tests do; throws when cancelled.
 */
export async function runTests(project: Project, sandbox: Sandbox, options: RunOptions): Promise<TestRun> {
  options.signal?.throwIfAborted();
  const report = path.join(sandbox.tmp, 'report.jsonl');
  const coverageDir = path.join(sandbox.tmp, 'v8-coverage');
  await rm(report, { force: true });
  await rm(coverageDir, { recursive: true, force: true });
  await mkdir(coverageDir, { recursive: true });
  const place: Place = {
    ran: sandbox.root,
    real: project.root,
    text: (file) => sandbox.text(file),
  };
  const line = commandLine(project, sandbox.root, report, options);
  const atExit = options.coverage === true && project.runner !== 'mocha';
  const env = scrubbedEnvironment(sandbox.tmp, {
    ...parseTestCommand(project.command).env,
    ...line.env,
    [reportVariable]: report,
    ...(options.coverage === true && !atExit ? { [coverageVariable]: sandbox.root } : {}),
    ...(atExit ? { NODE_V8_COVERAGE: coverageDir } : {}),
  });
  const run = await launch({
    command: line.command,
    args: line.args,
    cwd: sandbox.root,
    env,
    writable: [sandbox.root, sandbox.tmp],
    scratch: sandbox.scratch,
    limits: options.limits,
    ...(project.runner === 'command' ? {} : { stall: { file: report, ...patience[project.runner] } }),
    signal: options.signal,
  });
  const ended = await run.done;
  options.signal?.throwIfAborted();
  const collected: Collected = collect(await readFile(report, 'utf8').catch(() => ''), place);
  const output = hidePaths(ended.output, sandbox.root, project.root);
  const wanted = options.only === undefined ? null : new Set(options.only);
  const tests = collected.tests.filter(({ id }) => wanted === null || wanted.has(id));
  if (collected.tests.length === 0) tests.push(...wholeRun(project, place, ended, ended.output));
  const coverage = new Map<string, readonly FileCoverage[]>(collected.coverage);
  if (atExit) coverage.set('*', await exitCoverage(coverageDir, place));
  return {
    outcome: outcomeOf(ended, tests),
    tests,
    exitCode: ended.exitCode,
    output,
    seconds: ended.seconds,
    ...(ended.ended ? { reason: ended.ended.reason } : {}),
    ...(options.coverage === true ? { coverage } : {}),
  };
}
