import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { openDisplay } from '../../../../src/training/log/display';
import type { LogRecord } from '../../../../src/training/log/records';
import { bucketMeans, courseOf, isNoisy, movingMean, sparkline } from '../../../../src/training/log/series';
import { clock, secondsLeft, statusBlock } from '../../../../src/training/log/status';

const run: LogRecord = { kind: 'run', version: 1, title: 'Diffu-GRPO', total: { steps: 100 }, settings: {} };
const update = (step: number, metrics: Record<string, number> = { loss: 1 / step, 'reward.solved': 0.5, reward: step / 10, clip_share: 0.123 }): LogRecord => ({ kind: 'update', step, seconds: 3 * step, metrics }); // prettier-ignore
const records = [run, ...Array.from({ length: 20 }, (_, i) => update(i + 1)), { kind: 'evaluation', step: 20, seconds: 60, set: 'held out', metrics: { accuracy: 0.25 } }] as const satisfies LogRecord[]; // prettier-ignore

describe('training display', () => {
  it('sparklines run from the smallest to the largest value, with blanks where there is none', () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20), '▁▂▃▄▅▆▇█');
    assert.equal(sparkline([7, 7, 0, 0], 2), '█▁');
    assert.equal(sparkline([1, NaN, 2], 9), '▁ █');
    assert.equal(sparkline([5, 5], 9), '▄▄');
    assert.equal(sparkline([], 9), '');
  });

  it('means lose nothing, and noise is told from a course', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }), fc.integer({ min: 1, max: 9 }), (values, n) => {
        const one = bucketMeans(values, 1)[0]!;
        assert.ok(Math.abs(one - values.reduce((a, b) => a + b, 0) / values.length) < 1e-9);
        assert.equal(bucketMeans(values, n).length, Math.min(n, values.length));
        assert.deepEqual(bucketMeans(values, values.length + n), values);
      }),
    );
    assert.deepEqual(movingMean([3, 3, 3, 3], 3), [3, 3, 3, 3]);
    assert.deepEqual(movingMean([0, 3, 6, 0], 3), [1.5, 3, 3, 3]);
    assert.ok(isNoisy([0, 1, 0, 1, 0, 1]));
    assert.ok(!isNoisy([0, 1, 2, 3, 2.5]));
  });

  it('the block says where the training stands and shows every metric, the known ones first', () => {
    const block = statusBlock(courseOf(records), 100).split('\n');
    assert.equal(block[0], 'Diffu-GRPO');
    assert.equal(block[1], 'update 20 of 100, 1:00 gone, 4:00 left');
    assert.deepEqual(block.slice(2).map((line) => line.split(/ {2,}(?=[\d▁])/)[0]!.trimEnd()), ['loss', 'reward', '  solved', 'clip share', 'held out: accuracy']); // prettier-ignore
    assert.match(block[3]!, /2\.00 {2}▁.*█$/);
    assert.match(block[5]!, /12\.3%/);
    for (const columns of [20, 50, 79]) assert.ok(statusBlock(courseOf(records), columns).split('\n').every((line) => line.length <= columns)); // prettier-ignore
  });

  it('time left is by the nearer bound', () => {
    const last = { kind: 'update', step: 20, seconds: 60, metrics: {} } as const;
    const left = (total: { steps?: number; seconds?: number }): number | null => secondsLeft({ ...run, total }, last);
    assert.equal(left({ steps: 40 }), 60);
    assert.equal(left({ steps: 40, seconds: 70 }), 10);
    assert.equal(left({ seconds: 30 }), 0);
    assert.equal(left({}), null);
    assert.deepEqual([0, 59.6, 3725].map(clock), ['0:00', '1:00', '1:02:05']);
  });

  const shown = async (tty: boolean, show: readonly LogRecord[]): Promise<string> => {
    const stream = new PassThrough();
    let [text, time] = ['', 0];
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const display = await openDisplay(tty ? Object.assign(stream, { isTTY: true, columns: 90, rows: 40 }) : stream, [], { now: () => time }); // prettier-ignore
    for (const record of show) {
      display.show(record);
      time += 1000;
    }
    display.end();
    return text;
  };

  it('where there is no terminal: plain lines, updates at intervals and the last one, no control characters', async () => {
    const text = await shown(false, records.slice(0, -1));
    assert.equal(stripVTControlCharacters(text), text);
    const lines = text.trimEnd().split('\n');
    assert.deepEqual(lines.map((line) => /^update (\d+)/.exec(line)?.[1] ?? line), ['Diffu-GRPO', '1', '11', '20']); // prettier-ignore
    assert.match(lines[1]!, /loss 1\.00, reward 0\.100, reward\.solved 0\.500, clip_share 12\.3%/);
  });

  it('on a terminal: one block, drawn over again', async () => {
    const text = await shown(true, records);
    assert.ok(text.includes('\x1b['));
    const plain = stripVTControlCharacters(text);
    assert.ok(plain.includes('update 7 of 100'));
    assert.ok(plain.trimEnd().split('\n').at(-1)!.includes('held out: accuracy'));
  });
});
