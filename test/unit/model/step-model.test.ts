import assert from 'node:assert/strict';
import path from 'node:path';
import type { TransformerConfig } from '../../../src/model/config';
import { ModelError } from '../../../src/model/errors';
import { cpuLowering } from '../../../src/model/lowerings/cpu';
import { readNetwork } from '../../../src/model/network';
import { segmentRanges } from '../../../src/model/step-graph';
import { StepModel, type StepRequest, type StepResult } from '../../../src/model/step-model';
import { mulberry32, randomWeights } from '../../../src/model/weights';
import { goldenFolder } from '../helpers/golden';

/** Six layers, grouped queries, untied: what can be cut into pieces. */
const config: TransformerConfig = {
  architecture: 'llada',
  layers: 6,
  width: 32,
  heads: 4,
  kvHeads: 2,
  headWidth: 8,
  mlpWidth: 48,
  vocabulary: 50,
  normEpsilon: 1e-5,
  ropeTheta: 10000,
  tied: false,
  maxSequence: 64,
  maskToken: 48,
  endToken: 49,
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

function request(batch: number, length: number, seed = 1): StepRequest {
  const random = mulberry32(seed);
  return {
    batch,
    ids: Int32Array.from({ length: batch * length }, () => Math.floor(random() * config.vocabulary)),
    rows: range(0, length),
    queries: range(0, batch * length),
    want: { logits: true, entropy: true, cache: true },
  };
}

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(a.length, b.length, what);
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i]! - b[i]!) <= tolerance, `${what}: ${a[i]!} and ${b[i]!} at ${i}`);
}

