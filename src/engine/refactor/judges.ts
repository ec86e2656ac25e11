/** The judges of a refactoring: parser and checker first, because they are quick; then the project's tests. */
import path from 'node:path';
import type { TestCase } from '../../workspace';
import type { RefactorHunk } from './change';
import { blamedFor, type Diagnosis } from './diagnose';
import type { ProjectView } from './project';
import { relative } from './scope';
import type { Judge } from './settle';
import type { TestBed } from './tests';

/** Says what the language service sees. */
export function diagnosticJudge(view: ProjectView, diagnosis: Diagnosis): Judge {
  return async (hunks) => {
    const [first] = await diagnosis.newProblems(hunks);
    if (!first) return undefined;
    const what = first.kind === 'syntax' ? 'it would not parse' : 'the checker would say';
    return {
      why: `${what}, in ${relative(view, first.file)}: ${first.message}`,
      blamed: blamedFor(view, first, hunks),
    };
  };
}

export interface TestLog {
  readonly onRun: (tests: number, lost: readonly string[]) => void;
}

/** Says which tests would fail that passed before. */
export function testJudge(view: ProjectView, bed: TestBed, log: TestLog, signal: AbortSignal): Judge {
  return async (hunks) => {
    const { run, lost } = await bed.run(hunks, signal);
    log.onRun(run.tests.length, lost);
    if (lost.length === 0) return undefined;
    const failed = run.tests.find((t) => t.id === lost[0]);
    const message = failed?.failure?.message.split('\n')[0] ?? run.reason ?? 'it did not run';
    const more = lost.length > 1 ? `, and ${lost.length - 1} more` : '';
    return {
      why: `the test "${failed?.title ?? lost[0]!}"${more} would fail: ${message}`,
      blamed: inTrace(view, bed, failed, hunks),
    };
  };
}

/** The hunks of the files that the failure passed through, if any: else it may be each of them. */
function inTrace(
  view: ProjectView,
  bed: TestBed,
  failed: TestCase | undefined,
  hunks: readonly RefactorHunk[],
): readonly RefactorHunk[] {
  const files = new Set((failed?.failure?.frames ?? []).map((f) => path.posix.join(bed.project.root, f.file)));
  const there = hunks.filter((h) => h.files.some(({ file }) => files.has(file) && view.exists(file)));
  return there.length > 0 ? there : hunks;
}
