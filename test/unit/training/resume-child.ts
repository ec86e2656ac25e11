/**
 * A process that trains the tiny network and may be killed at any moment: `resume-child.ts FOLDER OPTIMISER UPDATES`. Prints a line for each update, and at
 * the end has saved a checkpoint of all of them.
 */
import { resumeRun } from '../../../src/training/run/resume';
import { runTraining } from '../../../src/training/run/run';
import { CountingStream, tinyParameters, tinyRunConfig, tinyTrainer, type OptimiserName } from './run-support';

async function main(): Promise<void> {
  const [folder, name, updates] = process.argv.slice(2);
  const weights = tinyParameters();
  const trainer = await tinyTrainer(weights, name as OptimiserName);
  const stream = new CountingStream(tinyRunConfig, 2);
  const from = await resumeRun({ trainer, stream, weights, folder: folder! });
  for (const problem of from?.passedOver ?? []) console.log(`passed over: ${problem}`);
  console.log(`from ${from?.updates ?? 0}`);
  await runTraining({
    trainer,
    stream,
    weights,
    until: { updates: Number(updates) },
    checkpoints: { folder: folder!, everySeconds: 0.02 },
    ...(from ? { from } : {}),
    onUpdate: (_, at) => {
      console.log(`update ${at.updates}`);
    },
  });
  await trainer.dispose();
}

void main();