describe('StepModel', () => {
  // Larger than at initialisation, so that attention and norms matter.
  const random = randomWeights(config, 7);
  const scaled = (w: Float32Array): Float32Array => w.map((v) => 12 * v);
  const weights = {
    ...random,
    embedding: scaled(random.embedding),
    blocks: random.blocks.map((b) => ({ ...b, query: scaled(b.query), key: scaled(b.key), value: scaled(b.value), down: scaled(b.down) })),
  }; // prettier-ignore
  const models: StepModel[] = [];
  const create = async (segments = 1): Promise<StepModel> => {
    const model = await StepModel.create(config, weights, { lowering: cpuLowering, segments, threads: 1 });
    models.push(model);
    return model;
  };
  afterEach(() => Promise.all(models.splice(0).map((m) => m.dispose())));

  it('segments cover the layers once, in order, sizes differing by one at most', () => {
    for (let layers = 1; layers <= 12; layers++) {
      for (let segments = 1; segments <= layers; segments++) {
        const ranges = segmentRanges(layers, segments);
        assert.deepEqual(
          ranges.flatMap(([first, end]) => range(first, end)),
          range(0, layers),
        );
        const sizes = ranges.map(([first, end]) => end - first);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }
    }
  });

  // Not the same bits: a norm after a cut is not fused with the sum before it.
  it('1, 2, 3, 4 and 6 segments give the same logits, a segment a run; more than there are layers are not made', async () => {
    let whole: StepResult | undefined;
    for (const segments of [1, 2, 3, 4, 6, 9]) {
      const model = await create(segments);
      assert.equal(model.segments, Math.min(segments, 6));
      let runs = 0;
      const result = await model.step(request(2, 9), (work) => {
        runs++;
        return work();
      });
      assert.equal(runs, model.segments);
      whole ??= result;
      close(result.logits!, whole.logits!, 1e-4, `${segments} segments`);
      assert.deepEqual(Object.keys(result.cache!.tensors).sort(), Object.keys(whole.cache!.tensors).sort());
    }
  });

  it('probabilities, their order, entropy and log-probabilities of targets follow from the logits', async () => {
    const model = await create(2);
    const { logits, topP, topId, entropy, targetLogp } = await model.step({
      ...request(2, 5),
      targets: { ids: range(0, 2 * 5 * 3).map((i) => (7 * i) % 50), perQuery: 3 },
    });
    for (let row = 0; row < 10; row++) {
      const own = Array.from(logits!.subarray(row * 50, (row + 1) * 50));
      const max = Math.max(...own);
      const total = own.reduce((sum, v) => sum + Math.exp(v - max), 0);
      const p = own.map((v) => Math.exp(v - max) / total);
      const ranked = range(0, 50).sort((a, b) => own[b]! - own[a]!);
      assert.deepEqual(Array.from(topId.subarray(row * 16, row * 16 + 16)), ranked.slice(0, 16));
      close(topP.subarray(row * 16, row * 16 + 16), ranked.slice(0, 16).map((id) => p[id]!), 1e-6, 'top_p'); // prettier-ignore
      close([entropy![row]!], [-p.reduce((sum, q) => sum + q * Math.log(q), 0)], 1e-5, 'entropy');
      const wanted = range(0, 3).map((t) => Math.log(p[(7 * (row * 3 + t)) % 50]!));
      close(targetLogp!.subarray(row * 3, row * 3 + 3), wanted, 1e-5, 'target_logp');
    }
  });

  it('a token bias forbids tokens, and the rest share the probability', async () => {
    const model = await create();
    const tokenBias = Float32Array.from({ length: 50 }, (_, id) => (id % 2 === 0 ? -1e9 : 0));
    const { topP, topId, entropy } = await model.step({ ...request(1, 6), tokenBias });
    assert.ok(topId.every((id) => id % 2 === 1));
    assert.ok(entropy!.every((h) => Number.isFinite(h) && h >= 0 && h <= Math.log(25)));
    for (let row = 0; row < 6; row++) assert.ok(topP.subarray(row * 16, row * 16 + 16).reduce((a, b) => a + b) <= 1 + 1e-5);
  });

  it('rows asked for alone equal rows among all, in any order', async () => {
    const model = await create();
    const all = await model.step(request(2, 7));
    const some = await model.step({ ...request(2, 7), queries: [13, 0, 5] });
    [13, 0, 5].forEach((row, i) => {
      close(some.logits!.subarray(i * 50, i * 50 + 50), all.logits!.subarray(row * 50, row * 50 + 50), 1e-5, `row ${row}`);
    });
  });

  it('canvases of a batch do not see each other', async () => {
    const model = await create();
    const both = request(2, 8);
    const { logits } = await model.step(both);
    for (let b = 0; b < 2; b++) {
      const ids = Array.from(both.ids).slice(8 * b, 8 * b + 8);
      const alone = await model.step({ ...request(1, 8), ids });
      close(alone.logits!, logits!.subarray(8 * b * 50, 8 * (b + 1) * 50), 1e-4, `canvas ${b}`);
    }
  });

  it('unchanged rows computed again against the cache of all rows: the same logits', async () => {
    const model = await create(3);
    const full = request(1, 12);
    const { cache, logits } = await model.step(full);
    const rows = [3, 4, 5, 9];
    const again = await model.step({ ...full, ids: rows.map((r) => full.ids[r]!), rows, queries: range(0, 4), cache });
    rows.forEach((row, i) => {
      close(again.logits!.subarray(i * 50, i * 50 + 50), logits!.subarray(row * 50, row * 50 + 50), 1e-4, `row ${row}`);
    });
  });

  it('padding changes nothing for the others: as if it were not there', async () => {
    const model = await create();
    const full = request(1, 10);
    const mask = Uint8Array.from(range(0, 10), (p) => (p < 3 ? 1 : 0));
    const padded = await model.step({ ...full, hidden: { mask, length: 10 } });
    const bare = await model.step({ ...full, ids: Array.from(full.ids).slice(3), rows: range(3, 10), queries: range(0, 7) });
    close(padded.logits!.subarray(3 * 50), bare.logits!, 1e-4, 'logits');
  });

  it('only what is wanted comes back', async () => {
    const model = await create();
    const result = await model.step({ ...request(1, 4), want: {} });
    assert.deepEqual(Object.keys(result).sort(), ['topId', 'topP']);
  });

  it('a graph that the provider refuses is a ModelError, and a turn that is refused stops between segments', async () => {
    const lowering = { ...cpuLowering, provider: 'nowhere' as 'cpu' };
    await assert.rejects(
      StepModel.create(config, weights, { lowering }),
      (e) => e instanceof ModelError && e.message.includes('nowhere'),
    );
    const model = await create(3);
    const reason = new Error('enough');
    let turns = 0;
    const step = model.step(request(1, 4), (work) => (++turns === 2 ? Promise.reject(reason) : work()));
    await assert.rejects(step, reason);
    assert.equal(turns, 2);
  });

  it('the reference network gives the same logits by both ways of segmenting', async () => {
    const network = await readNetwork(path.join(goldenFolder, 'llada-tied-gqa'));
    const logits: (Float32Array | undefined)[] = [];
    for (const segments of [1, 2]) {
      const model = await StepModel.create(network.config, network.weights, { lowering: cpuLowering, segments });
      models.push(model);
      logits.push((await model.step({ ...request(1, 20), ids: range(5, 25) })).logits);
    }
    close(logits[0]!, logits[1]!, 1e-5, 'logits');
  });
});
