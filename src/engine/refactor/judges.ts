/** The judges of a refactoring: parser and checker first, because they are quick; then the project's tests. */
import path from 'node:path';
import type { TestCase } from '../../workspace';
import { filesOf, type RefactorHunk } from './change';
import { relative } from './scope';
import type { Judge } from './settle';
import type { TestBed } from './tests';
import type { ProjectThread } from './thread';

/** Says what the language service sees. */
export function diagnosticJudge(project: ProjectThread): Judge {
  return async (hunks) => {
    const [first] = await project.ask('newProblems', hunks);
    if (!first) return undefined;
    const blamed = await project.ask('blamed', first, hunks);
    const what = first.kind === 'syntax' ? 'it would not parse' : 'the checker would say';
    return { why: `${what}, in ${relative(project, first.file)}: ${first.message}`, blamed: blamed.map((i) => hunks[i]!) };
  };
}

export interface TestLog {
  readonly onRun: (tests: number, lost: readonly string[]) => void;
}

/** Says which tests would fail that passed before. */
export function testJudge(project: ProjectThread, bed: TestBed, log: TestLog, signal: AbortSignal): Judge {
  return async (hunks) => {
    const { run, lost } = await bed.run(hunks, signal);
    log.onRun(run.tests.length, lost);
    if (lost.length === 0) return undefined;
    const failed = run.tests.find((t) => t.id === lost[0]);
    const message = failed?.failure?.message.split('\n')[0] ?? run.reason ?? 'it did not run';
    const more = lost.length > 1 ? `, and ${lost.length - 1} more` : '';
    return {
      why: `the test "${failed?.title ?? lost[0]!}"${more} would fail: ${message}`,
      blamed: await inTrace(project, bed, failed, hunks),
    };
  };
}

/** The hunks of the files that the failure passed through, if any: else it may be each of them. */
async function inTrace(
  project: ProjectThread,
  bed: TestBed,
  failed: TestCase | undefined,
  hunks: readonly RefactorHunk[],
): Promise<readonly RefactorHunk[]> {
  const files = new Set((failed?.failure?.frames ?? []).map((f) => path.posix.join(bed.project.root, f.file)));
  const texts = await project.textsOf(filesOf(hunks).filter((file) => files.has(file)));
  const there = hunks.filter((h) => h.files.some(({ file }) => texts.has(file)));
  return there.length > 0 ? there : hunks;
}
