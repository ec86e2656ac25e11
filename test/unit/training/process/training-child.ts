/** A training process of the tiny network, for tests of starting and ending one. */
import * as z from 'zod';
import { serveTraining } from '../../../../src/training/process/serve';
import { runTraining } from '../../../../src/training/run/run';
import { CountingStream, tinyParameters, tinyRunConfig, tinyTrainer } from '../run-support';

const jobs = z.object({
  folder: z.string(),
  updates: z.number().optional(),
  /** What goes wrong. */
  fault: z.enum(['throws', 'dies', 'deaf', 'unknown report']).optional(),
});

serveTraining(async (given, context) => {
  const job = jobs.parse(given);
  if (job.fault === 'throws') throw new Error('no such data');
  if (job.fault === 'dies') process.abort();
  if (job.fault === 'unknown report') process.send!({ kind: 'gossip' });
  context.report({ kind: 'run', version: 1, title: 'counting', total: { steps: job.updates } });
  if (job.fault === 'deaf') {
    context.report({ kind: 'note', step: 0, seconds: 0, text: 'deaf' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (;;); // hears no order
  }
  const weights = tinyParameters();
  const outcome = await runTraining({
    trainer: await tinyTrainer(weights, 'AdamW'),
    stream: new CountingStream(tinyRunConfig, 2),
    weights,
    until: job.updates === undefined ? {} : { updates: job.updates },
    checkpoints: { folder: job.folder, everySeconds: 3600 },
    signal: context.signal,
    onUpdate: async (o, at) => {
      console.log(`update ${at.updates}`);
      context.report({ kind: 'update', step: at.updates, seconds: at.seconds, metrics: { loss: o.loss } });
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  });
  return { updates: outcome.updates };
});
