import assert from 'node:assert/strict';
import path from 'node:path';
import type { CodeModel, InfillRequest } from '../../../src/diffusion/code-model';
import { loadCodeModel, type LoadedCodeModel } from '../../../src/diffusion/load';
import { frameAt, lastFrame, textOf } from '../../../src/editor/denoising/replay';
import { recording } from '../../../src/engine/recording';
import { denoisingRecord, type DenoisingRecord } from '../../../src/protocol/denoising-record';
import { root } from '../helpers/bundles';
import { openGate } from '../../../src/diffusion/run-gate';

describe('recording of infills', function () {
  this.timeout(60_000);
  let loaded: LoadedCodeModel;
  let model: CodeModel;

  before(async () => {
    const dir = path.join(root, 'model-assets', 'unmask-tiny');
    loaded = await loadCodeModel({ dir, device: 'cpu', threads: 1, gate: openGate });
    model = loaded.model;
  });
  after(() => loaded.dispose());

  const gaps: readonly InfillRequest[] = [
    {
      prefix: 'function sum(values) {\n  let total = 0;\n  for (const value of values) total += ',
      suffix: ';\n  return total;\n}\n',
    },
    { prefix: 'function first(list) {\n', suffix: '\n}\n', maxTokens: 12 },
    { prefix: 'const zebra = quagga(', suffix: ');\n', lengths: [6] },
  ];

  it('ends at the very text and certainty that the infill answers, and changes nothing of it', async () => {
    for (const gap of gaps) {
      const records: DenoisingRecord[] = [];
      const [result] = await recording(model, { onRecord: (record) => records.push(record) }).infill(gap);
      assert.deepEqual([result], await model.infill(gap));
      assert(result);
      const [record, ...others] = records;
      assert(record);
      assert.deepEqual(others, []);
      denoisingRecord.parse(record);
      const { range } = record.steps[0]!;
      const last = frameAt(record, lastFrame(record));
      assert.equal(gap.prefix.slice(0, range.start) + textOf(last, '?') + gap.suffix, gap.prefix + result.text + gap.suffix);
      assert((gap.prefix.slice(0, range.start) + gap.suffix).includes(record.before + record.after), 'and stands in its context');
      const meanLogp = last.cells.reduce((sum, { confidence }) => sum + Math.log(confidence!), 0) / last.cells.length;
      assert(
        Math.abs(meanLogp - result.meanLogp) < 1e-5,
        `${meanLogp} is the mean of what is shown, ${result.meanLogp} the answer's`,
      );
      assert.equal(lastFrame(record), result.steps, 'a frame for each step, after the one that is all masks');
    }
  });

  it('begins all masked, and each step leaves fewer masks', async () => {
    const records: DenoisingRecord[] = [];
    await recording(model, { onRecord: (record) => records.push(record) }).infill(gaps[0]!);
    const [record] = records;
    assert(record);
    const masks = record.steps.map((_, k) => frameAt(record, k).masked);
    assert.equal(masks[0], record.steps[0]!.cells.length);
    assert.equal(masks.at(-1), 0);
    assert(
      masks.every((count, i) => i === 0 || count < masks[i - 1]!),
      masks.join(', '),
    );
  });

  it('passes over infills that come too soon after one that was kept', async () => {
    let now = 0;
    const records: DenoisingRecord[] = [];
    const watched = recording(model, { onRecord: (record) => records.push(record), pauseMs: 500, now: () => now });
    for (now of [0, 100, 499, 500, 600]) await watched.infill(gaps[2]!);
    assert.equal(records.length, 2);
    assert.notEqual(records[0]!.steps[0]!.canvas, records[1]!.steps[0]!.canvas);
  });

  it('keeps nothing of an infill that is called off', async () => {
    const records: DenoisingRecord[] = [];
    const controller = new AbortController();
    controller.abort(new Error('typed on'));
    const asked = recording(model, { onRecord: (record) => records.push(record) }).infill(gaps[0]!, {
      signal: controller.signal,
    });
    await assert.rejects(asked, /typed on/);
    assert.deepEqual(records, []);
  });
});
