/**
 * Repair tasks that nobody made: an author's own fix of a function, told by calls of which the version before gives something else. The calls are those that
 * tell something about the newer version; whether that one is right only its author knows.
 */
import type { CorpusPackage } from '../../corpus/manifest';
import { fetchPackage, prefetchPackages } from '../../corpus/fetch';
import { textsOf, type SourceText } from '../../corpus/package-texts';
import { runCalls } from '../repair/calls';
import { callMilliseconds, firstFailing, observe, type RepairTask } from '../repair/tasks';
import { changesBetween, type Change } from './changes';
import { versionsOf } from './versions';

export interface HistoryOptions {
  /** Where tarballs are kept. */
  readonly cache: string;
  readonly seed: number;
  /** Versions of a package that are looked at, the newest. */
  readonly versions: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/** Tasks of one package's history. Versions that can't be read are passed over. */
export async function historyTasks(name: string, o: HistoryOptions): Promise<RepairTask[]> {
  const versions = await versionsOf(name, o.versions, o.signal);
  await prefetchPackages(versions, o.cache, o.signal);
  const changes: Change[] = [];
  let before: SourceText[] | undefined;
  for (const version of versions) {
    const texts = await textsOrNothing({ ...version, split: 'held-out' }, o);
    if (before && texts) changes.push(...changesBetween(before, texts));
    before = texts ?? before;
  }
  const tasks = await judged(name, changes, o);
  o.onProgress?.(`${name}: ${versions.length} versions, ${changes.length} small changes of functions that stand alone, ${tasks.length} of which calls notice`);
  return tasks;
} // prettier-ignore

async function textsOrNothing(version: CorpusPackage, o: HistoryOptions): Promise<SourceText[] | undefined> {
  try {
    const { texts } = await textsOf(version, await fetchPackage(version, o.cache, undefined, o.signal));
    return [...texts];
  } catch (error) {
    o.signal?.throwIfAborted();
    o.onProgress?.(`${version.name}@${version.version} is passed over: ${error instanceof Error ? error.message : String(error)}`); // prettier-ignore
    return undefined;
  }
}

async function judged(name: string, changes: readonly Change[], o: HistoryOptions): Promise<RepairTask[]> {
  const seen = new Set<string>();
  const fresh = changes.filter(({ before, after }) => !seen.has(before.text + after.text) && seen.add(before.text + after.text));
  // Calls are drawn from what both versions mention: the value that the fix is about may stand in one of them alone.
  const called = await observe(
    fresh.map(({ path, after }) => ({ ...after, package: name, path })),
    o,
  );
  const pairs = called.flatMap((task) => {
    const change = fresh.find(({ path, after }) => path === task.path && after.text === task.text);
    return change ? [{ task, before: change.before.text }] : [];
  }); // prettier-ignore
  const jobs = pairs.map(({ task, before }, id) => ({
    id,
    text: before,
    name: task.name,
    calls: task.calls.map((c) => c.arguments),
    milliseconds: callMilliseconds,
  }));
  const outcomes = await runCalls(jobs, o.signal);
  return pairs.flatMap(({ task, before }, i): RepairTask[] => {
    const failing = firstFailing(task.calls, outcomes[i]!);
    return failing ? [{ ...task, mistakes: [{ kind: 'real', text: before, line: firstDifference(before, task.text), failing }] }] : []; // prettier-ignore
  });
}

/** 1-based, in the older text. */
function firstDifference(before: string, after: string): number {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  return at < 0 ? a.length : at + 1;
}
