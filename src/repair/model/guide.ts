/**
 * The model beside the search: while workers test candidates, it says where it doubts the text, proposes changes and ranks what waits.
 * It never holds the search up: whatever it says later only reorders what is left.
 */
import type * as z from 'zod';
import type { CodeModel, RunControl } from '../../diffusion/code-model';
import type { fixParams } from '../../protocol/messages';
import type { TestCase } from '../../workspace/types';
import type { Suspicion } from '../localise/suspicion';
import type { Trace } from '../report/trace';
import type { Clock } from '../search/clock';
import type { Attempt } from '../search/judge';
import type { CandidatePool } from '../search/pool';
import type { Plausible } from '../search/select';
import type { SourceUnit } from '../source/parse';
import type { Candidate } from '../types';
import { proposeInfills } from './infill';
import { failingCallOf, proposeReasoned, suspectFunctions } from './reason';
import { scoreCandidates } from './score';
import { readProof, readSurprise } from './surprise';
import { readingRegions, suspectRegions } from './regions';

export interface GuideOptions {
  readonly params: z.output<typeof fixParams>;
  readonly model: CodeModel | null;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly unit: SourceUnit;
  readonly suspicion: Suspicion;
  readonly pool: CandidatePool;
  readonly failing: readonly TestCase[];
  /** Trying a candidate costs milliseconds, about what the model takes to judge it. */
  readonly cheapTests: boolean;
}

export interface Guide {
  /** True once the model has nothing more to propose. */
  readonly settled: () => boolean;
  /** Resolves when a model that proofreads has read the suspects, or will not any more; at once where there is none. */
  readonly proof: Promise<void>;
  /** Resolves when the model has said what it thinks of the likeliest candidates, or will not any more. */
  readonly opinion: Promise<void>;
  /** Hears of every attempt. */
  readonly learn: (candidate: Candidate, attempt: Attempt) => void;
  /** Scores what passed, so that the choice can use it. */
  judge(found: readonly Plausible[]): Promise<readonly Plausible[]>;
  /** Ends the model's work; safe to call twice. */
  stop(): Promise<void>;
}

/** Functions that a reasoning model is asked about. */
const functionsReasoned = 2;

/** Changes that a proofreader is asked about, the likeliest so far: a budget tries fewer, and more would hold the search up for seconds. */
const mostJudged = 5_000;

const idle: Guide = {
  settled: () => true,
  proof: Promise.resolve(),
  opinion: Promise.resolve(),
  learn: () => undefined,
  judge: (found) => Promise.resolve(found),
  stop: () => Promise.resolve(),
};

/** Starts the model's work beside the search; without a model a guide that does nothing. */
export function guideByModel(options: GuideOptions): Guide {
  const { model, pool, unit, suspicion, clock, trace, params } = options;
  if (!model || params.sources === 'mutation') return idle;
  const stop = new AbortController();
  const control: RunControl = { signal: AbortSignal.any([options.signal, stop.signal]), priority: 'interactive' };
  const hopeful: Candidate[] = [];
  let settled = false;
  let read = (): void => undefined;
  const proof = new Promise<void>((resolve) => (read = resolve));
  let heard = (): void => undefined;
  const opinion = new Promise<void>((resolve) => (heard = resolve));

  let awake = performance.now();
  /**
   * The runtime computes on this thread, and nothing else happens here meanwhile. Where tests are cheap the search is worth as much as the model, and gets as
   * much time; where each costs a process, workers are busy for long and the model is not in their way.
   */
  const breathe = async (): Promise<void> => {
    if (options.cheapTests) await new Promise((resolve) => setTimeout(resolve, performance.now() - awake));
    awake = performance.now();
  };

  const work = async (): Promise<void> => {
    awake = performance.now();
    const { proofread } = model;
    const regions = proofread ? readingRegions(unit, suspicion, model) : suspectRegions(unit, suspicion, model);
    if (!proofread) read();
    let proposed = 0;
    for (const region of regions) {
      const found = proofread
        ? await readProof({ proofread }, unit, region, pool.peek(mostJudged), control)
        : await readSurprise(model, unit, region, control);
      if (found.doubtful) trace.add('suspect', found.doubtful.text, found.doubtful.line);
      suspicion.doubt(found.tokens);
      found.rank(pool);
      // All is read within some hundred milliseconds, and the search waits for it.
      if (!proofread) await breathe();
      proposed += pool.add(found.proposals).length;
    }
    read();
    if (proposed > 0)
      trace.add('propose', `${model.info.id} offers ${proposed} one-token alternatives where it doubts the text.`);
    await reason();
    let round = 0;
    // Ranking and proposing take turns: both serve the search, neither may starve the other.
    while (clock.searchLeft() > 0.2) {
      const scored = await scoreCandidates(model, unit, pool, pool.peek(48), control);
      heard();
      await breathe();
      const infills = await proposeInfills(
        model,
        unit,
        suspicion,
        { round, hopeful: hopeful.splice(0, 2), seed: params.seed },
        control,
      );
      await breathe();
      const added = pool.add(infills.proposals).length;
      if (added > 0) trace.add('propose', `${model.info.id} infills ${infills.where}: ${added} new candidates.`);
      round += 1;
      if (scored === 0 && infills.exhausted && pool.size === 0) break;
      if (scored === 0 && infills.exhausted) await new Promise((resolve) => setTimeout(resolve, 25));
      control.signal?.throwIfAborted();
    }
  };

  /** A model that reasons is asked first: its answers are few, and each is a whole repair. */
  const reason = async (): Promise<void> => {
    if (!model.info.capabilities.includes('reason')) return;
    const failing = options.failing.map(failingCallOf).find((call) => call !== null);
    for (const node of failing ? suspectFunctions(unit, suspicion, model).slice(0, functionsReasoned) : []) {
      if (clock.searchLeft() <= 0.2) return;
      const found = await proposeReasoned(model, unit, node, failing!, params.seed, control);
      const added = pool.add(found.proposals).length;
      if (found.reasons !== null)
        trace.add('propose', `${model.info.id} reasons: ${found.reasons} (${added} new candidates)`, found.line);
      await breathe();
    }
  };

  const running = work()
    .catch((error: unknown) => {
      if (control.signal?.aborted !== true)
        trace.add('note', `The model stopped helping: ${error instanceof Error ? error.message : String(error)}`);
    })
    .finally(() => {
      read();
      heard();
      settled = true;
    });

  return {
    settled: () => settled,
    proof,
    opinion,
    learn: (candidate, attempt) => {
      if (!attempt.plausible && attempt.green.size > 0) hopeful.push(candidate);
    },
    async judge(found) {
      const open = found.map((f) => f.candidate).filter((c) => c.modelGain === undefined);
      const deadline = AbortSignal.timeout(Math.ceil(Math.max(50, Math.min(2000, clock.left() * 250))));
      try {
        await scoreCandidates(model, unit, pool, open, {
          signal: AbortSignal.any([options.signal, deadline]),
          priority: 'interactive',
        });
      } catch (error) {
        if (options.signal.aborted) throw error;
      }
      return found;
    },
    async stop() {
      stop.abort(new Error('the search is over'));
      await running;
    },
  };
}
