import assert from 'node:assert/strict';
import { denoise } from '../../../../src/diffusion/sampler';
import { cpuLowering } from '../../../../src/model/lowerings/cpu';
import { StepModel } from '../../../../src/model/step-model';
import { randomWeights } from '../../../../src/model/weights';
import { Random } from '../../../../src/training/random';
import { canvasesAtOnce } from '../../../../src/training/rollout/memory';
import { completionTokens, sampleCompletions, type SampleOptions } from '../../../../src/training/rollout/sample';
import { tinyConfig } from '../support';

const config = tinyConfig({ width: 16, headWidth: 8, vocabulary: 24, maxSequence: 64, maskToken: 22, endToken: 23 });

/** A network whose predictions differ from place to place; `end` is added to the end token's logit, more or less. */
async function modelWith(end: number): Promise<StepModel> {
  const random = randomWeights(config, 5);
  const head = random.head.map((v) => 40 * v);
  const weights = {
    ...random,
    embedding: random.embedding.map((v) => 40 * v),
    head,
    blocks: random.blocks.map((b) => ({ ...b, query: b.query.map((v) => 20 * v), key: b.key.map((v) => 20 * v) })),
  };
  // The final hidden state is normalised, so a row along its usual direction wins or loses everywhere.
  const probe = await StepModel.create(config, weights, { lowering: cpuLowering, exposeHidden: true, threads: 1 });
  const request = { batch: 1, ids: [1, 2, 22, 22, 22], rows: [0, 1, 2, 3, 4], queries: [2, 3, 4] };
  const hidden = (await probe.inspect(request, ['final_norm']))['final_norm']!.data as Float32Array;
  await probe.dispose();
  for (let d = 0; d < config.width; d++) head[config.endToken * config.width + d]! += end * hidden[d]!;
  return StepModel.create(config, weights, { lowering: cpuLowering, threads: 1 });
}

