import type { FileCoverage, Limits, Project, TestRun } from '../types';
import { loadingId } from '../runners/collect';
import type { Snapshot } from '../sandbox/sandbox';
import type { WorkReply } from '../worker/protocol';
import type { Unit } from './pool';
import { startWorker } from './worker-client';

/** Whether warm workers tell the truth about this project, and what they know more. */
export interface Warmth {
  /** A unit that reproduced the baseline, ready for work; null if none did. */
  readonly unit: Unit | null;
  readonly make: () => Promise<Unit | null>;
  /** Coverage by test, where the fresh run could not tell it. */
  readonly coverage?: ReadonlyMap<string, readonly FileCoverage[]>;
  /** Why candidates run in fresh processes. */
  readonly reason?: string;
}

/** The files that hold tests, in the order of the fresh run; all of them where the whole suite could not be loaded. */
export function filesOf(ids: readonly string[], project: Project): readonly string[] {
  if (ids.includes(loadingId())) return project.testFiles;
  return [...new Set(ids.map((id) => id.slice(0, id.indexOf('::'))).filter((file) => file !== ''))];
}

/** How the warm run differs from the fresh one; null if test by test they say the same. */
function difference(baseline: TestRun, reply: WorkReply): string | null {
  if (reply.ended && baseline.outcome !== 'timeout') return `the warm run ended early: ${reply.ended.reason}`;
  const warm = new Map(reply.tests.map((test) => [test.id, test.state]));
  for (const test of baseline.tests) {
    const state = warm.get(test.id);
    // A run that hung says nothing about the tests behind the one that hung.
    if (baseline.outcome === 'timeout' && test.state !== 'passed') continue;
    if (state !== test.state && !(state === undefined && test.state === 'skipped'))
      return `${test.id} ${test.state} in a fresh run but ${state ?? 'did not run'} in a warm one`;
  }
  return null;
}

async function unitOn(
  project: Project,
  snapshot: Snapshot,
  limits: Limits,
  coverage: boolean,
  writableCopy: boolean,
): Promise<Unit | null> {
  const sandbox = await snapshot.sandbox();
  try {
    const client = await startWorker(project, sandbox, { limits, coverage, writableCopy });
    if (client) return { sandbox, client };
  } catch (error) {
    await sandbox.dispose();
    throw error;
  }
  await sandbox.dispose();
  return null;
}

async function end(unit: Unit): Promise<void> {
  await unit.client.kill();
  await unit.sandbox.dispose();
}

/** Time the warm baseline may take: generous, since it loads everything cold. */
function allowance(baseline: TestRun, limits: Limits): number {
  return Math.min(limits.milliseconds, 3000 + baseline.seconds * 3000);
}

async function coverageByTest(
  project: Project,
  snapshot: Snapshot,
  baseline: TestRun,
  limits: Limits,
): Promise<ReadonlyMap<string, readonly FileCoverage[]> | undefined> {
  const unit = await unitOn(project, snapshot, limits, true, true);
  if (unit === null) return undefined;
  try {
    const files = filesOf(
      baseline.tests.map(({ id }) => id),
      project,
    );
    const reply = await unit.client.run({ files, only: null, bail: false, milliseconds: allowance(baseline, limits) });
    const merged = new Map<string, readonly FileCoverage[]>();
    for (const [id, covered] of reply.coverage) if (covered.length > 0) merged.set(id, [...(merged.get(id) ?? []), ...covered]);
    return reply.ended ? undefined : merged;
  } finally {
    await end(unit);
  }
}

/** Starts a warm worker and holds it against the fresh baseline: first with a read-only copy, then, for tests that write beside themselves, a writable one. */
export async function warmUp(project: Project, snapshot: Snapshot, baseline: TestRun, limits: Limits): Promise<Warmth> {
  const never = async (): Promise<null> => Promise.resolve(null);
  if (project.runner === 'command')
    return { unit: null, make: never, reason: 'the test command is not one that a worker can run' };
  const files = filesOf(
    baseline.tests.map(({ id }) => id),
    project,
  );
  if (files.length === 0) return { unit: null, make: never, reason: 'the unchanged code loads no test' };
  let reason = 'no worker could be started';
  for (const writableCopy of [false, true]) {
    const make = (): Promise<Unit | null> => unitOn(project, snapshot, limits, false, writableCopy);
    const unit = await make();
    if (unit === null) break;
    // Twice: the second run shows whether the first left something behind.
    let differs: string | null = null;
    for (let round = 0; round < 2 && differs === null && unit.client.usable; round++) {
      differs = difference(
        baseline,
        await unit.client.run({ files, only: null, bail: false, milliseconds: allowance(baseline, limits) }),
      );
    }
    if (differs === null && unit.client.usable) {
      const known = project.runner === 'mocha' ? undefined : await coverageByTest(project, snapshot, baseline, limits);
      return { unit, make, ...(known ? { coverage: known } : {}) };
    }
    reason = differs ?? 'the worker ended';
    await end(unit);
  }
  return { unit: null, make: never, reason };
}
