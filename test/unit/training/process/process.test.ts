import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAlive } from '../../../../src/protocol/process-tree';
import { checkpointFiles, loadCheckpoint } from '../../../../src/training/checkpoint';
import type { LogRecord } from '../../../../src/training/log/records';
import { startTraining, type RunningTraining, type TrainingOptions } from '../../../../src/training/process/start';
import { root } from '../../helpers/bundles';
import { until, untilGone } from '../../helpers/processes';
import { tinyParameters } from '../run-support';

describe('training process', function () {
  this.timeout(120_000);
  let folder: string;
  const records: LogRecord[] = [];
  const started: RunningTraining[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-test-'));
    records.length = 0;
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((training) => training.cancel(0)));
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (job: Record<string, string | number> = {}, options: TrainingOptions = {}): RunningTraining => {
    const training = startTraining(
      path.join(__dirname, 'training-child.ts'),
      { folder, ...job },
      { nodeArguments: ['--import', 'tsx'], onRecord: (record) => records.push(record), ...options },
    );
    started.push(training);
    return training;
  };
  const updates = (): number => records.filter((r) => r.kind === 'update').length;
  const savedUpdates = async (): Promise<number | undefined> =>
    (await loadCheckpoint(folder, { weights: tinyParameters() }))?.state.trainer.updates;

  it('tells of each update, gives its result, and is gone', async () => {
    const lines: string[] = [];
    const training = start({ updates: 3 }, { onOutput: (line) => lines.push(line) });
    assert.deepEqual(await training.ended, { kind: 'finished', result: { updates: 3 } });
    assert.ok(!isAlive(training.pid));
    assert.deepEqual(records.map((r) => (r.kind === 'update' ? r.step : r.kind)), ['run', 1, 2, 3]); // prettier-ignore
    assert.ok(records.every((r) => r.kind !== 'update' || r.metrics['loss']! > 0));
    assert.deepEqual(lines.filter((line) => line.startsWith('update')), ['update 1', 'update 2', 'update 3']); // prettier-ignore
  });

  it('runs at the lowest priority', async () => {
    const training = start();
    await until('the first update', () => updates() > 0);
    assert.equal(os.getPriority(training.pid), os.constants.priority.PRIORITY_LOW);
    await training.cancel();
  });

  it('cancelled: leaves a checkpoint of its last update, and no process', async () => {
    const training = start();
    await until('some updates', () => updates() >= 3);
    assert.deepEqual(await checkpointFiles(folder), []);
    const end = await training.cancel();
    assert.equal(end.kind, 'cancelled');
    assert.ok(!isAlive(training.pid));
    assert.deepEqual(end.result, { updates: await savedUpdates() });
    assert.ok(updates() >= 3);
  });

  it('ends with a checkpoint when its parent is killed', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'training-parent.ts'), folder], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    await until('the first update', () => told.includes('\n'), 60_000);
    const pid = Number(told);
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    await untilGone(pid);
    assert.ok((await savedUpdates())! >= 1);
  });

  it('is killed when it does not end in time', async () => {
    const training = start({ fault: 'deaf' });
    await until('it is deaf', () => records.some((r) => r.kind === 'note'));
    const end = await training.cancel(500);
    assert.equal(end.kind, 'failed');
    assert.match(end.message, /SIGKILL/);
    await untilGone(training.pid);
  });

  it('a failure is told in words, whether it is thrown or the process dies', async () => {
    assert.deepEqual(await start({ fault: 'throws' }).ended, { kind: 'failed', message: 'no such data' });
    const dead = await start({ fault: 'dies' }).ended;
    assert.equal(dead.kind, 'failed');
    const refused = await start({ updates: 'many' }).ended;
    assert.match(refused.kind === 'failed' ? refused.message : '', /updates/);
  });

  it('reports that are none of the known ones are refused', async () => {
    const end = await start({ fault: 'unknown report', updates: 1 }).ended;
    assert.match(end.kind === 'failed' ? end.message : '', /unknown/);
  });
});
