/** The process that pre-trains: one job. */
import { serveTraining } from '../process/serve';
import { jobSchema } from './job';
import { pretrain } from './run';

serveTraining(async (message, context) => ({ ...(await pretrain(jobSchema.parse(message), context)) }));
