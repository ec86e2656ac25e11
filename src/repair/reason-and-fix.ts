/** "Reason and Fix": from failing tests to a proven change of one file. The order of the work; each step lives in its own module. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import type { CodeModel } from '../diffusion/code-model';
import type { FixResult, fixParams, Progress } from '../protocol/messages';
import { budgetSeconds } from '../protocol/messages';
import { WorkspaceError, createVerifier, findProject } from '../workspace';
import type { Verifier } from '../workspace';
import { hashOf, withoutFix } from './report/result';
import { startTrace } from './report/trace';
import { startClock } from './search/clock';
import { repair } from './repair';
import { loadTypescript } from './source/parse';

export interface FixContext {
  readonly model: CodeModel | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/**
 * Runs the tests, finds out where the fault is likely to be, tries changes of `params.file` until one makes the failing tests pass without
 * breaking others, and proves it. Writes nothing into the workspace. Rejects with the signal's reason when cancelled.
 */
export async function reasonAndFix(params: z.output<typeof fixParams>, context: FixContext): Promise<FixResult> {
  const { model, signal, onProgress } = context;
  const clock = startClock(budgetSeconds[params.budget], context.now);
  const trace = startTrace(clock, onProgress);
  const device = model?.info.device ?? 'none';
  const facts = (): {
    candidatesTried: number;
    testsRun: number;
    seconds: number;
    device: string;
    trace: FixResult['trace'];
  } => ({
    candidatesTried: 0,
    testsRun: 0,
    seconds: seconds(clock.elapsed()),
    device,
    trace: [...trace.entries],
  });
  let verifier: Verifier | undefined;
  try {
    signal.throwIfAborted();
    trace.say('Looking for the project and its tests');
    const project = await findProject(params.file, { testCommand: params.testCommand });
    const text = params.overlays[params.file] ?? (await readFile(params.file, 'utf8'));
    trace.say(`Running the tests: ${project.command}`);
    // While the tests run, the parser's nine megabytes are read.
    const parser = setTimeout(loadTypescript, 150);
    verifier = await createVerifier({
      project,
      overlays: params.overlays,
      signal,
      ...(params.workers === undefined ? {} : { workers: params.workers }),
    });
    clearTimeout(parser);
    signal.throwIfAborted();
    const file = path.relative(project.root, params.file).split(path.sep).join('/');
    const result = await repair({ params, project, verifier, text, file, model, signal, clock, trace });
    return { ...result, seconds: seconds(clock.elapsed()), device, trace: [...trace.entries], baseHash: hashOf(text) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const expected = error instanceof WorkspaceError || isMissingFile(error);
    if (!expected) throw error;
    return withoutFix('error', params.file, { ...facts(), error: error.message });
  } finally {
    await verifier?.dispose();
  }
}

function isMissingFile(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'EACCES')
  );
}

function seconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
