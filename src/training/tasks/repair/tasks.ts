/** Repair tasks made of a corpus's functions: calls with what they give, and mistakes that change it. */
import * as z from 'zod';
import { applyEdits, tokensOf } from '../../../repair/source/edits';
import { loadTypescript, parses, parseSource, lineOf } from '../../../edits/source';
import type { FailingCall } from '../../../repair/model/canvas';
import type { CorpusDocument } from '../../corpus/shards';
import { Random } from '../../random';
import { drawArguments } from './arguments';
import { runCalls, type CallJob, type CallOutcome } from './calls';
import { findMistakes, mistakeKinds } from './mistakes';
import { standaloneFunction, type StandaloneFunction } from './standalone';

export const repairMistake = z.object({
  kind: z.enum(mistakeKinds),
  /** The whole declaration with the mistake in it. */
  text: z.string(),
  /** 1-based, in `text`. */
  line: z.number(),
  /** First call that shows it, and what it gives instead: a literal, or an error's name and message. */
  failing: z.object({ call: z.number(), actual: z.string() }),
  /** Another change of that line that does not mend it: the line, and what the failing call gives with it. */
  tried: z.object({ line: z.string(), actual: z.string() }).optional(),
});
export type RepairMistake = z.infer<typeof repairMistake>;

export const repairTask = z.object({
  package: z.string(),
  path: z.string(),
  name: z.string(),
  /** The declaration as its author wrote it. */
  text: z.string(),
  calls: z.array(z.object({ arguments: z.string(), expected: z.string() })),
  mistakes: z.array(repairMistake),
});
export type RepairTask = z.infer<typeof repairTask>;

