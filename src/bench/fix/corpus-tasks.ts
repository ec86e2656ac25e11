/** Repair tasks of functions that stood in packages held out from training (`npm run tasks`), as a project with tests that the product can mend. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { mulberry32 } from '../../model/weights';
import { readRepairTasks, repairFile } from '../../training/tasks/repair/task-files';
import { mistakeKinds } from '../../training/tasks/repair/mistakes';
import type { RepairMistake, RepairTask } from '../../training/tasks/repair/tasks';
import { emptyCopy, type SamplesCopy } from './samples';
import { shuffled } from './shuffled';
import type { FixTask, TaskSet } from './tasks';

interface Place {
  readonly file: string;
  readonly testFile: string;
}

/** A project in a temporary folder with a sound file and its tests for every function; `modules` is a node_modules folder that holds mocha. */
export async function corpusProject(
  tasks: readonly RepairTask[],
  modules: string,
): Promise<{ readonly copy: SamplesCopy; readonly places: readonly Place[] }> {
  const copy = await emptyCopy('unmask-corpus-', 'functions', modules);
  try {
    await Promise.all(['src', 'test'].map((folder) => mkdir(path.join(copy.root, folder), { recursive: true })));
    await copy.write(
      'package.json',
      JSON.stringify({ name: 'functions', version: '1.0.0', private: true, scripts: { test: 'mocha' } }),
    );
    await copy.write('.mocharc.json', JSON.stringify({ spec: ['test/**/*.test.js'], timeout: 2000 }));
    const places = tasks.map(({ name }, i): Place => {
      const base = `${String(i).padStart(3, '0')}-${name.replaceAll(/\W/g, '')}`;
      return { file: `src/${base}.js`, testFile: `test/${base}.test.js` };
    });
    for (const [i, task] of tasks.entries()) {
      await copy.write(places[i]!.file, moduleOf(task.name, task.text));
      await copy.write(places[i]!.testFile, testsOf(task, places[i]!.file));
    }
    return { copy, places };
  } catch (error) {
    await copy.dispose();
    throw error;
  }
}

/** The declaration as a file that exports it. */
export function moduleOf(name: string, text: string): string {
  return `${text}\n\nmodule.exports = { ${name} };\n`;
}

function testsOf({ name, calls }: RepairTask, file: string): string {
  const cases = calls.map(({ arguments: list, expected }) => {
    const call = `${name}(${list})`;
    return `  it(${JSON.stringify(`${call} is ${expected}`)}, () => {\n    assert.deepStrictEqual(${call}, ${expected});\n  });`;
  });
  return `const assert = require('node:assert');\nconst { ${name} } = require('../${file.slice(0, -3)}');\n\ndescribe(${JSON.stringify(name)}, () => {\n${cases.join('\n')}\n});\n`;
}

/** File of a folder of tasks that `corpusTasks` reads. */
export function taskFile(folder: string): string {
  return repairFile(folder, 'held-out');
}

/** `count` mistakes of a folder's held-out tasks, drawn by `seed`, spread over the kinds and over the functions. Throws CorpusError where there are none. */
export async function corpusTasks(folder: string, modules: string, count: number, seed: number): Promise<TaskSet> {
  const tasks = await readRepairTasks(folder, 'held-out');
  const { copy, places } = await corpusProject(tasks, modules);
  const chance = mulberry32(seed);
  const all = shuffled(
    tasks.flatMap((task, i) => task.mistakes.map((mistake) => ({ task, mistake, ...places[i]! }))),
    chance,
  );
  const queues = shuffled(mistakeKinds, chance).map((kind) => all.filter((one) => one.mistake.kind === kind));
  const perFile = Math.ceil(count / Math.max(1, tasks.length)) + 1;
  const used = new Map<string, number>();
  const out: FixTask[] = [];
  while (out.length < count && queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      const at = queue.findIndex(({ file }) => (used.get(file) ?? 0) < perFile);
      const [one] = at < 0 ? (queue.splice(0), []) : queue.splice(at, 1);
      if (!one || out.length >= count) continue;
      used.set(one.file, (used.get(one.file) ?? 0) + 1);
      out.push(taskOf(one, out.length + 1));
    }
  }
  return { copy, tasks: out };
}

function taskOf(
  { task, mistake, file, testFile }: Place & { task: RepairTask; mistake: RepairMistake },
  number: number,
): FixTask {
  const { kind, line, text } = mistake;
  return {
    id: `${String(number).padStart(3, '0')} ${file}:${line}, ${kind}`,
    file,
    testFile,
    broken: moduleOf(task.name, text),
    truth: { kind, line, original: moduleOf(task.name, task.text) },
  };
}
