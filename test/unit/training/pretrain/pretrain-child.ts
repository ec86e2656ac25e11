/** A pre-training that may be killed at any moment: `pretrain-child.ts JOB`, the job as JSON. Prints a line for each update. */
import { jobSchema } from '../../../../src/training/pretrain/job';
import { pretrain } from '../../../../src/training/pretrain/run';

const job = jobSchema.parse(JSON.parse(process.argv[2]!));
pretrain(job, {
  signal: new AbortController().signal,
  report: (record) => {
    if (record.kind === 'update') console.log(`update ${record.step}`);
  },
}).then(
  ({ updates, finished }) => {
    console.log(`${finished ? 'finished' : 'stopped'} ${updates}`);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
