/** The search itself: workers take the best candidate, try it, and what it shows decides what comes next. */
import type { Verifier } from '../../workspace/types';
import type { Spectrum } from '../localise/spectrum';
import type { Suspicion } from '../localise/suspicion';
import type { Targets } from '../localise/targets';
import type { Emitter } from '../propose/emitter';
import { changeOf } from '../report/describe';
import type { Trace } from '../report/trace';
import type { SourceUnit } from '../source/parse';
import type { Candidate } from '../types';
import type { Clock } from './clock';
import type { Attempt, JudgeOptions } from './judge';
import { needed, tryCandidate } from './judge';
import type { CandidatePool } from './pool';
import { conditional, joined } from './refine';
import type { Plausible } from './select';

export interface SearchOptions {
  readonly unit: SourceUnit;
  readonly file: string;
  readonly verifier: Verifier;
  readonly targets: Targets;
  readonly spectrum: Spectrum;
  readonly suspicion: Suspicion;
  readonly pool: CandidatePool;
  readonly emitter: Emitter;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly signal: AbortSignal;
  readonly limits: { readonly targetMilliseconds: number; readonly guardMilliseconds: number };
  /** Messages of the failing tests before any change, by id. */
  readonly messages: ReadonlyMap<string, string>;
  /** False while something (the model) may still propose. */
  readonly settled: () => boolean;
  /** Told of every attempt, for those who learn from it. */
  readonly onAttempt?: (candidate: Candidate, attempt: Attempt) => void;
}

export interface Tried {
  readonly candidate: Candidate;
  readonly attempt: Attempt;
  readonly text: string;
}

export interface SearchResult {
  readonly plausible: readonly Plausible[];
  /** Attempts that mended some targets, or all but broke others; best first. */
  readonly near: readonly Tried[];
  readonly tried: number;
  readonly testsRun: number;
  /** Of the candidates that passed the one whose turn came first: attempts up to it, and tests run in them, however many were under way beside it. */
  readonly firstPass: { readonly candidates: number; readonly testsRun: number } | null;
  readonly timeouts: number;
  readonly byOperator: ReadonlyMap<string, number>;
  readonly fromModel: number;
  readonly ended: 'exhausted' | 'time' | 'enough' | 'cancelled';
}

const refineLimit = 8;
/** A change under a condition comes after the plain changes that are about as likely; one under two conditions after nearly all. */
const refinedRaise = 0.5;
const joinLimit = 4;

