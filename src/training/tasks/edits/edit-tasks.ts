/** Instructed edits of a corpus's functions, made once and kept: looking through a function for all kinds takes a tenth of a second. */
import path from 'node:path';
import * as z from 'zod';
import { loadTypescript } from '../../../edits/source';
import type { CorpusDocument, Split } from '../../corpus/shards';
import { Random } from '../../random';
import { readTasks, writeTasks } from '../json-lines';
import { editPairs } from './pairs';

export const editTask = z.object({
  path: z.string(),
  kind: z.string(),
  instruction: z.string(),
  before: z.string(),
  after: z.string(),
});
export type EditTask = z.infer<typeof editTask>;

export interface EditTaskOptions {
  readonly seed: number;
  /** Functions that are looked through, in an order drawn by the seed, and tasks kept of each kind. */
  readonly functions: number;
  readonly each: number;
  /** Longer functions would not fit into a canvas, before and after. */
  readonly longest: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

/** Common kinds do not crowd out rare ones: of each at most so many are kept. Throws the signal's reason when aborted. */
export async function makeEditTasks(documents: readonly CorpusDocument[], o: EditTaskOptions): Promise<EditTask[]> {
  const api = loadTypescript();
  const random = Random.seeded(o.seed);
  const left = documents.filter(({ text }) => text.length <= o.longest);
  const total = Math.min(o.functions, left.length);
  const byKind = new Map<string, EditTask[]>();
  for (let done = 0; done < total; done++) {
    o.signal?.throwIfAborted();
    // One that has not been taken yet: the last ones move to where these stood.
    const at = random.below(left.length);
    const { path: place, text } = left[at]!;
    // Without the function's place in its file, for the extension to be seen.
    const file = place.replace(/#\d+$/, '');
    left[at] = left.at(-1)!;
    left.pop();
    for (const pair of editPairs(api, { path: file, text }, random)) {
      const kept = byKind.get(pair.kind) ?? [];
      byKind.set(pair.kind, kept);
      if (kept.length < o.each) kept.push({ path: file, ...pair });
    }
    if (done % 20 > 0) continue;
    o.onProgress?.(done, total);
    await new Promise(setImmediate);
  }
  return [...byKind.values()].flat();
}

function fileOf(folder: string, split: Split): string {
  return path.join(folder, `edits.${split}.jsonl`);
}

export function writeEditTasks(folder: string, split: Split, tasks: readonly EditTask[]): Promise<void> {
  return writeTasks(fileOf(folder, split), tasks);
}

/** Throws CorpusError: see readTasks. */
export function readEditTasks(folder: string, split: Split): Promise<EditTask[]> {
  return readTasks(fileOf(folder, split), editTask);
}
