import type { Limits, Project } from '../types';
import type { Snapshot } from '../sandbox/sandbox';
import type { Unit } from './pool';
import { startWorker } from './worker-client';

export interface UnitOptions {
  /** Counts coverage for each test. */
  readonly coverage: boolean;
  /** Tests may write into the copy; else only into the temporary folder. */
  readonly writableCopy: boolean;
  /** Ends the unit's process. */
  readonly signal?: AbortSignal | undefined;
}

/** A sandbox copy with a warm worker on it; null if the worker can't serve this project. */
export async function startUnit(
  project: Project,
  snapshot: Snapshot,
  limits: Limits,
  options: UnitOptions,
): Promise<Unit | null> {
  const sandbox = await snapshot.sandbox();
  try {
    const client = await startWorker(project, sandbox, { limits, ...options });
    if (client) return { sandbox, client };
  } catch (error) {
    await sandbox.dispose();
    throw error;
  }
  await sandbox.dispose();
  return null;
}

export async function endUnit(unit: Unit): Promise<void> {
  await unit.client.kill();
  await unit.sandbox.dispose();
}
