/**
 * Refactor…: propose, check in a shadow of the project, and mend or take back exactly what the evidence blames, until nothing speaks against what is left.
 * Writes nothing.
 */
import path from 'node:path';
import type * as z from 'zod';
import type { CodeModel } from '../../diffusion/code-model';
import { budgetSeconds, type Progress } from '../../protocol/messages';
import type { refactorParams, RefactorOffersResult, RefactorResult, refactorTarget } from '../../protocol/refactor';
import { startTrace, type Trace } from '../../repair/report/trace';
import { startClock, type Clock } from '../../repair/search/clock';
import { offersFor } from '../edit/offers';
import { breathing, serves } from '../sources';
import { resultFiles } from './answer';
import { diagnosticJudge, testJudge } from './judges';
import { normal, ProjectProblem } from './language/questions';
import { propose, type Asked, type Proposal } from './propose';
import type { Denoiser } from './propose/denoise';
import { Remasking } from './remasking';
import { partsOf, relative } from './scope';
import { settle, type Settled } from './settle';
import { prepareTests, type TestBed } from './tests';
import { openThread, type ProjectThread } from './thread';
import * as words from './words';

export interface RefactorContext {
  readonly model: CodeModel | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

type Params = z.output<typeof refactorParams>;
type Answer = Pick<
  RefactorResult,
  'status' | 'reason' | 'how' | 'message' | 'files' | 'proof' | 'dropped' | 'rounds' | 'testsRun' | 'suggestion'
>;

interface Work {
  readonly params: Params;
  readonly context: RefactorContext;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly project: ProjectThread;
  /** With forward slashes. */
  readonly file: string;
}

/** Refactors, or says why not. Rejects with the signal's reason when cancelled. */
export async function refactor(params: Params, context: RefactorContext): Promise<RefactorResult> {
  const clock = startClock(budgetSeconds[params.budget]);
  const trace = startTrace(clock, context.onProgress);
  const finished = (answer: Answer, offers: RefactorResult['offers'] = []): RefactorResult => ({
    ...answer,
    seconds: Math.round(clock.elapsed() * 1000) / 1000,
    device: context.model?.info.device ?? 'none',
    trace: [...trace.entries],
    offers,
  });
  if (!serves(params.file)) return finished(refusal('language', words.otherLanguage(params.file)));
  trace.say('Reading the project');
  try {
    return await inProject(params, context.signal, async (project, file) => {
      if (!(await project.textsOf([file])).has(file)) return finished(refusal('project', `There is no file ${params.file}.`));
      const work: Work = { params, context, clock, trace, project, file };
      const answer = await follow(work);
      context.signal.throwIfAborted();
      const wants = answer.status !== 'refactored' && answer.reason !== 'checks';
      return finished(answer, wants ? await offers(project, file, params.range, context.model !== null, context.signal) : []);
    });
  } catch (error) {
    if (error instanceof ProjectProblem) return finished(refusal('project', error.message));
    throw error;
  }
}

/** Does work on the project around a file, in whose thread nothing goes on once that has ended, however it did; after a good end it is kept for the next. */
async function inProject<T>(
  { file, overlays }: Pick<Params, 'file' | 'overlays'>,
  signal: AbortSignal,
  work: (project: ProjectThread, file: string) => Promise<T>,
): Promise<T> {
  const project = await openThread({ file, overlays }, signal);
  try {
    const done = await work(project, normal(path.resolve(file)));
    await project.close();
    return done;
  } finally {
    await project.end(); // nothing where it was closed
  }
}

/** What could be asked for there: known edits and what the language service offers. */
export async function refactorOffers(
  target: z.output<typeof refactorTarget>,
  hasModel: boolean,
  signal: AbortSignal,
): Promise<RefactorOffersResult> {
  if (!serves(target.file)) return { offers: [] };
  return inProject(target, signal, async (project, file) => ({
    offers: await offers(project, file, target.range, hasModel, signal),
  }));
}

async function offers(project: ProjectThread, file: string, range: Params['range'], hasModel: boolean, signal: AbortSignal): Promise<RefactorResult['offers']> {
  const [part] = await partsOf(project, file, range, 'file');
  const known = await offersFor(part!.unit, part!.region, breathing(signal));
  const here = known.filter(({ places }) => places > 0).map(({ instruction, places }) => ({ title: instruction, places }));
  const others = known.filter(({ places }) => places === 0).map(({ instruction }) => ({ title: instruction, places: 0 }));
  const names = hasModel ? [{ title: 'Better names', places: 0 }] : [];
  return [...(await project.ask('offers', file, range)), ...here, ...names, ...others];
} // prettier-ignore

function refusal(reason: NonNullable<RefactorResult['reason']>, message: string): Answer {
  return { status: 'refused', reason, how: 'none', message, files: [], proof: 'none', dropped: [], rounds: 0, testsRun: 0 };
}

async function follow(work: Work): Promise<Answer> {
  const { params, context, clock, trace, project, file } = work;
  const parts = await partsOf(project, file, params.range, params.scope);
  if (parts.length > 1) trace.add('note', `Looks at ${parts.length} files: ${parts.slice(0, 6).map((p) => relative(project, p.file)).join(', ')}${parts.length > 6 ? ' …' : ''}.`); // prettier-ignore
  const denoiser: Denoiser | undefined = context.model
    ? { model: context.model, signal: context.signal, forwards: 0 }
    : undefined;
  const asked: Asked = {
    ...{ project, file, range: params.range, instruction: params.instruction, action: params.action, parts },
    ...{ model: context.model, trace, signal: context.signal, breathe: breathing(context.signal) },
    isLate: () => clock.elapsed() > clock.total / 2,
  };
  const proposal = await propose(asked);
  if ('status' in proposal)
    return {
      ...refusal('impossible', proposal.message),
      status: proposal.status,
      reason: proposal.reason,
      suggestion: proposal.suggestion,
    };
  context.signal.throwIfAborted();
  for (const hunk of proposal.hunks) trace.add('propose', `${hunk.title}, in ${hunk.files.map((f) => relative(project, f.file)).join(', ')}.`); // prettier-ignore
  trace.say('Checking types');
  const bed = await testBed(work);
  try {
    const remasking = denoiser && new Remasking(denoiser, parts, trace);
    return await check(work, proposal, bed, remasking);
  } finally {
    if (typeof bed !== 'string') await bed.dispose();
  }
}

async function testBed({ params, context, clock, trace, project }: Work): Promise<TestBed | string> {
  if (!params.tests) return 'nothing of this workspace was run.';
  trace.say('Running the tests as they are');
  const { overlays, testCommand } = params;
  const bed = await prepareTests(project, params.file, { overlays, testCommand, signal: context.signal });
  if (typeof bed === 'string') trace.add('note', `No tests to judge by: ${bed}`);
  else {
    trace.add('note', `\`${bed.project.command}\`: ${bed.passing.size} tests pass before anything is changed (${bed.isolation.join('; ')}).`);
    clock.reserve(bed.baseline.seconds);
  }
  return bed;
} // prettier-ignore

async function check(
  { context, clock, trace, project }: Work,
  { hunks, how }: Extract<Proposal, { hunks: unknown }>,
  bed: TestBed | string,
  remasking: Remasking | undefined,
): Promise<Answer> {
  let testsRun = typeof bed === 'string' ? 0 : bed.baseline.tests.length;
  const onRun = (tests: number, lost: readonly string[]): void => {
    testsRun += tests;
    trace.add('attempt', lost.length === 0 ? `${tests} tests run with the changes: all that passed pass still.` : `${lost.length} of ${tests} tests are lost with these changes.`); // prettier-ignore
  };
  const judges = [diagnosticJudge(project)];
  if (typeof bed !== 'string') judges.push(testJudge(project, bed, { onRun }, context.signal));
  const settled: Settled = await settle(hunks, {
    judges,
    replace: async (hunk, why) => {
      trace.add('evidence', `${hunk.title}: ${why}.`);
      return (await remasking?.replace(hunk)) ?? [];
    },
    isLate: () => clock.left() <= 0,
  });
  context.signal.throwIfAborted();
  const dropped = settled.dropped.map(({ hunk, why }) => ({ title: hunk.title, file: hunk.files[0]!.file, why }));
  const counts = { dropped, rounds: settled.rounds, testsRun };
  if (settled.late) return { ...refusal('checks', words.late(clock.total)), ...counts };
  if (settled.hunks.length === 0) return { ...refusal('checks', words.allTakenBack(dropped)), ...counts };
  const files = await resultFiles(project, settled.hunks, typeof bed === 'string' ? undefined : bed, breathing(context.signal));
  const changes = files.flatMap((f) => f.changes);
  const tested = changes.filter((c) => c.tested).length;
  const proof = typeof bed === 'string' ? words.typesProof(bed) : words.testsProof(bed, tested, changes.length);
  trace.add('proof', proof);
  const message = words.summary(settled.hunks, proof, dropped);
  return { status: 'refactored', how, message, files, proof: typeof bed === 'string' ? 'types' : 'tests', ...counts };
}
