import assert from 'node:assert/strict';
import { recordsOf } from '../../../src/editor/edit/record';
import type { DenoisingStep } from '../../../src/protocol/denoising';
import { denoisingRecord } from '../../../src/protocol/denoising-record';

const step = (canvas: number, number: number, start: number): DenoisingStep => ({
  canvas,
  range: { start, end: start + 2 },
  step: number,
  cells: [{ text: 'x', state: 'unmasked', confidence: 0.5 }],
  stepsSoFar: number + 1,
  tokensPerSecond: null,
  device: 'cpu',
});

describe('records of an edit', () => {
  it('hold every step once, by canvas and in order, with the text around it', () => {
    const text = `${'a'.repeat(1000)}XY${'b'.repeat(1000)}`;
    const seen = [step(0, 0, 1000), step(0, 1, 1000), step(1, 0, 3), step(1, 1, 3), step(1, 2, 3)].map((s, i) => ({
      step: s,
      at: 10 * (i + 1),
    }));
    const records = recordsOf(seen, text).map((record) => denoisingRecord.parse(record));
    assert.deepEqual(records.map((r) => r.steps), [seen.slice(0, 2).map((s) => s.step), seen.slice(2).map((s) => s.step)]); // prettier-ignore
    assert.deepEqual(records.map((r) => r.milliseconds), [20, 30]); // prettier-ignore
    assert.equal(records[0]!.before, 'a'.repeat(400));
    assert.equal(records[0]!.after, 'b'.repeat(400));
    assert.equal(records[1]!.before, 'aaa');
    assert.deepEqual(recordsOf([], text), []);
  });
});
