/** The process that measures. */
import { serveTraining } from '../../training/process/serve';
import { jobSchema } from './job';
import { measure } from './measure';

serveTraining(async (message, context) => {
  let step = 0;
  return measure(jobSchema.parse(message), context.signal, (text) => {
    context.report({ kind: 'note', step: step++, seconds: process.uptime(), text });
  });
});
