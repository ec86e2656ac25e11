import type { FileCoverage, Limits, Project, TestRun } from '../types';
import { isLoading, loadingId } from '../runners/collect';
import type { Snapshot } from '../sandbox/sandbox';
import type { WorkReply } from '../worker/protocol';
import type { Unit } from './pool';
import { endUnit, startUnit } from './units';

/** Whether warm workers tell the truth about this project, and what they know more. */
export interface Warmth {
  /** A unit that reproduced the baseline, ready for work; null if none did. */
  readonly unit: Unit | null;
  readonly make: () => Promise<Unit | null>;
  /** Tests that say something else in a warm worker: they always run fresh. */
  readonly cold: ReadonlySet<string>;
  /** For people. */
  readonly report: string;
}

export const neverWarm = (why: string): Warmth => ({
  unit: null,
  make: () => Promise.resolve(null),
  cold: new Set(),
  report: `fresh processes only: ${why}`,
});

/** The files that hold tests, in the order of the fresh run; all of them where the whole suite could not be loaded. */
export function filesOf(ids: readonly string[], project: Project): readonly string[] {
  if (ids.includes(loadingId())) return project.testFiles;
  return [...new Set(ids.map((id) => id.slice(0, id.indexOf('::'))).filter((file) => file !== ''))];
}

/** Tests of which the warm run says something else than the fresh one. */
function differing(baseline: TestRun, reply: WorkReply, hung: readonly string[]): string[] {
  const warm = new Map(reply.tests.map((test) => [test.id, test.state]));
  const agrees = (id: string, state: string): boolean => (warm.get(id) ?? 'skipped') === state;
  const missed = baseline.tests.filter(({ id, state }) => !hung.includes(id) && !agrees(id, state)).map(({ id }) => id);
  const before = new Set(baseline.tests.map(({ id }) => id));
  return [...missed, ...reply.tests.filter(({ id }) => isLoading(id) && !before.has(id)).map(({ id }) => id)];
}

/** Time the warm baseline may take: generous, since it loads everything cold. */
function allowance(baseline: TestRun, limits: Limits): number {
  return Math.min(limits.milliseconds, 3000 + baseline.seconds * 3000);
}

/** Coverage by test from a warm worker, for runners that can't be asked between tests. */
export async function coverageByTest(
  unit: Unit,
  project: Project,
  baseline: TestRun,
  limits: Limits,
): Promise<ReadonlyMap<string, readonly FileCoverage[]> | undefined> {
  const files = filesOf(ids(baseline), project);
  const milliseconds = allowance(baseline, limits);
  const reply = await unit.client.run({ files, only: null, exclude: [], bail: false, milliseconds });
  const merged = new Map<string, readonly FileCoverage[]>();
  for (const [id, covered] of reply.coverage) {
    if (covered.length > 0) merged.set(id, [...(merged.get(id) ?? []), ...covered]);
  }
  return reply.ended ? undefined : merged;
}

function ids(run: TestRun): string[] {
  return run.tests.map(({ id }) => id);
}

/** Holds a unit against the baseline, twice: the second time shows whether the first left something behind. Null if it is of no use. */
async function compare(
  unit: Unit,
  project: Project,
  baseline: TestRun,
  hung: readonly string[],
  limits: Limits,
): Promise<{ readonly cold: ReadonlySet<string>; readonly ended?: string }> {
  const files = filesOf(ids(baseline), project);
  const cold = new Set<string>();
  for (let round = 0; round < 2; round++) {
    const milliseconds = allowance(baseline, limits);
    const reply = await unit.client.run({ files, only: null, exclude: hung, bail: false, milliseconds });
    if (reply.ended) return { cold, ended: `the warm run ended early: ${reply.ended.reason}` };
    if (!unit.client.usable) return { cold, ended: reply.retire ?? 'the worker ended' };
    for (const id of differing(baseline, reply, hung)) cold.add(id);
  }
  return { cold };
}

/**
 * Holds warm workers against the fresh baseline: first with a read-only copy, then, for tests that write beside themselves, a writable one.
 * `first` is a unit of the first kind that was started ahead.
 */
export async function warmUp(
  project: Project,
  snapshot: Snapshot,
  baseline: TestRun,
  hung: readonly string[],
  limits: Limits,
  first: Promise<Unit | null>,
  signal?: AbortSignal,
): Promise<Warmth> {
  if (filesOf(ids(baseline), project).length === 0) {
    const unit = await first;
    if (unit) await endUnit(unit);
    return neverWarm('the unchanged code loads no test');
  }
  let why = 'no worker could be started';
  for (const writableCopy of [false, true]) {
    const make = (): Promise<Unit | null> => startUnit(project, snapshot, limits, { coverage: false, writableCopy, signal });
    const unit = await (writableCopy ? make() : first);
    if (unit === null) break;
    const { cold, ended } = await compare(unit, project, baseline, hung, limits);
    // A few tests that only work in a process of their own shouldn't slow all others down.
    const few = writableCopy ? baseline.tests.length / 2 : 0;
    if (ended === undefined && cold.size <= few) {
      const report = 'warm workers agree with a fresh run';
      return {
        unit,
        make,
        cold,
        report: cold.size === 0 ? report : `${report} but for ${cold.size} tests, which always run fresh`,
      };
    }
    why = ended ?? `${cold.size} tests differ in a warm run, for example ${[...cold][0]!}`;
    await endUnit(unit);
  }
  return neverWarm(why);
}
