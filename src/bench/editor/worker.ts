/** The process that measures decoding. */
import { serveTraining } from '../../training/process/serve';
import { measureDecoding } from './decoding';
import { jobSchema } from './job';

serveTraining(async (message, context) => {
  const job = jobSchema.parse(message);
  return measureDecoding(job, context.signal, (cursor) => {
    context.report({ kind: 'note', step: cursor, seconds: process.uptime(), text: `${cursor}/${job.cursors}` });
  });
});
