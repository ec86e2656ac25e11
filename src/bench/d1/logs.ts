/** Logs of the experiment's trainings, and their curves. */
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { drawCurves } from '../../training/log/curves';
import { readLog, TrainingLog } from '../../training/log/log';
import type { LoggedRun } from '../../training/log/panels';
import { arms, type ArmName } from './arms';

const extension = '.log.jsonl';

/** A log of one training, begun anew. */
export function openLog(folder: string, name: string): TrainingLog {
  return TrainingLog.open(path.join(folder, `${name}${extension}`), 0);
}

/** The name of an arm's log. */
export function logName(arm: ArmName, seed: number): string {
  return `${arm}-${seed}`;
}

/** Draws the Diffu-GRPO trainings of a folder over their updates, as `curves.svg`; returns its path, or null where there is none yet. */
export async function drawLogs(folder: string, title: string): Promise<string | null> {
  const runs = readdirSync(folder)
    .filter((file) => file.endsWith(extension))
    .sort()
    .flatMap((file): LoggedRun[] => {
      const [, arm, seed] = /^(\w+)-(\d+)\./.exec(file) ?? [];
      if (arm === undefined || !(arm in arms) || arms[arm as ArmName].grpo === 0) return [];
      // SFT comes first in some arms: its loss is on another scale, and its updates are not rounds.
      const records = readLog(path.join(folder, file)).filter((r) => r.kind !== 'update' || 'reward' in r.metrics);
      return records.some((r) => r.kind === 'update') ? [{ name: `${arms[arm as ArmName].name}, seed ${seed!}`, records }] : [];
    });
  if (runs.length === 0) return null;
  const file = path.join(folder, 'curves.svg');
  await writeFile(file, await drawCurves({ title, runs }));
  return file;
}
