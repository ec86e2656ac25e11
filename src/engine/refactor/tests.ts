/** The project's own tests as a judge of changes: run before and after, each time in a sandboxed copy. */
import path from 'node:path';
import { createSnapshot, defaultLimits, findProject, isolation, runTests, WorkspaceError, type Project, type Snapshot, type TestRun } from '../../workspace'; // prettier-ignore
import { executedAt } from '../../repair/localise/spectrum';
import type { RefactorHunk } from './change';
import type { ProjectThread } from './thread';

export interface TestBed {
  readonly project: Project;
  readonly baseline: TestRun;
  /** Tests that passed before, and are asked afterwards. */
  readonly passing: ReadonlySet<string>;
  /** What of the sandbox is in force. */
  readonly isolation: readonly string[];
  /** The run with changes, and which of the passing tests it lost. */
  run(hunks: readonly RefactorHunk[], signal: AbortSignal): Promise<{ readonly run: TestRun; readonly lost: readonly string[] }>;
  /** True where a test runs the code at an offset of the text in the beginning. */
  covers(file: string, offset: number): boolean;
  dispose(): Promise<void>;
}

interface Asked {
  readonly overlays: Readonly<Record<string, string>>;
  readonly testCommand?: string | undefined;
  readonly signal: AbortSignal;
}

/** Runs the tests as they are. A string says, for the user, why they can prove nothing. */
export async function prepareTests(thread: ProjectThread, file: string, asked: Asked): Promise<TestBed | string> {
  let project: Project;
  try {
    project = await findProject(file, { testCommand: asked.testCommand });
  } catch (error) {
    if (error instanceof WorkspaceError) return error.message;
    throw error;
  }
  const confinement = await isolation();
  const snapshot = await createSnapshot(project.root, asked.overlays);
  try {
    const baseline = await runOnce(project, snapshot, new Map(), { coverage: true, milliseconds: defaultLimits.milliseconds, signal: asked.signal }); // prettier-ignore
    asked.signal.throwIfAborted();
    const passing = new Set(baseline.tests.filter((t) => t.state === 'passed').map((t) => t.id));
    if (passing.size === 0) {
      await snapshot.dispose();
      return `\`${project.command}\` has no test that passes${baseline.reason === undefined ? '' : ` (${baseline.reason})`}.`;
    }
    return bedOf(thread, project, snapshot, baseline, passing, confinement.report);
  } catch (error) {
    await snapshot.dispose();
    throw error;
  }
}

async function runOnce(
  project: Project,
  snapshot: Snapshot,
  files: ReadonlyMap<string, string>,
  options: { readonly coverage: boolean; readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<TestRun> {
  const sandbox = await snapshot.sandbox();
  try {
    sandbox.apply(files);
    const { coverage, milliseconds, signal } = options;
    return await runTests(project, sandbox, { coverage, signal, limits: { ...defaultLimits, milliseconds } });
  } finally {
    await sandbox.dispose();
  }
}

function bedOf(
  thread: ProjectThread,
  project: Project,
  snapshot: Snapshot,
  baseline: TestRun,
  passing: ReadonlySet<string>,
  report: readonly string[],
): TestBed {
  const inside = (file: string): string => path.relative(project.root, file).split(path.sep).join('/');
  // A change may make a slow test somewhat slower; one that takes many times as long does not end.
  const milliseconds = Math.min(defaultLimits.milliseconds, 10_000 + baseline.seconds * 5_000);
  return {
    project,
    baseline,
    passing,
    isolation: report,
    async run(hunks, signal) {
      const texts = await thread.textsAfter(hunks);
      const files = new Map([...texts].map(([file, text]) => [inside(file), text]).filter(([file]) => !file!.startsWith('..')) as [string, string][]); // prettier-ignore
      const run = await runOnce(project, snapshot, files, { coverage: false, milliseconds, signal });
      signal.throwIfAborted();
      const passed = new Set(run.tests.filter((t) => t.state === 'passed').map((t) => t.id));
      return { run, lost: [...passing].filter((id) => !passed.has(id)) };
    },
    covers: (file, offset) =>
      [...(baseline.coverage?.values() ?? [])].flat().some((own) => own.file === inside(file) && executedAt(own, offset)),
    dispose: () => snapshot.dispose(),
  };
}
