import type { FileCoverage, Limits, Project, TestCase, TestRun } from '../types';
import { isLoading } from '../runners/collect';
import type { Snapshot } from '../sandbox/sandbox';
import { endUnit, startUnit } from './units';

/** A baseline whose run hung, completed: what the tests behind the hung one say, and where it loops. */
export interface Completed {
  readonly baseline: TestRun;
  /** Ids of the tests that do not end. */
  readonly hung: readonly string[];
}

const attempts = 8;
const patience = 1500;

/**
 * A fresh run ends at the first test that loops for ever: nothing is known of the rest, and nothing of where it loops. A warm worker can end
 * the loop and go on, with coverage. Null if it can't, or says otherwise of a test that the fresh run knows.
 */
export async function completeHung(
  project: Project,
  snapshot: Snapshot,
  fresh: TestRun,
  limits: Limits,
  signal?: AbortSignal,
): Promise<Completed | null> {
  const unit = await startUnit(project, snapshot, limits, { coverage: true, writableCopy: true, signal });
  if (unit === null) return null;
  const known = new Map<string, TestCase>();
  const coverage = new Map<string, readonly FileCoverage[]>();
  const hung: string[] = [];
  const milliseconds = patience + 3 * fresh.tests.reduce((sum, test) => sum + (isLoading(test.id) ? 0 : test.milliseconds), 0);
  try {
    for (let attempt = 0; attempt < attempts && unit.client.usable; attempt++) {
      const request = { files: project.testFiles, only: null, exclude: [...known.keys()], bail: false, milliseconds };
      const reply = await unit.client.run(request);
      for (const [id, covered] of reply.coverage) if (covered.length > 0) coverage.set(id, covered);
      for (const test of reply.tests) known.set(test.id, test);
      if (reply.ended === undefined) {
        const tests = [...known.values()];
        const denied = fresh.tests.some(({ id, state }) => state === 'passed' && known.get(id)?.state !== 'passed');
        return denied ? null : { baseline: { ...fresh, outcome: 'failed', tests, coverage }, hung };
      }
      if (reply.ended.outcome !== 'timeout' || reply.current === undefined) return null;
      hung.push(reply.current);
    }
    return null;
  } finally {
    await endUnit(unit);
  }
}
