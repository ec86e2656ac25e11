/** Tasks of all kinds that tuning knows, for a small corpus. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { readDocuments, type CorpusDocument } from '../../../../src/training/corpus/shards';
import { makeEditTasks, writeEditTasks } from '../../../../src/training/tasks/edits/edit-tasks';
import { writeAuthorChanges } from '../../../../src/training/tasks/histories/author-changes';
import { writeRepairTasks } from '../../../../src/training/tasks/repair/task-files';
import { makeRepairTasks, type RepairTask } from '../../../../src/training/tasks/repair/tasks';

const called = [
  'function clamp(x, a, b) {\n  if (x < a) return a;\n  return x > b ? b : x;\n}',
  'function pad(s, n) {\n  while (s.length < n) s = " " + s;\n  return s;\n}',
];

/** Puts them into `folder/tasks`, and returns the repairs. */
export async function smallTasks(folder: string, corpus: string): Promise<RepairTask[]> {
  const at = path.join(folder, 'tasks');
  const documents = called.map((text, i) => ({ package: 'p', path: `a.js#${i}`, text }));
  const tasks = await makeRepairTasks(documents, { seed: 1, mistakes: 4 });
  await writeRepairTasks(at, 'train', tasks);
  const functions: CorpusDocument[] = [];
  for await (const one of readDocuments(corpus, 'function', 'train')) functions.push(one);
  const edits = await makeEditTasks(functions, { seed: 1, functions: 60, each: 4, longest: 300 });
  assert.ok(edits.length > 0);
  await writeEditTasks(at, 'train', edits);
  const [clamp, pad] = called as [string, string];
  const changes = [[clamp.replace('x < a', 'x <= a'), clamp], [pad.replace('" "', '"0"'), pad]]; // prettier-ignore
  await writeAuthorChanges(at, changes.map(([before, after]) => ({ package: 'p', path: 'a.js', before: before!, after: after! }))); // prettier-ignore
  return tasks;
}
