import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readNetwork } from '../../../src/model/network';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { StepModel, type StepRequest } from '../../../src/model/step-model';
import { goldenFolder } from '../helpers/golden';

interface GoldenCase {
  name: string;
  input_ids: number[][];
  attention_mask: number[][] | null;
  logits: number[];
  hidden_states?: Record<string, unknown>;
}

/** The goldens' own tolerance: their noise is 7e-6, the smallest wrong variant shows from 2.3e-4 (test/golden/README.md). */
const tolerance = 5e-5;

async function golden(name: string): Promise<{ cases: GoldenCase[]; folder: string }> {
  const folder = path.join(goldenFolder, name);
  return {
    folder,
    cases: (JSON.parse(await readFile(path.join(folder, 'golden.json'), 'utf8')) as { cases: GoldenCase[] }).cases,
  };
}

function requestOf(c: GoldenCase): StepRequest {
  const batch = c.input_ids.length;
  const length = c.input_ids[0]!.length;
  const mask = c.attention_mask && Uint8Array.from(c.attention_mask.flat(), (m) => 1 - m);
  return {
    batch,
    ids: c.input_ids.flat(),
    rows: Array.from({ length }, (_, i) => i),
    hidden: mask ? { mask, length } : undefined,
    queries: Array.from({ length: batch * length }, (_, i) => i),
    want: { logits: true },
  };
}

describe('parity with the reference LLaDA', () => {
  for (const name of ['llada', 'llada-tied-gqa', 'llada-bf16', 'llada-sharded']) {
    for (const segments of [1, 2]) {
      it(`${name}: logits of every case within ${tolerance}, ${segments} segment(s)`, async () => {
        const { cases, folder } = await golden(name);
        const { config, weights } = await readNetwork(folder);
        const model = await StepModel.create(config, weights, { lowering: cpuLowering, segments });
        try {
          assert.ok(cases.length >= 4);
          for (const c of cases) {
            const { logits } = await model.step(requestOf(c));
            const length = c.input_ids[0]!.length;
            let worst = 0;
            for (let row = 0; row < c.input_ids.length * length; row++) {
              if (c.attention_mask?.[Math.floor(row / length)]?.[row % length] === 0) continue;
              for (let t = 0; t < config.vocabulary; t++) {
                worst = Math.max(worst, Math.abs(logits![row * config.vocabulary + t]! - c.logits[row * config.vocabulary + t]!));
              }
            }
            assert.ok(worst <= tolerance, `${c.name}: worst difference ${worst}`);
          }
        } finally {
          await model.dispose();
        }
      });
    }
  }

  for (const segments of [1, 2]) {
    it(`hidden states after the embedding, each block and the last norm, ${segments} segment(s)`, async () => {
      let compared = 0;
      for (const name of ['llada', 'llada-tied-gqa', 'llada-bf16', 'llada-sharded']) {
        const { cases, folder } = await golden(name);
        const { config, weights } = await readNetwork(folder);
        const model = await StepModel.create(config, weights, { lowering: cpuLowering, segments, exposeHidden: true });
        try {
          const c = cases[0]!;
          const { names, ...states } = c.hidden_states as { names: string[] } & Record<string, unknown>;
          const found = await model.inspect(requestOf(c), names);
          for (const state of names) {
            const expected = states[state] as number[];
            const actual = found[state]!.data as Float32Array;
            assert.equal(actual.length, expected.length, state);
            const worst = expected.reduce((most, v, i) => Math.max(most, Math.abs(v - actual[i]!)), 0);
            assert.ok(worst <= tolerance, `${name} ${state}: worst difference ${worst}`);
            compared++;
          }
        } finally {
          await model.dispose();
        }
      }
      assert.equal(compared, 4 * 4);
    });
  }
});
