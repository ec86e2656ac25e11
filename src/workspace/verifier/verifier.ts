import os from 'node:os';
import type { CandidateFiles, Limits, Project, TestRun, Verdict, Verifier } from '../types';
import { defaultLimits } from '../types';
import { isolation } from '../isolation/probe';
import { insideProject, isFrozen } from '../project/frozen';
import { runTests } from '../runners/run';
import type { RunOptions } from '../runners/run';
import { createSnapshot } from '../sandbox/sandbox';
import type { Snapshot } from '../sandbox/sandbox';
import { judge, missingFrom } from './judge';
import { createPool } from './pool';
import type { Pool, Unit } from './pool';
import { completeHung } from './hung';
import { endUnit, startUnit } from './units';
import { coverageByTest, filesOf, neverWarm, warmUp } from './warm';
import type { Warmth } from './warm';

export interface VerifierOptions {
  readonly project: Project;
  /** Unsaved texts by absolute path. */
  readonly overlays?: Readonly<Record<string, string>> | ReadonlyMap<string, string>;
  /** Candidates tested at once. Default: one less than the processors. */
  readonly workers?: number;
  readonly limits?: Limits;
  /** False: every candidate in a fresh process (for comparison). Default true. */
  readonly warm?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Runs in a copy made for it alone: what one run leaves behind never meets the next. */
async function runFresh(
  project: Project,
  snapshot: Snapshot,
  files: ReadonlyMap<string, string>,
  options: RunOptions,
): Promise<TestRun> {
  const sandbox = await snapshot.sandbox();
  try {
    sandbox.apply(files);
    return await runTests(project, sandbox, options);
  } finally {
    await sandbox.dispose();
  }
}

/** Milliseconds that a fresh process may take before its first test. */
const startUp = 5000;

/** Why a candidate may not even be tried; null if it may. */
function refusal(candidate: CandidateFiles, snapshot: Snapshot, frozen: readonly string[]): string | null {
  for (const [file, text] of candidate.files) {
    const inside = insideProject(file);
    if (inside === null) return `${file} lies outside the project`;
    if (isFrozen(inside, frozen) && snapshot.text(inside) !== text)
      return `${file} is a test, test configuration or package file`;
  }
  return null;
}

/** Prepares a project for verifying candidates: copies it, runs its tests once, and warms workers up where they agree with that run. */
export async function createVerifier(options: VerifierOptions): Promise<Verifier> {
  const { project, signal } = options;
  const limits = options.limits ?? defaultLimits;
  const workers = options.workers ?? Math.max(2, os.availableParallelism() - 1);
  const confinement = await isolation();
  const snapshot = await createSnapshot(project.root, options.overlays);
  // Workers come up while the fresh run goes on.
  const early = options.warm === false || project.runner === 'command' ? null : startEarly(project, snapshot, limits, signal);
  try {
    const fresh = await runFresh(project, snapshot, new Map(), { coverage: true, limits, signal });
    const completed = early && fresh.outcome === 'timeout' ? await completeHung(project, snapshot, fresh, limits, signal) : null;
    let baseline = completed?.baseline ?? fresh;
    const counting = await early?.counting;
    if (counting && !completed) {
      const coverage = await coverageByTest(counting, project, baseline, limits);
      if (coverage) baseline = { ...baseline, coverage };
    }
    signal?.throwIfAborted();
    const hung = completed?.hung ?? [];
    const warmth = early
      ? await warmUp(project, snapshot, baseline, hung, limits, early.plain, signal)
      : neverWarm(coldReason(options));
    if (counting) await endUnit(counting);
    return assemble({ ...options, workers, limits }, snapshot, baseline, [...confinement.report, warmth.report], warmth);
  } catch (error) {
    for (const unit of early ? await Promise.all([early.plain, early.counting]) : []) if (unit) await endUnit(unit);
    await snapshot.dispose();
    throw error;
  }
}

interface Early {
  readonly plain: Promise<Unit | null>;
  /** For runners that can't give coverage by test themselves. */
  readonly counting: Promise<Unit | null>;
}

function startEarly(project: Project, snapshot: Snapshot, limits: Limits, signal?: AbortSignal): Early {
  const start = (coverage: boolean): Promise<Unit | null> =>
    startUnit(project, snapshot, limits, { coverage, writableCopy: coverage, signal }).catch(() => null);
  return { plain: start(false), counting: project.runner === 'node:test' ? start(true) : Promise.resolve(null) };
}

function coldReason(options: VerifierOptions): string {
  return options.warm === false ? 'warm workers are switched off' : 'the test command is not one that a worker can run';
}

function assemble(
  options: VerifierOptions & { readonly workers: number; readonly limits: Limits },
  snapshot: Snapshot,
  baseline: TestRun,
  report: readonly string[],
  warmth: Warmth,
): Verifier {
  const { project, limits } = options;
  const testFiles = [...new Set([...project.testFiles, ...baseline.tests.flatMap(({ file }) => file ?? [])])];
  const whole = baseline.tests.filter(({ state }) => state !== 'skipped').map(({ id }) => id);
  const pool = warmth.unit === null ? null : createPool(options.workers, warmth.unit, warmth.make);
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();

  const guarded = async (
    candidate: CandidateFiles,
    mode: Verdict['mode'],
    work: (signal: AbortSignal) => Promise<Verdict>,
    signal?: AbortSignal,
  ): Promise<Verdict> => {
    stop.signal.throwIfAborted();
    const reason = refusal(candidate, snapshot, testFiles);
    if (reason !== null) return { outcome: 'refused', tests: [], seconds: 0, mode, reason };
    const task = work(signal ? AbortSignal.any([signal, stop.signal]) : stop.signal);
    running.add(task);
    try {
      return await task;
    } finally {
      running.delete(task);
    }
  };

  return {
    workers: options.workers,
    warm: pool !== null,
    baseline,
    isolation: report,
    screen: (candidate, tests, { bail, milliseconds, signal }) =>
      guarded(
        candidate,
        pool && !tests.some((id) => warmth.cold.has(id)) ? 'warm' : 'fresh',
        async (linked) => {
          if (pool && !tests.some((id) => warmth.cold.has(id)))
            return screenWarm(project, pool, candidate, tests, bail, milliseconds, linked);
          // A process of its own needs time to come up, which the caller's limit for the tests doesn't count.
          const own: Limits = { ...limits, milliseconds: Math.min(limits.milliseconds, startUp + milliseconds) };
          return judge(
            await runFresh(project, snapshot, candidate.files, { only: tests, limits: own, signal: linked }),
            tests,
            'fresh',
          );
        },
        signal,
      ),
    prove: (candidate, signal) =>
      guarded(
        candidate,
        'fresh',
        async (linked) => judge(await runFresh(project, snapshot, candidate.files, { limits, signal: linked }), whole, 'fresh'),
        signal,
      ),
    async dispose() {
      stop.abort(new Error('the verifier was disposed'));
      await Promise.allSettled(running);
      await pool?.dispose();
      await snapshot.dispose();
    },
  };
}

async function screenWarm(
  project: Project,
  pool: Pool,
  candidate: CandidateFiles,
  tests: readonly string[],
  bail: boolean,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Verdict> {
  const reply = await pool.run(
    candidate.files,
    { files: filesOf(tests, project), only: tests, exclude: [], bail, milliseconds },
    signal,
  );
  signal.throwIfAborted();
  const outcome = reply.ended?.outcome ?? (missingFrom(reply.tests, tests).length === 0 ? 'passed' : 'failed');
  return {
    outcome,
    tests: reply.tests,
    seconds: reply.milliseconds / 1000,
    mode: 'warm',
    ...(reply.ended ? { reason: reply.ended.reason } : {}),
  };
}
