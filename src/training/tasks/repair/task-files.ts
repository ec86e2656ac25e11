/** Repair tasks on disk. */
import path from 'node:path';
import type { Split } from '../../corpus/shards';
import { readTasks, writeTasks } from '../json-lines';
import { repairTask, type RepairTask } from './tasks';

/** Where a folder keeps the tasks of a split. */
export function repairFile(folder: string, split: Split): string {
  return path.join(folder, `repair.${split}.jsonl`);
}

export function writeRepairTasks(folder: string, split: Split, tasks: readonly RepairTask[]): Promise<void> {
  return writeTasks(repairFile(folder, split), tasks);
}

/** Throws CorpusError: see readTasks. */
export function readRepairTasks(folder: string, split: Split): Promise<RepairTask[]> {
  return readTasks(repairFile(folder, split), repairTask);
}
