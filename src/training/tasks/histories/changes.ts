/** Functions that an author changed a little between two versions of a package. */
import { loadTypescript } from '../../../edits/source';
import { tokensOf } from '../../../repair/source/edits';
import type { SourceText } from '../../corpus/package-texts';
import { syntaxOf } from '../../corpus/syntax';
import { dedented } from '../../corpus/clean';
import { standaloneFunction, type StandaloneFunction } from '../repair/standalone';

/** Most tokens that are gone or have come: a fix, not a rewrite. */
const mostTokens = 12;

export interface Change {
  readonly path: string;
  readonly before: StandaloneFunction;
  readonly after: StandaloneFunction;
}

/** Functions of the same name in the same file that stand alone in both versions and differ in a few tokens. */
export function changesBetween(older: readonly SourceText[], newer: readonly SourceText[]): Change[] {
  const before = functionsOf(older);
  const found: Change[] = [];
  for (const [key, after] of functionsOf(newer)) {
    const old = before.get(key);
    if (old === undefined || old.text === after.text || old.parameters.join() !== after.parameters.join()) continue;
    const size = changedTokens(old.text, after.text);
    if (size > 0 && size <= mostTokens) found.push({ path: key.slice(0, key.lastIndexOf('#')), before: old, after });
  }
  return found;
}

/** By file and name. A name that a file has twice says nothing about which is which. */
function functionsOf(texts: readonly SourceText[]): Map<string, StandaloneFunction> {
  const api = loadTypescript();
  const found = new Map<string, StandaloneFunction | null>();
  for (const { kind, path, text } of texts) {
    if (kind !== 'code') continue;
    for (const { start, end } of syntaxOf(path, text, { least: 2, most: 40 }).functions) {
      const one = standaloneFunction(api, path, dedented(text.slice(start, end)));
      if (!one) continue;
      const key = `${path}#${one.name}`;
      found.set(key, found.has(key) ? null : one);
    }
  }
  return new Map([...found].filter((entry): entry is [string, StandaloneFunction] => entry[1] !== null));
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