/** Searches until the budget, the candidates or the patience after a first success end. */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { pool, clock, verifier, targets, trace, unit } = options;
  const stop = new AbortController();
  const judge: JudgeOptions = {
    verifier,
    targets,
    file: options.file,
    signal: AbortSignal.any([options.signal, stop.signal]),
    ...options.limits,
  };
  const must = needed(targets);
  const plausible: Plausible[] = [];
  const near: Tried[] = [];
  const byOperator = new Map<string, number>();
  const all: Candidate[] = [];
  let tried = 0;
  let testsRun = 0;
  let timeouts = 0;
  let fromModel = 0;
  let firstAt: number | null = null;
  /** Tests run by each attempt, in the order in which their turns came; undefined while one is under way. */
  const byTurn: (number | undefined)[] = [];
  let firstTurn = Infinity;
  let refined = 0;
  let joins = 0;
  let bestGreen = 0;
  let busy = 0;
  let ended: SearchResult['ended'] = 'exhausted';
  let bestPriority = -Infinity;
  const patience = Math.min(5, Math.max(0.8, 0.1 * clock.total));

  const timer = setInterval(watch, 50);
  function watch(): void {
    if (clock.searchLeft() <= 0) finish('time');
    else if (firstAt !== null && clock.elapsed() - firstAt > (plausible.some(isPlain) ? patience : 3 * patience))
      finish('enough');
  }
  function finish(why: SearchResult['ended']): void {
    if (stop.signal.aborted) return;
    ended = why;
    stop.abort(new Error('the search is over'));
  }

  function learn(candidate: Candidate, attempt: Attempt, text: string, turn: number): void {
    tried += 1;
    testsRun += attempt.testsRun;
    byTurn[turn] = attempt.testsRun;
    if (candidate.source === 'model') fromModel += 1;
    if (attempt.endless) timeouts += 1;
    byOperator.set(candidate.operator, (byOperator.get(candidate.operator) ?? 0) + 1);
    all.push(candidate);
    options.onAttempt?.(candidate, attempt);
    if (attempt.plausible) {
      plausible.push({ candidate, text });
      bestPriority = Math.max(bestPriority, candidate.priority);
      firstTurn = Math.min(firstTurn, turn);
      if (firstAt === null) {
        firstAt = clock.elapsed();
        trace.add(
          'attempt',
          `Attempt ${turn + 1} passes every test it was asked: ${changeOf(unit, candidate)}. Looking a little longer for a better one.`,
        );
      }
      return;
    }
    const mended = must.filter((id) => attempt.green.has(id)).length;
    if (mended === 0) {
      keepIfMoved(candidate, attempt, text);
      return;
    }
    near.push({ candidate, attempt, text });
    near.sort(byProgress);
    near.length = Math.min(near.length, 40);
    if (attempt.allGreen && refined < refineLimit && candidate.generation < 2) {
      const children = conditional(candidate, options.emitter);
      if (children.length > 0) {
        refined += 1;
        pool.add(children, candidate.generation + 1, candidate.generation === 0 ? refinedRaise : -refinedRaise);
        trace.add(
          'evidence',
          `${capital(changeOf(unit, candidate))} makes the failing ${must.length === 1 ? 'test' : 'tests'} pass but breaks ${brokenTitle(attempt)}: trying it under ${children.length} conditions.`,
        );
      }
    }
    if (!attempt.allGreen && mended > 0 && mended >= bestGreen && joins < joinLimit && candidate.generation < 2) {
      bestGreen = mended;
      joins += 1;
      const remaining = must.filter((id) => !attempt.green.has(id));
      const others = [...all, ...pool.peek(1500)].sort((a, b) => b.priority - a.priority);
      const children = joined(unit, candidate, others, remaining, options.spectrum, options.suspicion, 800);
      pool.add(children, candidate.generation + 1, -1.5 + Math.log(mended / must.length));
      trace.add(
        'evidence',
        `${capital(changeOf(unit, candidate))} mends ${mended} of ${must.length} failing tests: joining it with other changes.`,
      );
    }
  }

  /** A changed message without a test mended: the change matters, so its neighbours may too. */
  function keepIfMoved(candidate: Candidate, attempt: Attempt, text: string): void {
    const before = attempt.red ? options.messages.get(attempt.red.id) : undefined;
    const after = attempt.red?.failure?.message;
    if (before !== undefined && after !== undefined && before !== after && near.length < 12)
      near.push({ candidate, attempt, text });
  }

  function byProgress(a: Tried, b: Tried): number {
    return (
      b.attempt.green.size - a.attempt.green.size ||
      a.attempt.broken.length - b.attempt.broken.length ||
      b.candidate.priority - a.candidate.priority
    );
  }

  async function lane(): Promise<void> {
    while (!stop.signal.aborted) {
      options.signal.throwIfAborted();
      const item = pool.next();
      if (!item) {
        if (busy === 0 && options.settled()) return;
        await pause(10);
        continue;
      }
      if (firstAt !== null && item.candidate.priority < bestPriority - 7) {
        finish('enough');
        return;
      }
      busy += 1;
      const turn = byTurn.push(undefined) - 1;
      try {
        const attempt = await tryCandidate(item, judge);
        learn(item.candidate, attempt, item.text, turn);
      } catch (error) {
        if (!judge.signal.aborted) throw error;
      } finally {
        busy -= 1;
      }
      watch();
      if (tried % 50 === 0) trace.say(`Tried ${tried} candidates${plausible.length > 0 ? `, ${plausible.length} pass` : ''}`);
    }
  }

  try {
    await Promise.all(Array.from({ length: verifier.workers }, lane));
  } finally {
    clearInterval(timer);
    stop.abort(new Error('the search is over'));
  }
  options.signal.throwIfAborted();
  near.sort(byProgress);
  const before = byTurn.slice(0, firstTurn + 1);
  const firstPass =
    plausible.length === 0 ? null : { candidates: before.length, testsRun: before.reduce<number>((sum, n) => sum + (n ?? 0), 0) };
  return { plausible, near, tried, testsRun, firstPass, timeouts, byOperator, fromModel, ended };
}

/** Not patched together from a failed attempt: what people usually got wrong. */
function isPlain({ candidate }: Plausible): boolean {
  return candidate.generation === 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function brokenTitle(attempt: Attempt): string {
  const first = attempt.broken[0];
  if (first === undefined) return 'others';
  const title = first.slice(first.lastIndexOf('> ') + 1).trim();
  return `"${title}"${attempt.broken.length > 1 ? ` and ${attempt.broken.length - 1} more` : ''}`;
}
