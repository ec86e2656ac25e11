/** A process that starts a training and may be killed: `training-parent.ts FOLDER`. Prints the training's id after its first update. */
import path from 'node:path';
import { startTraining } from '../../../../src/training/process/start';

const training = startTraining(
  path.join(__dirname, 'training-child.ts'),
  { folder: process.argv[2]! },
  {
    nodeArguments: ['--import', 'tsx'],
    onRecord: (record) => {
      if (record.kind === 'update' && record.step === 1) console.log(training.pid);
    },
  },
);
