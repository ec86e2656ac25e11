/** Small changes that an author made between two versions of a package. */
import { structuredPatch } from 'diff';
import { loadTypescript, parses } from '../../../edits/source';
import { tokensOf } from '../../../repair/source/edits';

/** Most tokens that are gone or have come: a fix, not a rewrite. */
const mostTokens = 12;
/** Most changes of a version: in one with more they hang together, and one of them taken back is a state that never was. */
const mostOfVersion = 8;
/** Longest line of a file that people read. */
const longestLine = 300;

/** A version's files that node may load, by path. */
export type Sources = ReadonlyMap<string, string>;

export interface Change {
  readonly path: string;
  /** The newer file, the change in it taken back. */
  readonly before: string;
  readonly after: string;
  /** 1-based, in `before`. */
  readonly line: number;
}

/** Each small change of each file that both versions have, by itself: all else is as in the newer version. None where there are too many. */
export function changesBetween(older: Sources, newer: Sources): Change[] {
  const api = loadTypescript();
  const found: Change[] = [];
  let changes = 0;
  for (const [path, after] of newer) {
    const old = older.get(path);
    if (old === undefined || old === after || after.split('\n').some((line) => line.length > longestLine)) continue;
    const { hunks } = structuredPatch(path, path, old, after, undefined, undefined, { context: 0 });
    const lines = after.split('\n');
    for (const hunk of hunks) {
      const kept = hunk.lines.filter((l) => l.startsWith('-')).map((l) => l.slice(1));
      const at = hunk.newStart - 1;
      const before = [...lines.slice(0, at), ...kept, ...lines.slice(at + hunk.newLines)].join('\n');
      const size = changedTokens(before, after);
      if (size > 0 && ++changes > mostOfVersion) return [];
      if (size === 0 || size > mostTokens || !parses(api, path, before)) continue;
      found.push({ path, before, after, line: at + 1 });
    }
  }
  return found;
}

/** Tokens between the first and the last that differ, of the longer side. */
export function changedTokens(before: string, after: string): number {
  const api = loadTypescript();
  const [a, b] = [tokensOf(api, before), tokensOf(api, after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return Math.max(a.length, b.length) - head - tail;
}
