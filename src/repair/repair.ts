/** One repair in a prepared project: localise, propose, search, choose, prove. */
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { CodeModel } from '../diffusion/code-model';
import type { FixResult, fixParams } from '../protocol/messages';
import type { Project, TestCase, TestRun, Verdict, Verifier } from '../workspace';
import { isFrozen } from '../workspace';
import { failureBoosts } from './localise/signature';
import { readSpectrum, withLoading } from './localise/spectrum';
import { createSuspicion } from './localise/suspicion';
import type { Targets } from './localise/targets';
import { chooseTargets } from './localise/targets';
import { createEmitter } from './propose/emitter';
import { forgottenExports } from './propose/exports';
import { proposeMutations } from './propose/mutations';
import { guideByModel } from './model/guide';
import { unifiedDiff, withoutFix } from './report/result';
import { tellChoice, tellFailures, tellNearMisses, tellProof, tellSearch, tellSuspects } from './report/tell';
import type { Trace } from './report/trace';
import type { Clock } from './search/clock';
import { needed } from './search/judge';
import { measureLimits } from './search/limits';
import { CandidatePool } from './search/pool';
import { search } from './search/search';
import type { SearchResult } from './search/search';
import type { Ranked } from './search/select';
import { confidenceOf, rankPlausible } from './search/select';
import type { SourceUnit } from './source/parse';
import { loadTypescript, parseSource, walk } from './source/parse';
import { readVocabulary } from './source/vocabulary';

export interface RepairRequest {
  readonly params: z.output<typeof fixParams>;
  readonly project: Project;
  readonly verifier: Verifier;
  /** Text of the file as the user sees it. */
  readonly text: string;
  /** Relative to the project root. */
  readonly file: string;
  readonly model: CodeModel | null;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly trace: Trace;
}

type Answer = Omit<FixResult, 'seconds' | 'device' | 'trace'>;

function unfixed(
  request: RepairRequest,
  status: 'not-fixed' | 'no-failing-test' | 'error',
  tried: number,
  testsRun: number,
  error?: string,
): Answer {
  return withoutFix(status, request.params.file, {
    candidatesTried: tried,
    testsRun,
    seconds: 0,
    device: '',
    trace: [],
    ...(error === undefined ? {} : { error }),
  });
}

/** Repairs one file, or says why not. */
export async function repair(request: RepairRequest): Promise<Answer> {
  const { params, project, verifier, text, file, signal, clock, trace } = request;
  const { baseline } = verifier;
  const baselineTests = baseline.tests.length;
  if (isFrozen(file, project.testFiles)) {
    return unfixed(
      request,
      'error',
      0,
      baselineTests,
      `${file} is a test or configuration file: Reason and Fix changes code, never tests. Start it on the code under test.`,
    );
  }
  // The proof costs about what the baseline did.
  clock.reserve(baseline.seconds * 1.5 + 0.3);
  const unit = parseSource(loadTypescript(), params.file, text);
  const byTests = readSpectrum(baseline, file, text.length);
  const spectrum = withLoading(byTests, baseline, file, text.length, hasFunctions(unit));
  const range = params.range && characters(unit, params.range);
  const targets = chooseTargets(baseline, file, spectrum, { tests: params.tests, range });
  if (targets.failing.length === 0) {
    tellFailures(trace, baseline, targets, file, verifier);
    return unfixed(request, 'no-failing-test', 0, baselineTests);
  }
  tellFailures(trace, baseline, targets, file, verifier);
  const suspicion = createSuspicion({
    unit,
    file,
    spectrum,
    failing: targets.failing,
    guards: targets.guards,
    range,
    diagnosticLine: params.diagnostic?.line,
  });
  tellSuspects(trace, unit, suspicion);
  const vocabulary = readVocabulary(unit, targets.failing.flatMap(printedValues));
  const boosts = failureBoosts(targets.failing);
  const pool = new CandidatePool({ unit, suspicion, boosts, rounds: verifier.warm ? roundLimit(baseline, file) : 0 });
  if (params.sources !== 'model') {
    pool.add(forgottenExports(unit, targets.failing));
    pool.add(proposeMutations({ unit, vocabulary, boosts, wanted: (start, end) => suspicion.at(start, end) > 0 }));
  }
  const mutations = pool.size;
  const limits = await measureLimits({ verifier, targets, file, text, signal });
  const emitter = createEmitter(unit, vocabulary, boosts, []);
  const guide = guideByModel({
    ...request,
    unit,
    suspicion,
    pool,
    failing: targets.failing,
    cheapTests: verifier.warm,
  });
  trace.add(
    'propose',
    `${mutations} changes by mutation${request.model && params.sources !== 'mutation' ? `, and ${request.model.info.id} (${request.model.info.device}) proposes and ranks beside the search` : ', ranked without a model'}.`,
  );
  let found: SearchResult;
  try {
    // A look at the suspects costs less than the candidates that it spares.
    await within(Math.min(longestLook, clock.searchLeft() * 0.1), guide.proof, signal);
    // Where a candidate costs a process, which one comes first matters more than when.
    if (!verifier.warm) await within(Math.min(longestWait, clock.searchLeft() * 0.1), guide.opinion, signal);
    found = await search({
      unit,
      file,
      verifier,
      targets,
      spectrum,
      suspicion,
      pool,
      emitter,
      clock,
      trace,
      signal,
      limits,
      messages: new Map(targets.failing.map((t) => [t.id, t.failure?.message ?? ''])),
      settled: guide.settled,
      onAttempt: guide.learn,
    });
  } finally {
    await guide.stop();
  }
  const testsRun = baselineTests + found.testsRun;
  tellSearch(trace, found, pool.counts);
  const ranked = rankPlausible(await guide.judge(found.plausible), unit, vocabulary);
  if (ranked.length === 0) {
    tellNearMisses(trace, unit, found, targets, mutationsExhausted(found));
    return unfixed(request, 'not-fixed', found.tried, testsRun);
  }
  return provenAnswer(request, unit, targets, ranked, found, testsRun);
}

