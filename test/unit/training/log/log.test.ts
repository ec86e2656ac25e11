import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LogError, parseLog, readLog, TrainingLog } from '../../../../src/training/log/log';
import type { NewRecord } from '../../../../src/training/log/records';
import { root } from '../../helpers/bundles';

const run: NewRecord = { kind: 'run', version: 1, title: 'test', total: { steps: 9 }, settings: { seed: 3, arms: ['sft'] } };
const update = (step: number, metrics: Record<string, number> = { loss: 1 / step }): NewRecord => ({ kind: 'update', step, seconds: step / 2, metrics }); // prettier-ignore
const evaluation = (step: number): NewRecord => ({ kind: 'evaluation', step, seconds: step / 2, set: 'held out', metrics: { accuracy: 0.5 } }); // prettier-ignore

describe('training log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-test-'));
    file = path.join(folder, 'log.jsonl');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (resumeStep: number, ...records: NewRecord[]): void => {
    const log = TrainingLog.open(file, resumeStep);
    for (const record of records) log.append(record);
    log.close();
  };

  it('gives back what was written, one record a line', () => {
    const records = [run, update(1), evaluation(1), update(2), { kind: 'note', step: 2, seconds: 1, text: 'line\nbreak' }] as const; // prettier-ignore
    write(0, ...records);
    assert.deepEqual(readLog(file), records);
    assert.equal(readFileSync(file, 'utf8').split('\n').length, records.length + 1);
  });

  it('keeps numbers that are none', () => {
    write(0, update(1, { loss: NaN, norm: Infinity, kl: 0 }));
    assert.deepEqual(readLog(file), [update(1, { loss: NaN, norm: NaN, kl: 0 })]);
  });

  it('resumed at step N: later lines are dropped, whatever they are, and the run goes on after them', () => {
    write(0, run, update(1), evaluation(1), update(2), update(3), evaluation(3), { kind: 'note', step: 3, seconds: 1, text: 'x' }); // prettier-ignore
    write(2, update(3, { loss: 7 }));
    assert.deepEqual(readLog(file), [run, update(1), evaluation(1), update(2), update(3, { loss: 7 })]);
    write(9, update(4));
    assert.equal(readLog(file).length, 6);
  });

  it('a new run starts a new log', () => {
    write(0, run, update(1));
    write(0, run);
    assert.deepEqual(readLog(file), [run]);
  });

  it('a torn last line is dropped, by readers and for good when the run is resumed', () => {
    write(0, run, update(1));
    appendFileSync(file, '{"kind":"update","st');
    assert.deepEqual(readLog(file), [run, update(1)]);
    write(1, update(2));
    assert.deepEqual(readLog(file), [run, update(1), update(2)]);
    assert.ok(!existsSync(`${file}.new`));
  });

  it('anything else that is no record is an error that names its line', () => {
    write(0, run);
    for (const line of ['nonsense', '{"kind":"gossip"}', '{"kind":"update","step":1.5,"seconds":0,"metrics":{}}']) {
      assert.throws(() => parseLog(`${JSON.stringify(run)}\n${line}\n`), (e) => e instanceof LogError && e.message.includes('line 2')); // prettier-ignore
    }
    writeFileSync(file, 'nonsense\n');
    assert.throws(() => TrainingLog.open(file, 3), LogError);
    assert.equal(readFileSync(file, 'utf8'), 'nonsense\n');
  });

  it('killed while it writes, leaves whole lines', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'log-child.ts'), file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await exited;
    const records = readLog(file);
    assert.ok(records.length >= 50);
    records.forEach((record, i) => {
      assert.equal(record.kind === 'update' && record.step, i + 1);
    });
  });
});
