/** The process that tunes: one job. */
import { serveTraining } from '../process/serve';
import { tuneJob } from './job';
import { tune } from './run';

serveTraining(async (message, context) => ({ ...(await tune(tuneJob.parse(message), context)) }));
