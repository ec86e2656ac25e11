import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { denoise, type DenoiseStep } from '../../../src/diffusion/sampler';
import type { UnmaskRule } from '../../../src/diffusion/unmask-rules';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { readNetwork } from '../../../src/model/network';
import { StepModel } from '../../../src/model/step-model';
import { goldenFolder } from '../helpers/golden';

interface Trace {
  name: string;
  args: { gen_length: number; block_length: number; steps: number; threshold?: number; factor?: number; cfg_scale?: number };
  prompt: number[][];
  attention_mask_of_prompt?: number[][];
  nfe: number;
  canvas: number[][] | number[][][];
  steps: {
    forward: { kind: string; start: number; length: number };
    rows: { candidates: number[]; token: number[]; confidence: number[]; taken: number[] }[];
  }[];
}

const folder = path.join(goldenFolder, 'llada-sampler');

function ruleOf({ args }: Trace): UnmaskRule {
  if (args.threshold !== undefined) return { kind: 'threshold', threshold: args.threshold };
  if (args.factor !== undefined) return { kind: 'factor', factor: args.factor };
  return { kind: 'quota', steps: args.steps / (args.gen_length / args.block_length) };
}

describe('sampler traces of LLaDA and Fast-dLLM', () => {
  let model: StepModel;
  let traces: Trace[];
  before(async () => {
    const { config, weights } = await readNetwork(folder);
    model = await StepModel.create(config, weights, { lowering: cpuLowering });
    traces = (JSON.parse(await readFile(path.join(folder, 'golden.json'), 'utf8')) as { traces: Trace[] }).traces;
  });
  after(() => model.dispose());

  it('agree canvas by canvas, forward by forward, confidence by confidence', async () => {
    assert.equal(traces.length, 15);
    for (const t of traces) {
      const batch = t.prompt.length;
      const start = t.prompt[0]!.length;
      const length = start + t.args.gen_length;
      const canvas = Int32Array.from(
        t.prompt.flatMap((p) => [...p, ...Array<number>(t.args.gen_length).fill(model.config.maskToken)]),
      );
      const steps: DenoiseStep[] = [];
      const padding =
        t.attention_mask_of_prompt &&
        Uint8Array.from(
          t.attention_mask_of_prompt.flatMap((m) => [...m.map((v) => 1 - v), ...Array<number>(t.args.gen_length).fill(0)]),
        );
      const result = await denoise(model, {
        canvas,
        batch,
        region: [start, length],
        blockLength: t.args.block_length,
        rule: ruleOf(t),
        cache: t.name.includes('prefix') ? 'prefix' : t.name.includes('dual') ? 'dual' : 'none',
        ...(t.args.cfg_scale ? { guidance: t.args.cfg_scale } : {}),
        ...(padding ? { padding } : {}),
        onStep: (s) => steps.push(s),
      });
      assert.equal(result.forwards, t.nfe, `${t.name}: number of forwards`);
      t.steps.forEach((expected, i) => {
        const actual = steps[i]!;
        assert.deepEqual(
          [actual.forward.start, actual.forward.length],
          [expected.forward.start, expected.forward.length],
          `${t.name}: rows of forward ${i}`,
        );
        expected.rows.forEach((row, b) => {
          const got = actual.rows[b]!;
          assert.deepEqual(got.candidates.map((c) => c.position), row.candidates, `${t.name}: candidates of step ${i}`); // prettier-ignore
          assert.deepEqual(got.candidates.map((c) => c.token), row.token, `${t.name}: tokens of step ${i}`); // prettier-ignore
          assert.deepEqual(got.committed.map((c) => c.position).sort((a, z) => a - z), [...row.taken].sort((a, z) => a - z), `${t.name}: taken in step ${i}`); // prettier-ignore
          got.candidates.forEach((c, k) => { assert.ok(Math.abs(c.confidence - row.confidence[k]!) <= 2e-5, `${t.name}: confidence in step ${i}`); }); // prettier-ignore
        });
        assert.deepEqual(Array.from(actual.canvas), t.canvas[i + 1]!.flat(), `${t.name}: canvas after step ${i}`);
      });
      assert.deepEqual(Array.from(result.canvas), t.canvas[t.nfe]!.flat(), `${t.name}: final canvas`);
    }
  });
});
