/** A training process of the experiment: one job, the base or an arm. */
import * as z from 'zod';
import { readNetwork } from '../../model/network';
import { writeNetwork } from '../../model/network-write';
import { serveTraining, type TrainingContext } from '../../training/process/serve';
import { jobSchema, type Job } from './job';
import { runArm, trainBase, type ArmOutcome, type ArmProgress } from './run-arm';
import { network } from './settings';
import { withTask } from './tasks';

serveTraining(async (message, context) => {
  const job = jobSchema.parse(message);
  return job.kind === 'base' ? await base(job, context) : z.json().parse(await arm(job, context));
});

async function base(job: Extract<Job, { kind: 'base' }>, context: TrainingContext): Promise<null> {
  const weights = await withTask(job.task, job.testFile, (task, heldOut) =>
    trainBase({ ...job, task, heldOut }, { signal: context.signal, onProgress: progress(context) }),
  );
  await writeNetwork(job.folder, network, weights, { dtype: 'F32' });
  return null;
}

async function arm(job: Extract<Job, { kind: 'arm' }>, context: TrainingContext): Promise<ArmOutcome & { puzzles: number }> {
  const { weights } = await readNetwork(job.base);
  return withTask(job.task, job.testFile, async (task, heldOut) => {
    const outcome = await runArm({ ...job, task, heldOut, base: weights, signal: context.signal, onProgress: progress(context) });
    return { ...outcome, puzzles: heldOut.length };
  });
}

/** Progress as log records: figures of a round where there are any, a sentence otherwise. */
function progress(context: TrainingContext): (at: ArmProgress) => void {
  return ({ phase, update, share, text, metrics }) => {
    const at = { step: update, seconds: process.cpuUsage().user / 1e6 };
    if (metrics) context.report({ kind: 'update', ...at, metrics: { share, ...metrics } });
    else context.report({ kind: 'note', ...at, text: `${phase} ${Math.round(100 * share)}%: ${text}` });
  };
}
