/**
 * Repair tasks that nobody made: an author's own small change of a package, taken back, with expressions that tell the difference. What the newer version gives is
 * what is expected; whether that is right only its author knows.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { fetchPackage, prefetchPackages } from '../../corpus/fetch';
import { Random } from '../../random';
import { readTasks, writeTasks } from '../json-lines';
import { changesBetween, type Change } from './changes';
import { expressionsAbout } from './expressions';
import { packageFiles, type PackageFiles } from './package-files';
import { offeredBy, outcomesOf } from './probe';
import { versionsOf, type Version } from './versions';

export const historyTask = z.object({
  package: z.object({ name: z.string(), version: z.string(), license: z.string(), integrity: z.string() }),
  /** The version before, which `broken` comes from. */
  before: z.string(),
  path: z.string(),
  /** The file with the change taken back, and the first line of it, 1-based. */
  broken: z.string(),
  line: z.number(),
  /** Expressions about `api`, and literals of what they give in the newer version; the first `failing` ones give something else with the change taken back. */
  calls: z.array(z.object({ expression: z.string(), expected: z.string() })),
  failing: z.number(),
});
export type HistoryTask = z.infer<typeof historyTask>;

export interface HistoryOptions {
  /** Where tarballs are kept. */
  readonly cache: string;
  readonly seed: number;
  /** Versions of a package that are looked at, the newest. */
  readonly versions: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

const kept = { failing: 3, passing: 8 } as const;
/** Most changes of a package that are tried and that are kept: no package shall be all there is. */
const most = { tried: 40, kept: 3 } as const;

/** Where a folder keeps these tasks. */
export function historyFile(folder: string): string {
  return path.join(folder, 'histories.jsonl');
}

export function writeHistoryTasks(folder: string, tasks: readonly HistoryTask[]): Promise<void> {
  return writeTasks(historyFile(folder), tasks);
}

/** Throws CorpusError: see readTasks. */
export function readHistoryTasks(folder: string): Promise<HistoryTask[]> {
  return readTasks(historyFile(folder), historyTask, 'npm run histories');
}

/** Tasks of one package's history, newest first. Versions that can't be read, or that need other packages, are passed over. */
export async function historyTasks(name: string, o: HistoryOptions): Promise<HistoryTask[]> {
  const versions = await versionsOf(name, o.versions, o.signal);
  await prefetchPackages(versions, o.cache, o.signal);
  const pairs: { readonly version: Version; readonly before: string; readonly files: PackageFiles; readonly changes: Change[] }[] = []; // prettier-ignore
  let older: { readonly files: PackageFiles; readonly version: string } | undefined;
  for (const version of versions) {
    const files = await filesOrNothing(version, o);
    if (!files) continue;
    const changes = older ? changesBetween(older.files.sources, files.sources) : [];
    if (older && changes.length > 0) pairs.push({ version, before: older.version, files, changes });
    older = { files, version: version.version };
  }
  const tasks: HistoryTask[] = [];
  let tried = 0;
  for (const { version, before, files, changes } of pairs.reverse()) {
    if (tried >= most.tried || tasks.length >= most.kept) break;
    tried += changes.length;
    const found = await judged(version, before, files, changes, o);
    tasks.push(...found.slice(0, most.kept - tasks.length));
  }
  o.onProgress?.(`${name}: ${versions.length} versions, ${pairs.reduce((sum, p) => sum + p.changes.length, 0)} small changes, ${tried} tried, ${tasks.length} kept`); // prettier-ignore
  return tasks;
}

async function filesOrNothing(version: Version, o: HistoryOptions): Promise<PackageFiles | null> {
  try {
    return await packageFiles(await fetchPackage(version, o.cache, undefined, o.signal));
  } catch (error) {
    o.signal?.throwIfAborted();
    o.onProgress?.(`${version.name}@${version.version} is passed over: ${error instanceof Error ? error.message : String(error)}`); // prettier-ignore
    return null;
  }
}

/** Those changes of a version of which its expressions tell the difference; `before` is the version that they are from. */
export async function judged(
  version: Version,
  before: string,
  files: PackageFiles,
  changes: readonly Change[],
  o: Pick<HistoryOptions, 'seed' | 'signal'>,
): Promise<HistoryTask[]> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'unmask-history-'));
  try {
    await writePackage(home, version.name, files);
    const entry = { main: path.join(home, files.entry.main), esm: files.entry.esm };
    const offered = await offeredBy(entry, o.signal);
    if (offered.length === 0) return [];
    const changed = changes.map(({ before: text, line }) => text.split('\n').slice(Math.max(0, line - 12), line + 12).join('\n')).join('\n;'); // prettier-ignore
    const about = { name: version.name, entry: files.entry, readme: files.readme, offered, changed };
    const plain = expressionsAbout(about, Random.seeded(o.seed)).map((text, at) => [at, text] as const);
    const first = await outcomesOf(entry, plain, o.signal);
    // Objects of the package's own classes have no literal, but often a text.
    const printed = plain
      .filter(([at]) => first.get(at) === null)
      .map(([at, text]) => [plain.length + at, `String(${text})`] as const);
    const expressions = [...plain.filter(([at]) => isValue(first.get(at))), ...printed];
    const sound = await outcomesOf(entry, expressions, o.signal);
    // In the other order, what an expression leaves behind for the next shows.
    const again = await outcomesOf(entry, expressions.toReversed(), o.signal);
    const steady = expressions.filter(([at]) => isValue(sound.get(at)) && sound.get(at) === again.get(at));
    const found: HistoryTask[] = [];
    for (const change of changes) {
      const task = await taskOf(home, entry, change, steady, sound, o.signal);
      if (task) found.push({ package: version, before, ...task });
    }
    return found;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Numbered = readonly (readonly [number, string])[];

/** Null where no expression notices the change, or all that is left of them does not stand by itself. */
async function taskOf(
  home: string,
  entry: PackageFiles['entry'],
  change: Change,
  steady: Numbered,
  sound: ReadonlyMap<number, string | null>,
  signal: AbortSignal | undefined,
): Promise<Omit<HistoryTask, 'package' | 'before'> | null> {
  const file = path.join(home, change.path);
  await writeFile(file, change.before);
  try {
    const broken = await outcomesOf(entry, steady, signal);
    // A name that is nowhere declared was brought by another change of the same version.
    if ([...broken.values()].some((outcome) => outcome?.startsWith('!ReferenceError') === true)) return null;
    const differs = ([at]: Numbered[number]): boolean => typeof broken.get(at) === 'string' && broken.get(at) !== sound.get(at);
    const failing = distinct(steady.filter(differs), sound).slice(0, kept.failing);
    const passing = distinct(steady.filter(([at]) => broken.get(at) === sound.get(at)), sound).slice(0, kept.passing); // prettier-ignore
    if (failing.length === 0 || passing.length < 2) return null;
    // By themselves: what they say must not hang on all that was asked before.
    const chosen = [...failing, ...passing];
    const alone = await outcomesOf(entry, chosen, signal);
    await writeFile(file, change.after);
    const whole = await outcomesOf(entry, chosen, signal);
    const holds = chosen.every(([at]) => whole.get(at) === sound.get(at)) && failing.every(differs) && chosen.every(([at]) => alone.get(at) === broken.get(at)); // prettier-ignore
    if (!holds) return null;
    const calls = chosen.map(([at, expression]) => ({ expression, expected: sound.get(at)! }));
    return { path: change.path, broken: change.before, line: change.line, calls, failing: failing.length };
  } finally {
    await writeFile(file, change.after);
  }
}

/** Those whose outcome is new first: eight calls that all give `true` say less. */
function distinct(list: Numbered, outcomes: ReadonlyMap<number, string | null>): Numbered {
  const seen = new Set<string>();
  const fresh = list.filter(([at]) => !seen.has(outcomes.get(at)!) && seen.add(outcomes.get(at)!));
  return [...fresh, ...list.filter((one) => !fresh.includes(one))];
}

function isValue(outcome: string | null | undefined): boolean {
  return typeof outcome === 'string' && outcome !== 'undefined' && !/^!|^'\[object |^'(?:function|class)\b|=>/.test(outcome);
}

/** Writes a package's sources and data into a folder, with a manifest that says no more than how they are loaded. */
export async function writePackage(
  folder: string,
  name: string,
  { sources, data, entry }: PackageFiles,
  more: object = {},
): Promise<void> {
  const anyEsm = entry.esm && !entry.main.endsWith('.mjs');
  const manifest = { name, version: '1.0.0', private: true, ...(anyEsm ? { type: 'module' } : {}), ...more };
  for (const [file, text] of [...data, ...sources, ['package.json', JSON.stringify(manifest)] as const]) {
    const place = path.join(folder, file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, text);
  }
}