export interface TaskOptions {
  readonly seed: number;
  /** Most mistakes kept of a function, spread over the kinds. */
  readonly mistakes: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

export const callMilliseconds = 100;
const drawn = 40;
const kept = 8;
const fewest = 4;
/** Functions whose calls are run together. */
const together = 400;

/** The tasks that the documents hold, in their order: functions that stand alone, and that at least four calls tell something about. */
export async function makeRepairTasks(documents: readonly CorpusDocument[], options: TaskOptions): Promise<RepairTask[]> {
  const api = loadTypescript();
  const seen = new Set<string>();
  const functions: (StandaloneFunction & Pick<CorpusDocument, 'package' | 'path'>)[] = [];
  for (const { package: owner, path, text } of documents) {
    const found = standaloneFunction(api, path, text);
    if (!found || seen.has(found.text)) continue;
    seen.add(found.text);
    functions.push({ ...found, package: owner, path });
  }
  const tasks: RepairTask[] = [];
  for (let at = 0; at < functions.length; at += together) {
    options.onProgress?.(at, functions.length);
    const some = functions.slice(at, at + together);
    const called = await observe(some, options);
    tasks.push(...(await breakAll(called, options)));
  }
  return tasks;
}

export type Called = Omit<RepairTask, 'mistakes'>;

/** Calls every function twice: what differs by run, throws, hangs or has no literal tells nothing. */
export async function observe(
  functions: readonly (StandaloneFunction & { package: string; path: string })[],
  o: Pick<TaskOptions, 'seed' | 'signal'>,
): Promise<Called[]> {
  const lists = functions.map((f) => drawArguments(f, drawn, Random.seeded(hash(f.text, o.seed))));
  const jobs: CallJob[] = functions.map(({ text, name }, id) => ({
    id,
    text,
    name,
    calls: lists[id]!,
    milliseconds: callMilliseconds,
  }));
  const [first, second] = [await runCalls(jobs, o.signal), await runCalls(jobs, o.signal)];
  return functions.flatMap(({ package: owner, path, name, text }, i) => {
    const known = lists[i]!.flatMap((list, k) => {
      const [a, b] = [first[i]![k]!, second[i]![k]!];
      return a.kind === 'value' && b.kind === 'value' && a.text === b.text ? [{ arguments: list, expected: a.text }] : [];
    });
    const calls = tellingCalls(known);
    return calls ? [{ package: owner, path, name, text, calls }] : [];
  });
}

/** Up to eight calls, results that have not been seen yet first. Null where all give the same, or hardly any gives something. */
function tellingCalls(known: RepairTask['calls']): RepairTask['calls'] | null {
  const seen = new Set<string>();
  const fresh = known.filter(({ expected }) => !seen.has(expected) && seen.add(expected));
  const rest = known.filter((call) => !fresh.includes(call));
  const calls = [...fresh, ...rest].slice(0, kept);
  const dull = calls.every(({ expected }) => ['undefined', 'null', 'NaN'].includes(expected));
  return fresh.length >= 2 && calls.length >= fewest && !dull ? calls : null;
}

/** Keeps the mistakes that some call notices and that do not hang. */
async function breakAll(called: readonly Called[], o: TaskOptions): Promise<RepairTask[]> {
  const drafts = called.map((task) => draftsOf(task, Random.seeded(hash(task.text, o.seed + 1)), o.mistakes));
  const flat = drafts.flatMap((list, task) => list.map((draft) => ({ draft, task })));
  const jobs = flat.map(({ draft, task }, id): CallJob => {
    const { name, calls } = called[task]!;
    return { id, text: draft.text, name, calls: calls.map((c) => c.arguments), milliseconds: callMilliseconds };
  });
  const outcomes = await runCalls(jobs, o.signal);
  const mistakes = called.map((): RepairMistake[] => []);
  flat.forEach(({ draft, task }, i) => {
    const failing = firstFailing(called[task]!.calls, outcomes[i]!);
    if (failing) mistakes[task]!.push({ ...draft, failing });
  });
  const tasks = called.map((task, i) => ({ ...task, mistakes: mistakes[i]!.slice(0, o.mistakes) }));
  return withWrongTries(tasks.filter((t) => t.mistakes.length > 0), o); // prettier-ignore
}

/** A change that someone might think of first: another mistake's in the blamed line, run like all others. */
async function withWrongTries(tasks: readonly RepairTask[], o: TaskOptions): Promise<RepairTask[]> {
  const flat = tasks.flatMap((task, at) => task.mistakes.map((mistake, which) => ({ task, mistake, at, which })));
  const tries = flat.map(({ task, mistake }) => wrongTryOf(task, mistake, Random.seeded(hash(mistake.text, o.seed + 2))));
  const jobs = flat.map(({ task, mistake }, id): CallJob => {
    const list = task.calls[mistake.failing.call]!.arguments;
    return { id, text: tries[id]?.text ?? '', name: task.name, calls: [list], milliseconds: callMilliseconds };
  });
  const outcomes = await runCalls(jobs, o.signal);
  const found = tasks.map((task) => [...task.mistakes]);
  flat.forEach(({ task, mistake, at, which }, i) => {
    const [attempt, outcome] = [tries[i], outcomes[i]![0]!];
    const right = outcome.kind === 'value' && outcome.text === task.calls[mistake.failing.call]!.expected;
    if (!attempt || right || outcome.kind === 'timeout' || outcome.kind === 'other') return;
    found[at]![which] = { ...mistake, tried: { line: attempt.line, actual: actualOf(outcome) } };
  });
  return tasks.map((task, i) => ({ ...task, mistakes: found[i]! }));
}

/** The broken text with one more change in the broken line; null where there is none that leaves the lines where they are. */
function wrongTryOf(
  { text: right }: RepairTask,
  { text, line }: RepairMistake,
  random: Random,
): { readonly text: string; readonly line: string } | null {
  const api = loadTypescript();
  const unit = parseSource(api, 'function.js', text);
  const inLine = findMistakes(unit).filter(({ edit }) => lineOf(unit, edit.start) === line && lineOf(unit, edit.end) === line);
  for (const { edit } of shuffled(inLine, random)) {
    const changed = applyEdits(text, [edit]);
    const lines = changed.split('\n');
    const sound = changed !== right && lines.length === text.split('\n').length && parses(api, 'function.js', changed);
    if (sound) return { text: changed, line: lines[line - 1]! };
  }
  return null;
}

/** The call by which a mistake shows. */
export function failingCall(
  { name, calls }: Pick<RepairTask, 'name' | 'calls'>,
  { failing }: Pick<RepairMistake, 'failing'>,
): FailingCall {
  const { arguments: list, expected } = calls[failing.call]!;
  return { call: `${name}(${list})`, expected, actual: failing.actual };
}

/** The first call that gives something else than it should; null where all are right, or one hangs. */
export function firstFailing(calls: RepairTask['calls'], outcomes: readonly CallOutcome[]): RepairMistake['failing'] | null {
  if (outcomes.some(({ kind }) => kind === 'timeout' || kind === 'other')) return null;
  const call = outcomes.findIndex((outcome, i) => outcome.kind !== 'value' || outcome.text !== calls[i]!.expected);
  const outcome = outcomes[call];
  if (!outcome) return null;
  return { call, actual: actualOf(outcome) };
}

function actualOf(outcome: CallOutcome): string {
  return outcome.kind === 'value' ? outcome.text : outcome.kind === 'error' ? `${outcome.name}: ${outcome.text}` : '';
}

/** A task's calls, of a text that stands in for its own. */
export function callsOf({ name, calls }: Pick<RepairTask, 'name' | 'calls'>, text: string, id: number): CallJob {
  return { id, text, name, calls: calls.map((c) => c.arguments), milliseconds: callMilliseconds };
}

/** Whether a text gives what every call expects. */
export function solves(calls: RepairTask['calls'], outcomes: readonly CallOutcome[]): boolean {
  return calls.every(({ expected }, i) => outcomes[i]?.kind === 'value' && outcomes[i].text === expected);
}

/** Up to twice as many as are kept, the kinds in turns, since some go unnoticed. */
function draftsOf({ text }: Called, random: Random, most: number): Omit<RepairMistake, 'failing'>[] {
  const api = loadTypescript();
  const unit = parseSource(api, 'function.js', text);
  const seen = new Set([tokensOf(api, text).join(' ')]);
  const all = shuffled(findMistakes(unit), random);
  const queues = shuffled(mistakeKinds, random).map((kind) => all.filter((m) => m.kind === kind));
  const out: Omit<RepairMistake, 'failing'>[] = [];
  while (out.length < 2 * most && queues.some((q) => q.length > 0)) {
    for (const queue of queues) {
      const mistake = queue.shift();
      if (!mistake || out.length >= 2 * most) continue;
      const broken = applyEdits(text, [mistake.edit]);
      const key = tokensOf(api, broken).join(' ');
      if (seen.has(key) || !parses(api, 'function.js', broken)) continue;
      seen.add(key);
      out.push({ kind: mistake.kind, text: broken, line: lineOf(unit, mistake.edit.start) });
    }
  }
  return out;
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** FNV-1a: each function draws its own, whatever stands before it. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}
