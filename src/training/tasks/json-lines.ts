/** Tasks on disk: a line of JSON each. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import { writeFileAtomically } from '../../model/atomic-file';
import { CorpusError } from '../corpus/manifest';

/** Writes a file of tasks in one step, and its folder where there is none. */
export async function writeTasks(file: string, tasks: readonly unknown[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomically(file, tasks.map((task) => Buffer.from(`${JSON.stringify(task)}\n`))); // prettier-ignore
}

/** Throws CorpusError, which names the command that makes them, where there are none or a line is no task. */
export async function readTasks<T>(file: string, schema: z.ZodType<T>, command = 'npm run tasks'): Promise<T[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CorpusError(`there is no ${file}: run "${command}" first`, { cause });
  });
  try {
    return text.split('\n').filter((line) => line !== '').map((line) => schema.parse(JSON.parse(line))); // prettier-ignore
  } catch (cause) {
    throw new CorpusError(`${file} is damaged, or of another version: run "${command}" again`, { cause });
  }
}