describe('rollouts', () => {
  let model: StepModel;
  let ends: StepModel;
  before(async () => {
    [model, ends] = [await modelWith(0), await modelWith(20)];
  });
  after(async () => {
    await model.dispose();
    await ends.dispose();
  });

  const options = (more: Partial<SampleOptions> = {}): SampleOptions => ({
    prompts: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]], // prettier-ignore
    group: 4,
    completionLength: 12,
    blockLength: 4,
    schedule: { steps: 6 },
    temperature: 1,
    random: Random.seeded(3),
    cache: 'dual',
    ...more,
  });
  const noEnd = { forbidden: [config.endToken] };

  it('have the shapes that the objectives want, the prompts repeated by group', async () => {
    const r = await sampleCompletions(model, options(noEnd));
    assert.deepEqual([r.batch, r.group, r.promptLength, r.completionLength], [12, 4, 5, 12]);
    assert.deepEqual(Array.from(r.prompts.subarray(0, 10)), [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
    assert.deepEqual(Array.from(r.prompts.subarray(55)), [11, 12, 13, 14, 15]);
    assert.equal(r.completions.length, 12 * 12);
    assert.equal(r.hidden, undefined);
    assert.ok(r.counted.every((c) => c === 1));
    assert.ok(r.lengths.every((n) => n === 12));
    assert.ok(r.confidence.every((p) => p > 0 && p <= 1));
    assert.equal(r.forwards, 6);
    assert.notDeepEqual(r.completions.slice(0, 12), r.completions.slice(12, 24));
  });

  it('prompts of different lengths: padding on the left that changes nothing', async () => {
    for (const cache of ['none', 'prefix', 'dual'] as const) {
      const plain = { ...noEnd, temperature: 0, group: 1, cache };
      const prompts = [[1, 2], [6, 7, 8, 9, 10], [3]]; // prettier-ignore
      const together = await sampleCompletions(model, options({ ...plain, prompts }));
      assert.deepEqual(Array.from(together.hidden!.subarray(0, 17)), [1, 1, 1, ...Array<number>(14).fill(0)]);
      for (const [b, prompt] of prompts.entries()) {
        const alone = await sampleCompletions(model, options({ ...plain, prompts: [prompt] }));
        assert.deepEqual(together.completions.slice(b * 12, (b + 1) * 12), alone.completions, `${cache}, prompt ${b}`);
        assert.deepEqual(Array.from(together.prompts.slice(b * 5, (b + 1) * 5)).slice(5 - prompt.length), prompt);
      }
    }
  });

  it('never hold the mask token or a forbidden one, however hot', async () => {
    const forbidden = [0, 1, 2, 3, 4, 5];
    const r = await sampleCompletions(model, options({ temperature: 4, forbidden, group: 20 }));
    assert.ok(r.completions.every((token) => token !== config.maskToken && !forbidden.includes(token)));
    const all = Array.from({ length: config.vocabulary }, (_, i) => i).filter((i) => i !== 7);
    const only = await sampleCompletions(model, options({ temperature: 4, forbidden: all }));
    assert.ok(only.completions.every((token) => token === 7));
  });

  it('are repeatable by the state of the random numbers', async () => {
    const random = Random.seeded(9);
    await sampleCompletions(model, options({ random }));
    const state = random.state;
    const next = await sampleCompletions(model, options({ random }));
    const resumed = await sampleCompletions(model, options({ random: Random.from(state) }));
    assert.deepEqual(resumed.completions, next.completions);
    assert.notDeepEqual((await sampleCompletions(model, options())).completions, next.completions);
  });

  it('stop after the block that holds an end token; what counts is what a whole run gives', async () => {
    const r = await sampleCompletions(ends, options({ temperature: 0, group: 1 }));
    assert.ok(r.lengths.some((n) => n < 5));
    for (let b = 0; b < r.batch; b++) {
      const completion = Array.from(r.completions.slice(b * 12, (b + 1) * 12));
      const first = completion.indexOf(config.endToken);
      const length = first < 0 ? 12 : first + 1;
      assert.equal(r.lengths[b], length);
      assert.deepEqual(
        Array.from(r.counted.slice(b * 12, (b + 1) * 12)),
        completion.map((_, i) => Number(i < length)),
      );
      assert.deepEqual(Array.from(completionTokens(r, b, config.endToken)), completion.slice(0, first < 0 ? 12 : first));
      if (first >= 0) assert.ok(completion.slice(4 * Math.ceil(length / 4)).every((token) => token === config.endToken));
      const tokenBias = new Float32Array(config.vocabulary);
      tokenBias[config.maskToken] = -1e9;
      const whole = await denoise(ends, {
        canvas: Int32Array.from([...Array.from(options().prompts[b]!), ...Array<number>(12).fill(config.maskToken)]),
        batch: 1, region: [5, 17], blockLength: 4, rule: { kind: 'quota', steps: 2 }, cache: 'dual', tokenBias,
      }); // prettier-ignore
      assert.deepEqual(completion.slice(0, length), Array.from(whole.canvas.slice(5, 5 + length)));
    }
    // Every canvas ended in its first block, of two steps.
    assert.equal(r.forwards, 2);
  });

  it('do not depend on how many canvases fit memory, as long as nothing is drawn', async () => {
    const many = options({ ...noEnd, temperature: 0, group: 2 });
    const perCanvas = 1 / canvasesAtOnce(config, 17, 1, 2 ** 20);
    const cut = await sampleCompletions(model, { ...many, memoryMb: 2.5 * perCanvas });
    assert.equal(cut.forwards, 3 * 6);
    assert.deepEqual(cut.completions, (await sampleCompletions(model, many)).completions);
  });

  it('count the tokens that were corrected, sample by sample', async () => {
    const doubting = { ...noEnd, schedule: { steps: 12 }, blockLength: 12, cache: 'none' } as const;
    const r = await sampleCompletions(model, options({ ...doubting, remask: { eta: 0.3 }, group: 8 }));
    assert.ok(r.corrected.some((n) => n > 0));
    assert.ok(new Set(r.corrected).size > 1);
    const sure = await sampleCompletions(model, options({ ...doubting, remask: { eta: 1e9 } }));
    assert.ok(sure.corrected.every((n) => n === 0));
  });

  it('refuse canvases that are too long, and too few steps; stop when aborted', async () => {
    await assert.rejects(sampleCompletions(model, options({ completionLength: 400 })), /takes up to 128/);
    await assert.rejects(sampleCompletions(model, options({ schedule: { steps: 2 } })), /too few/);
    const reason = new Error('enough');
    await assert.rejects(sampleCompletions(model, options(), AbortSignal.abort(reason)), (e) => e === reason);
  });
});
