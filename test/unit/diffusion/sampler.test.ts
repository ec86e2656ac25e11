import assert from 'node:assert/strict';
import path from 'node:path';
import { denoise, type DenoiseOptions, type DenoiseStep } from '../../../src/diffusion/sampler';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { readNetwork } from '../../../src/model/network';
import { StepModel } from '../../../src/model/step-model';
import { mulberry32 } from '../../../src/model/weights';
import { goldenFolder } from '../helpers/golden';

describe('sampler', () => {
  let model: StepModel;
  before(async () => {
    const { config, weights } = await readNetwork(path.join(goldenFolder, 'llada-sampler'));
    model = await StepModel.create(config, weights, { lowering: cpuLowering });
  });
  after(() => model.dispose());

  /** Prefix 6, gap `gap`, suffix 5. */
  const options = (gap: number, more: Partial<DenoiseOptions> = {}): DenoiseOptions => {
    const mask = model.config.maskToken;
    const one = [250, 285, 80, 214, 49, 50, ...Array<number>(gap).fill(mask), 274, 126, 153, 167, 9];
    const batch = more.batch ?? 1;
    return {
      canvas: Int32Array.from({ length: one.length * batch }, (_, i) => one[i % one.length]!),
      batch,
      region: [6, 6 + gap],
      blockLength: gap,
      rule: { kind: 'quota', steps: gap },
      cache: 'none',
      ...more,
    };
  };
  const fill = async (o: DenoiseOptions): Promise<number[]> => Array.from((await denoise(model, o)).canvas);

  it('leaves everything outside the region as it was and no mask inside, by every rule and cache', async () => {
    for (const rule of [
      { kind: 'quota', steps: 3 },
      { kind: 'threshold', threshold: 0.5 },
      { kind: 'factor', factor: 1 },
      { kind: 'entropy', gamma: 0.5 },
    ] as const) {
      for (const cache of ['none', 'prefix', 'dual'] as const) {
        const o = options(8, { rule, cache, batch: 2 });
        const canvas = await fill(o);
        canvas.forEach((token, i) => {
          const position = i % 19;
          if (position >= 6 && position < 14) assert.notEqual(token, model.config.maskToken);
          else assert.equal(token, o.canvas[i]);
        });
      }
    }
  });

  it('one-step runs do not depend on the cache: nothing was cached that could be stale', async () => {
    const one = { rule: { kind: 'quota', steps: 1 } } as const;
    const plain = await fill(options(8, one));
    assert.deepEqual(await fill(options(8, { ...one, cache: 'prefix' })), plain);
    assert.deepEqual(await fill(options(8, { ...one, cache: 'dual' })), plain);
  });

  it('a prefix cache over nothing equals no cache', async () => {
    // Region at position 0: no column comes from the cache, so every step recomputes all rows.
    const bare = (cache: 'none' | 'prefix'): DenoiseOptions => ({
      ...options(8),
      canvas: options(8).canvas.slice(6),
      region: [0, 8],
      cache,
    });
    assert.deepEqual(await fill(bare('prefix')), await fill(bare('none')));
  });

  it('a dual cache over a region that is the whole canvas equals no cache', async () => {
    const whole = (cache: 'none' | 'dual'): DenoiseOptions => ({
      ...options(8),
      canvas: options(8).canvas.slice(6, 14),
      region: [0, 8],
      cache,
    });
    assert.deepEqual(await fill(whole('dual')), await fill(whole('none')));
  });

  it('a batch of equal canvases without temperature gives equal results, the same as one alone', async () => {
    for (const cache of ['none', 'dual'] as const) {
      const alone = await fill(options(6, { cache }));
      const many = await fill(options(6, { cache, batch: 3 }));
      assert.deepEqual(many, [...alone, ...alone, ...alone]);
    }
  });

  it('is repeatable by seed and varies with it', async () => {
    const drawn = (seed: number): Promise<number[]> =>
      fill(options(8, { temperature: 1, random: mulberry32(seed), cache: 'dual', batch: 4 }));
    assert.deepEqual(await drawn(7), await drawn(7));
    assert.notDeepEqual(await drawn(7), await drawn(8));
  });

  it('refreshing changed rows only: the first two steps are those of a full block, and every forward is no wider', async () => {
    const trace = async (refresh: 'block' | 'changed'): Promise<DenoiseStep[]> => {
      const steps: DenoiseStep[] = [];
      await denoise(
        model,
        options(12, { cache: 'dual', refresh, rule: { kind: 'quota', steps: 6 }, onStep: (s) => steps.push(s) }),
      );
      return steps;
    };
    const [block, changed] = [await trace('block'), await trace('changed')];
    assert.deepEqual(changed[0]!.canvas, block[0]!.canvas);
    assert.deepEqual(changed[1]!.canvas, block[1]!.canvas);
    assert.equal(changed.length, block.length);
    assert.deepEqual(changed.map((s) => s.forward.length), [23, 12, 10, 8, 6, 4]); // prettier-ignore
  });

  it('refreshing once: one full forward for all blocks, and then only what is masked or was just written', async () => {
    const steps: DenoiseStep[] = [];
    const result = await denoise(model, options(12, { cache: 'dual', refresh: 'once', blockLength: 4, rule: { kind: 'quota', steps: 2 }, onStep: (s) => steps.push(s) })); // prettier-ignore
    assert.deepEqual(steps.map((s) => s.forward.length), [23, 4, 6, 4, 6, 4]); // prettier-ignore
    assert.ok(!result.canvas.includes(model.config.maskToken));
  });

  it('remasking (P2): gives back what it doubts, still ends, and leaves no mask', async () => {
    const steps: DenoiseStep[] = [];
    const result = await denoise(
      model,
      options(12, { rule: { kind: 'quota', steps: 6 }, remask: { eta: 0.2 }, onStep: (s) => steps.push(s) }),
    );
    assert.ok(
      steps.some((s) => s.rows[0]!.remasked.length > 0),
      'something was remasked',
    );
    assert.ok(!result.canvas.includes(model.config.maskToken));
    // An eta that never doubts is the plain sampler.
    const sure = await fill(options(12, { rule: { kind: 'quota', steps: 6 }, remask: { eta: 1e9 } }));
    assert.deepEqual(sure, await fill(options(12, { rule: { kind: 'quota', steps: 6 } })));
  });

  it('never commits a forbidden token', async () => {
    const free = await fill(options(8));
    const tokenBias = new Float32Array(model.config.vocabulary);
    for (const token of free.slice(6, 14)) tokenBias[token] = -1e9;
    const bound = await fill(options(8, { tokenBias }));
    assert.ok(bound.slice(6, 14).every((token) => tokenBias[token] === 0));
  });

  it('stops between steps when aborted, with the reason', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    let steps = 0;
    const run = denoise(model, options(12, { signal: abort.signal, onStep: () => { if (++steps === 3) abort.abort(reason); } })); // prettier-ignore
    await assert.rejects(run, (e) => e === reason);
    assert.equal(steps, 3);
  });
});
