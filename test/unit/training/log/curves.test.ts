import assert from 'node:assert/strict';
import { drawCurves } from '../../../../src/training/log/curves';
import { panelsOf } from '../../../../src/training/log/panels';
import type { LogRecord } from '../../../../src/training/log/records';

const update = (step: number, metrics: Record<string, number>): LogRecord => ({
  kind: 'update',
  step,
  seconds: 30 * step,
  metrics,
});
const evaluation = (step: number, set: string, accuracy: number): LogRecord => ({ kind: 'evaluation', step, seconds: 30 * step, set, metrics: { accuracy } }); // prettier-ignore
const records = [
  update(1, { kl: 0, reward: 0.25, 'reward.solved': 0 }),
  update(2, { kl: NaN, reward: 0.5, 'reward.solved': 0.125 }),
  evaluation(2, '32 tokens', 0.5),
  evaluation(2, '64 tokens', 0.75),
];

describe('training curves', () => {
  it('of one run: a panel for each metric, parts with their reward, held-out sets side by side', () => {
    const panels = panelsOf([{ name: 'run', records }], 'updates');
    assert.deepEqual(panels.map((p) => [p.title, ...p.lines.map((l) => l.name)]), [
      ['accuracy (held out)', '32 tokens', '64 tokens'],
      ['reward', 'reward', 'solved'],
      ['KL to the reference (nats)', 'KL to the reference (nats)'],
    ]); // prettier-ignore
    assert.deepEqual(panels[1]!.lines[1]!.points, [[1, 0], [2, 0.125]]); // prettier-ignore
    assert.deepEqual(panels[2]!.lines[0]!.points, [[1, 0]]);
  });

  it('of several runs: a line for each, by minutes if asked', () => {
    const panels = panelsOf([{ name: 'a', records }, { name: 'b', records: [update(4, { reward: 1 })] }], 'minutes'); // prettier-ignore
    assert.deepEqual(panels.map((p) => [p.title, ...p.lines.map((l) => l.name)]), [
      ['32 tokens: accuracy (held out)', 'a'],
      ['64 tokens: accuracy (held out)', 'a'],
      ['reward', 'a', 'b'],
      ['solved', 'a'],
      ['KL to the reference (nats)', 'a'],
    ]); // prettier-ignore
    assert.deepEqual(panels[2]!.lines[1]!.points, [[2, 1]]);
  });

  it('noise is drawn as its mean, a course as it is; long ones are thinned out', () => {
    const long = Array.from({ length: 1000 }, (_, i) => update(i + 1, { loss: 5 + (i % 2), learning_rate: i / 1000 }));
    const [loss, rate] = panelsOf([{ name: 'run', records: long }], 'updates').map((p) => p.lines[0]!);
    assert.equal(loss!.raw!.length, 400);
    assert.ok(loss!.points.every(([, y]) => Math.abs(y - 5.5) < 0.05));
    assert.equal(rate!.raw, undefined);
    assert.equal(rate!.points.length, 400);
    assert.ok(rate!.points.every(([x, y]) => Math.abs((x - 1) / 1000 - y) < 1e-9));
  });

  it('are an SVG that stands by itself, with titles, legends and every line', async function () {
    this.timeout(60_000);
    const svg = await drawCurves({ title: 'A <small> training', runs: [{ name: 'run', records }] });
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    for (const text of ['A &lt;small&gt; training', 'accuracy (held out)', '32 tokens', 'reward', 'solved', 'update']) assert.ok(svg.includes(`>${text}</text>`), text); // prettier-ignore
    for (const colour of ['#0072B2', '#D55E00']) assert.ok(svg.toUpperCase().includes(colour), colour);
    assert.ok(!/<script|href=/.test(svg));
    assert.ok(svg.includes('stroke-dasharray'));
    assert.ok(!svg.includes('NaN'));
  });

  it('of nothing are an error', async () => {
    await assert.rejects(drawCurves({ title: '', runs: [{ name: 'run', records: [] }] }), /nothing to draw/);
  });
});
