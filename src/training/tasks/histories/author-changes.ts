/** Small changes that authors made in functions between two versions of a package: what programmers correct, rather than what an operator breaks. For training. */
import path from 'node:path';
import * as z from 'zod';
import { dedented } from '../../../edits/text';
import { fetchPackage, prefetchPackages } from '../../corpus/fetch';
import type { CorpusPackage } from '../../corpus/manifest';
import { faultOfPlace } from '../../corpus/package-texts';
import { secretIn } from '../../corpus/secrets';
import { faultOfText, isSource, kindOf } from '../../corpus/select';
import { syntaxOf } from '../../corpus/syntax';
import { unpack } from '../../corpus/unpack';
import { readTasks, writeTasks } from '../json-lines';
import { changedTokens } from './changes';
import { versionsOf, type Version } from './versions';

export const authorChange = z.object({ package: z.string(), path: z.string(), before: z.string(), after: z.string() });
/** A function of a version, and the same in the next one. */
export type AuthorChange = z.infer<typeof authorChange>;

export interface AuthorChangeOptions {
  /** Where tarballs are kept. */
  readonly cache: string;
  /** Versions of a package that are looked at, the newest. */
  readonly versions: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/** Most tokens that are gone or have come: a correction, not a rewrite. */
const mostTokens = 12;
/** Most functions that change between two versions: in one with more, most of them follow a fashion. */
const mostOfVersion = 150;

export function authorChangesFile(folder: string): string {
  return path.join(folder, 'changes.train.jsonl');
}

export function writeAuthorChanges(folder: string, changes: readonly AuthorChange[]): Promise<void> {
  return writeTasks(authorChangesFile(folder), changes);
}

/** Throws CorpusError: see readTasks. */
export function readAuthorChanges(folder: string): Promise<AuthorChange[]> {
  return readTasks(authorChangesFile(folder), authorChange, 'npm run changes');
}

/** Each change once. Versions that can't be read are passed over; throws the signal's reason when aborted. */
export async function authorChanges(p: CorpusPackage, o: AuthorChangeOptions): Promise<AuthorChange[]> {
  const versions = await versionsOf(p.name, o.versions, o.signal);
  await prefetchPackages(versions, o.cache, o.signal);
  const found = new Map<string, AuthorChange>();
  let older: ReadonlyMap<string, string> | undefined;
  for (const version of versions) {
    const newer = await filesOf(p, version, o);
    if (!newer) continue;
    if (older) {
      const changes = changedFunctions(older, newer);
      if (changes.length <= mostOfVersion)
        for (const change of changes) found.set(`${change.before}\0${change.after}`, { package: p.name, ...change });
    }
    older = newer;
  }
  o.onProgress?.(`${p.name}: ${versions.length} versions, ${found.size} small changes of functions`);
  return [...found.values()];
}

async function filesOf(p: CorpusPackage, version: Version, o: AuthorChangeOptions): Promise<Map<string, string> | null> {
  try {
    const tarball = await fetchPackage(version, o.cache, undefined, o.signal);
    const { files } = await unpack(tarball, isSource);
    const own = files.filter(({ path: place }) => kindOf(place) === 'code' && faultOfPlace(p, place) === null);
    return new Map(own.map(({ path: place, bytes }) => [place, bytes.toString('utf8').replaceAll('\r\n', '\n')]));
  } catch (error) {
    o.signal?.throwIfAborted();
    o.onProgress?.(`${version.name}@${version.version} is passed over: ${error instanceof Error ? error.message : String(error)}`); // prettier-ignore
    return null;
  }
}

/** Functions of files that both have, whose name is the only one of its kind in its file before and after, and of which a few tokens differ. */
export function changedFunctions(
  older: ReadonlyMap<string, string>,
  newer: ReadonlyMap<string, string>,
): Omit<AuthorChange, 'package'>[] {
  const found: Omit<AuthorChange, 'package'>[] = [];
  for (const [place, text] of newer) {
    const old = older.get(place);
    if (old === undefined || old === text || isUnfit(old) || isUnfit(text)) continue;
    const [before, after] = [functionsByName(place, old), functionsByName(place, text)];
    for (const [name, now] of after) {
      const once = before.get(name);
      if (now === null || once === undefined || once === null || once === now) continue;
      const size = changedTokens(once, now);
      if (size > 0 && size <= mostTokens) found.push({ path: place, before: once, after: now });
    }
  }
  return found;
}

function isUnfit(text: string): boolean {
  return faultOfText(text, { literals: 0, comments: 0 }) !== null || secretIn(text) !== null;
}

/** Null for names that several functions have. */
function functionsByName(place: string, text: string): Map<string, string | null> {
  const byName = new Map<string, string | null>();
  const { sound, functions } = syntaxOf(place, text, { least: 3, most: 40 });
  for (const { start, end } of sound ? functions : []) {
    const body = text.slice(start, end);
    const name = /^[^({=:]*/.exec(body.trimStart())![0].trim();
    byName.set(name, byName.has(name) ? null : dedented(body));
  }
  return byName;
}
