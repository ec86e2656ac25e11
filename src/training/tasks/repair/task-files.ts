/** Repair tasks on disk: a line of JSON each. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../../model/atomic-file';
import { CorpusError } from '../../corpus/manifest';
import type { Split } from '../../corpus/shards';
import { repairTask, type RepairTask } from './tasks';

/** Where a folder keeps the tasks of a split. */
export function repairFile(folder: string, split: Split): string {
  return path.join(folder, `repair.${split}.jsonl`);
}

export async function writeRepairTasks(folder: string, split: Split, tasks: readonly RepairTask[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = tasks.map((task) => Buffer.from(`${JSON.stringify(task)}\n`));
  await writeFileAtomically(repairFile(folder, split), lines);
}

/** Throws CorpusError where there are none, or a line is no task. */
export async function readRepairTasks(folder: string, split: Split): Promise<RepairTask[]> {
  const file = repairFile(folder, split);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CorpusError(`${folder} holds no repair tasks: run "npm run tasks" first`, { cause });
  });
  try {
    return text.split('\n').filter((line) => line !== '').map((line) => repairTask.parse(JSON.parse(line))); // prettier-ignore
  } catch (cause) {
    throw new CorpusError(`${file} is damaged, or of another version: run "npm run tasks" again`, { cause });
  }
}