/** Seconds that every search waits for a model that proofreads, and one of costly tests for the model's opinion, at most. */
const longestLook = 1;
const longestWait = 4;

/** Waits for a promise, but no longer than so many seconds. Throws the signal's reason. */
async function within(seconds: number, awaited: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const timeUp = sleep(seconds * 1000, undefined, { signal: AbortSignal.any([signal, over.signal]) });
  await Promise.race([awaited, timeUp.catch(() => undefined)]);
  over.abort();
  signal.throwIfAborted();
}

async function provenAnswer(
  request: RepairRequest,
  unit: SourceUnit,
  targets: Targets,
  ranked: readonly Ranked[],
  found: SearchResult,
  testsBefore: number,
): Promise<Answer> {
  const { verifier, text, file, signal, clock, trace, params } = request;
  let testsRun = testsBefore;
  const rest = [...ranked];
  for (let winner = rest.shift(); winner; winner = rest.shift()) {
    const left = clock.left();
    if (left < 0.2) {
      trace.add(
        'proof',
        `No time is left to prove a candidate with the whole suite. A larger budget (--budget, setting unmask.fix.budget) will.`,
      );
      break;
    }
    const proof = await proveInTime(verifier, file, winner.text, signal, left);
    if (proof === null) {
      trace.add(
        'proof',
        'The proof run did not end within the budget. A larger budget (--budget, setting unmask.fix.budget) leaves it more time.',
      );
      break;
    }
    testsRun += proof.tests.length;
    const lost = failures(proof, targets);
    tellProof(trace, unit, winner.candidate, proof, lost, targets, verifier);
    if (lost.length > 0) continue;
    const others = ranked.filter((r) => r !== winner).slice(0, 5);
    const confidence = confidenceOf(
      [winner, ...ranked.filter((r) => r !== winner)],
      targets.failing.length + targets.guards.length,
    );
    tellChoice(trace, unit, winner, others, confidence);
    return {
      status: 'fixed',
      file: params.file,
      diff: unifiedDiff(file, text, winner.text),
      source: winner.candidate.source,
      candidatesTried: found.tried,
      testsRun,
      ...(found.firstPass ? { firstPass: found.firstPass } : {}),
      newText: winner.text,
      alternatives: others.map((o) => ({ diff: unifiedDiff(file, text, o.text), newText: o.text, source: o.candidate.source })),
      confidence,
    };
  }
  return unfixed(request, 'not-fixed', found.tried, testsRun);
}

/** Null where the time ran out. */
async function proveInTime(
  verifier: Verifier,
  file: string,
  text: string,
  signal: AbortSignal,
  seconds: number,
): Promise<Verdict | null> {
  const deadline = AbortSignal.timeout(Math.ceil(seconds * 1000));
  try {
    return await verifier.prove({ files: new Map([[file, text]]) }, AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (signal.aborted || !deadline.aborted) throw error;
    return null;
  }
}

/** Tests that had to pass in the proof and did not. */
function failures(proof: Verdict, targets: Targets): string[] {
  const passed = new Set(proof.tests.filter((t) => t.state === 'passed').map((t) => t.id));
  return [...needed(targets), ...targets.passing].filter((id) => !passed.has(id));
}

/** Far more rounds than any loop of the file made in the whole baseline run. */
function roundLimit(baseline: TestRun, file: string): number {
  let most = 0;
  for (const files of baseline.coverage?.values() ?? []) {
    for (const own of files) if (own.file === file) for (const range of own.ranges) most = Math.max(most, range.count);
  }
  return 100_000 + most * 100;
}

function mutationsExhausted(found: SearchResult): boolean {
  return found.ended === 'exhausted';
}

function printedValues(test: TestCase): string[] {
  const { failure } = test;
  return [failure?.expected, failure?.actual].filter((v): v is string => v !== undefined && v.length < 2000);
}

/** Character range of 1-based inclusive lines. */
function characters(unit: SourceUnit, range: { start: number; end: number }): { start: number; end: number } {
  const starts = unit.file.getLineStarts();
  const start = starts[Math.min(range.start, starts.length) - 1] ?? 0;
  return { start, end: starts[range.end] ?? unit.text.length };
}

function hasFunctions(unit: SourceUnit): boolean {
  let found = false;
  walk(unit, unit.file, (node) => {
    found ||= unit.ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
    return !found;
  });
  return found;
}
