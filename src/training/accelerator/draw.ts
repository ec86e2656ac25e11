/** The work of a process that draws: frames into a folder, until it is told to stop. */
import { readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { drawFrames, type DrawOptions, type Stage } from './stages';

export interface DrawJob extends DrawOptions {
  readonly stage: Stage;
  readonly out: string;
  /** Files in the folder at which it waits for others to take some. */
  readonly ahead: number;
  /** Frames after which it ends. */
  readonly frames: number;
}

const pause = 50;

/** Each frame is there as a whole or not at all. */
export async function draw(job: DrawJob): Promise<void> {
  let drawn = 0;
  for await (const frame of drawFrames(job.stage, job)) {
    const base = path.join(job.out, `${job.seed}-${drawn}`);
    await writeFile(`${base}.part`, frame);
    await rename(`${base}.part`, `${base}.frame`);
    if (++drawn >= job.frames) return;
    while (job.ahead < Infinity && (await readdir(job.out)).length > job.ahead) await setTimeout(pause);
  }
}
