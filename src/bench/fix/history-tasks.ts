/** Repair tasks that nobody made (`npm run histories`): packages in which an author's own small change is taken back, as projects with tests that the product can mend. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mulberry32 } from '../../model/weights';
import { fetchPackage } from '../../training/corpus/fetch';
import { CorpusError } from '../../training/corpus/manifest';
import { packageFiles } from '../../training/tasks/histories/package-files';
import { readHistoryTasks, writePackage, type HistoryTask } from '../../training/tasks/histories/tasks';
import { emptyCopy, type SamplesCopy } from './samples';
import { shuffled } from './shuffled';
import type { FixTask, TaskSet } from './tasks';

export { historyFile } from '../../training/tasks/histories/tasks';

export interface HistorySources {
  /** Folder of tasks. */
  readonly folder: string;
  /** Where tarballs are kept; what is missing is fetched. */
  readonly cache: string;
  /** A node_modules folder that holds mocha. */
  readonly modules: string;
}

/** `count` of a folder's tasks, drawn by `seed`, each a project of its own in a temporary folder. Throws CorpusError where there are none, or a package can't be had. */
export async function historyTaskSet(
  { folder, cache, modules }: HistorySources,
  count: number,
  seed: number,
  signal?: AbortSignal,
): Promise<TaskSet> {
  const drawn = shuffled(await readHistoryTasks(folder), mulberry32(seed)).slice(0, count);
  const copy = await emptyCopy('unmask-histories-', 'packages', modules);
  try {
    const tasks: FixTask[] = [];
    for (const [i, task] of drawn.entries()) tasks.push(await placed(task, i + 1, copy, cache, signal));
    return { copy, tasks };
  } catch (error) {
    await copy.dispose();
    throw error;
  }
}

/** The package of a task, as a project with its tests. */
async function placed(
  task: HistoryTask,
  number: number,
  copy: SamplesCopy,
  cache: string,
  signal: AbortSignal | undefined,
): Promise<FixTask> {
  const { name, version } = task.package;
  const files = await packageFiles(await fetchPackage(task.package, cache, undefined, signal));
  const original = files?.sources.get(task.path);
  if (!files || original === undefined)
    throw new CorpusError(`${name}@${version} has no ${task.path}: run "npm run histories" again`);
  const project = `${String(number).padStart(3, '0')}-${name.replaceAll(/\W+/g, '-')}`;
  const folder = path.join(copy.root, project);
  await mkdir(path.join(folder, 'unmask-tests'), { recursive: true });
  await writePackage(folder, name, files, { scripts: { test: 'mocha' } });
  const test = `unmask-tests/calls.test.${files.entry.esm ? 'mjs' : 'cjs'}`;
  await writeFile(path.join(folder, '.mocharc.json'), JSON.stringify({ spec: [test], timeout: 2000 }));
  await writeFile(path.join(folder, test), testsOf(task, files.entry));
  return {
    id: `${project}@${version} ${task.path}:${task.line}`,
    file: `${project}/${task.path}`,
    testFile: `${project}/${test}`,
    broken: task.broken,
    truth: { kind: 'real', line: task.line, original },
  };
}

function testsOf({ package: { name }, calls }: HistoryTask, { main, esm }: { main: string; esm: boolean }): string {
  const from = JSON.stringify(`../${main}`);
  const cases = calls.map(({ expression, expected }) => {
    const title = JSON.stringify(`${expression} is ${expected}`);
    return `  it(${title}, () => {\n    assert.deepStrictEqual(${expression}, ${expected});\n  });`;
  });
  const head = esm
    ? `import assert from 'node:assert';\nimport * as api from ${from};`
    : `const assert = require('node:assert');\nconst api = require(${from});`;
  return `${head}\n\ndescribe(${JSON.stringify(name)}, () => {\n${cases.join('\n')}\n});\n`;
}
