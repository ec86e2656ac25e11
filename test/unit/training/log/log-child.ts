/** Writes a log until it is killed: `log-child.ts FILE`. Says so after the fiftieth line. */
import { TrainingLog } from '../../../../src/training/log/log';

const log = TrainingLog.open(process.argv[2]!, 0);
for (let step = 1; ; step++) {
  log.append({ kind: 'update', step, seconds: step, metrics: { loss: 1, reward: 2 } });
  if (step === 50) process.stdout.write('ready');
}
