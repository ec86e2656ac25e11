import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { runtime, type Ort } from '../../../../src/model/runtime';
import { serialize } from '../../../../src/onnx/serialize';
import { Frame } from '../../../../src/training/accelerator/frames';
import { listwiseLoss } from '../../../../src/training/accelerator/listwise-loss';
import { planOfUpdate, type Plan } from '../../../../src/training/accelerator/plan';
import { stateOf } from '../../../../src/training/accelerator/run';
import { buildUpdateGraph, newPrefix } from '../../../../src/training/accelerator/update-graph';
import { readLog } from '../../../../src/training/log/log';
import type { Parameter } from '../../../../src/training/parameters';
import { root } from '../../helpers/bundles';
import { livelyParameters, smallBatch, tinyConfig } from '../support';
import { python, requireTorch } from './support';

const run = promisify(execFile);

describe('updates on an accelerator', function () {
  this.timeout(120_000);
  before(requireTorch);

  it('change the weights as the runtime does', async () => {
    const c = tinyConfig({ tied: true });
    const sizes = { batch: 3, length: 4, rows: 12, ranking: { texts: 1, candidates: 4, terms: 12 } };
    const update = buildUpdateGraph(c, { ...sizes, clip: 0.5, weightDecay: 0.1, loss: listwiseLoss(sizes.ranking) });
    const parameters = livelyParameters(c);
    const { plan, constants } = planOfUpdate(update);
    const frame = new Frame(sizes, c.endToken);
    assert.ok(frame.add({ ...smallBatch, visible: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1) }));
    const candidates = [[{ at: 1, label: 4 }], [{ at: 0, label: 3 }, { at: 2, label: 5 }], []].map((corrections, i) => ({ corrections, prior: i })); // prettier-ignore
    assert.ok(frame.addRanking({ tokens: [6, 7, 8], candidates, right: 1 }, { factor: 0.5, weight: 0.75 }));
    assert.ok(!frame.add(smallBatch));
    const folder = await mkdtemp(path.join(tmpdir(), 'unmask-accelerator-'));
    try {
      const at = (name: string): string => path.join(folder, name);
      await mkdir(at('frames'));
      await writeFile(at('state.bin'), stateOf(plan, parameters));
      await writeFile(at('plan.json'), JSON.stringify(plan));
      await writeFile(at('plan.bin'), constants);
      await writeFile(at('frames/1.frame'), frame.bytes(plan.frame));
      await run(python, [path.join(root, 'scripts/accelerate.py'), '--state', at('state.bin'), '--out', folder, '--peak', '0.03', '--warm-up', '1', '--level', '1', '--updates', '2', `${at('plan')}:${at('frames')}:1`]); // prettier-ignore
      const bytes = await readFile(at('stage0.bin'));
      const found = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      const { weights: expected, scalars } = await byRuntime(serialize(update.graph), plan, frame, parameters);
      const logged = readLog(at('log.jsonl')).flatMap((r) => (r.kind === 'update' ? [r.metrics] : []));
      assert.equal(logged.length, 2);
      for (const name of plan.scalars) assert.ok(Math.abs(logged[1]![name]! - scalars[name]!) < 1e-4, name);
      assert.equal(found.length, expected.length);
      expected.forEach((v, i) => {
        assert.ok(Math.abs(found[i]! - v) < 2e-4 * Math.max(1, Math.abs(v)), `weight ${i}: ${found[i]!}, not ${v}`);
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** The weights after two updates, and what the second says of itself. */
async function byRuntime(
  graph: Uint8Array,
  plan: Plan,
  frame: Frame,
  parameters: readonly Parameter[],
): Promise<{ weights: Float32Array; scalars: Record<string, number> }> {
  const { InferenceSession, Tensor } = await runtime();
  const session = await InferenceSession.create(graph, { executionProviders: ['cpu'], intraOpNumThreads: 1 });
  try {
    const fed: Record<string, Ort.Tensor> = {};
    for (const { name, shape } of plan.kept) {
      const weights = parameters.find((p) => p.name === name)?.data;
      fed[name] = new Tensor('float32', weights ?? new Float32Array(shape.reduce((a, b) => a * b, 1)), [...shape]);
    }
    for (const { name, shape } of plan.frame.parts) {
      const values = frame.values[name];
      if (values instanceof Int32Array) fed[name] = new Tensor('int64', BigInt64Array.from(values, BigInt), [...shape]);
      else if (values) fed[name] = new Tensor('float32', values, [...shape]);
    }
    let results: Ort.InferenceSession.OnnxValueMapType = {};
    for (const update of [1, 2]) {
      const schedule = {
        learning_rate: 0.03,
        first_correction: 1 / (1 - 0.9 ** update),
        second_correction: 1 / Math.sqrt(1 - 0.95 ** update),
      };
      for (const [name, value] of Object.entries(schedule)) fed[name] = new Tensor('float32', Float32Array.of(value), []);
      results = await session.run(fed);
      for (const { name } of plan.kept) fed[name] = results[newPrefix + name]!;
    }
    const after = plan.kept.slice(0, plan.weights).flatMap(({ name }) => Array.from(fed[name]!.data as Float32Array));
    return {
      weights: Float32Array.from(after),
      scalars: Object.fromEntries(plan.scalars.map((n) => [n, Number(results[n]!.data[0])])),
    };
  } finally {
    await session.release();
  }
}
