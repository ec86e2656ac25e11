/** The process that measures one configuration. */
import { serveTraining } from '../../training/process/serve';
import { jobSchema } from './job';
import { measure } from './measure';

serveTraining(async (message, context) => {
  const job = jobSchema.parse(message);
  return measure(job, context.signal, (turn) => {
    context.report({ kind: 'note', step: turn, seconds: process.uptime(), text: `${turn}/${job.turns}` });
  });
});
