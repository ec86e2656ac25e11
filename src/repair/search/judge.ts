/** What running a candidate showed, in terms of the targets. */
import type { CandidateFiles, TestCase, Verdict, Verifier } from '../../workspace/types';
import type { Targets } from '../localise/targets';
import { endlessMessage } from '../source/rounds';
import type { Turn } from './pool';

export interface Attempt {
  /** Targets that pass now. */
  readonly green: ReadonlySet<string>;
  /** All targets pass (but for those that fail because of another file). */
  readonly allGreen: boolean;
  /** Tests that passed before and fail now; known only where the targets went green or everything ran at once. */
  readonly broken: readonly string[];
  /** Passes all it was asked: a repair, as far as the tests can tell. */
  readonly plausible: boolean;
  /** First target that still fails, with how. */
  readonly red?: TestCase;
  readonly outcome: Verdict['outcome'];
  /** It ran into a limit of time or rounds. */
  readonly endless: boolean;
  readonly testsRun: number;
}

export interface JudgeOptions {
  readonly verifier: Verifier;
  readonly targets: Targets;
  /** Relative to the project root. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** Limits of one screening run, milliseconds. */
  readonly targetMilliseconds: number;
  readonly guardMilliseconds: number;
}

function passedIds(verdict: Verdict): Set<string> {
  return new Set(verdict.tests.filter((t) => t.state === 'passed').map((t) => t.id));
}

/** Targets that must be green: those with the fault in another file are welcome, not needed. */
export function needed(targets: Targets): string[] {
  const own = targets.failing.filter((t) => !targets.elsewhere.has(t.id)).map((t) => t.id);
  return own.length > 0 ? own : targets.failing.map((t) => t.id);
}

/** Runs the targets, then, if they pass, the tests that guard against damage. */
export async function tryCandidate(turn: Pick<Turn, 'text' | 'counted'>, options: JudgeOptions): Promise<Attempt> {
  const { verifier, targets, file, signal } = options;
  const candidate: CandidateFiles = { files: new Map([[file, turn.text]]) };
  const asked = targets.failing.map((t) => t.id);
  const must = needed(targets);
  if (!verifier.warm) return tryAtOnce(candidate, asked, must, options);
  const bail = asked.length > 24;
  const counted: CandidateFiles = { files: new Map([[file, turn.counted]]) };
  const first = await verifier.screen(counted, asked, { bail, milliseconds: options.targetMilliseconds, signal });
  const green = passedIds(first);
  const allGreen = must.every((id) => green.has(id));
  const red = first.tests.find((t) => t.state === 'failed');
  const endless = first.outcome === 'timeout' || (red?.failure?.message.includes(endlessMessage) ?? false);
  const half = { green, allGreen, endless, outcome: first.outcome, ...(red ? { red } : {}) };
  if (!allGreen) return { ...half, broken: [], plausible: false, testsRun: first.tests.length };
  // Now the text as it stands, the targets too: they passed with counting loops only.
  const rest = turn.counted === turn.text ? targets.guards : [...must, ...targets.guards];
  if (rest.length === 0) return { ...half, broken: [], plausible: true, testsRun: first.tests.length };
  const second = await verifier.screen(candidate, rest, {
    bail: true,
    milliseconds: options.guardMilliseconds,
    signal,
  });
  const fine = passedIds(second);
  const broken = second.tests.filter((t) => t.state !== 'passed' && targets.guards.includes(t.id)).map((t) => t.id);
  const plausible = rest.every((id) => fine.has(id));
  return { ...half, outcome: second.outcome, broken, plausible, testsRun: first.tests.length + second.tests.length };
}

/** Where every run costs a process, one run answers everything. */
async function tryAtOnce(
  candidate: CandidateFiles,
  asked: readonly string[],
  must: readonly string[],
  options: JudgeOptions,
): Promise<Attempt> {
  const { verifier, targets, signal } = options;
  const verdict = await verifier.screen(candidate, [...asked, ...targets.guards], {
    bail: false,
    milliseconds: options.targetMilliseconds + options.guardMilliseconds,
    signal,
  });
  const passed = passedIds(verdict);
  const green = new Set(asked.filter((id) => passed.has(id)));
  const allGreen = must.every((id) => green.has(id));
  const broken = targets.guards.filter((id) => !passed.has(id));
  const red = verdict.tests.find((t) => t.state === 'failed' && asked.includes(t.id));
  return {
    green,
    allGreen,
    broken,
    plausible: allGreen && broken.length === 0,
    endless: verdict.outcome === 'timeout',
    outcome: verdict.outcome,
    testsRun: verdict.tests.length,
    ...(red ? { red } : {}),
  };
}
