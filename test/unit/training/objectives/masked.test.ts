import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawMask, noiseLevels, smallestT, type LevelDraw, type NoiseOptions } from '../../../../src/training/objectives/noise';
import { maskedBatch } from '../../../../src/training/objectives/masked';
import { splitBatch } from '../../../../src/training/objectives/split';
import type { TokenSequences } from '../../../../src/training/objectives/sequences';
import { noisedExamples } from '../../../../src/training/objectives/sft';
import { Random } from '../../../../src/training/random';
import { close, exactBound, fixedCrossEntropy, meanOf } from './support';

const maskToken = 9;

function sequences(batch: number, length: number): TokenSequences {
  return { batch, length, ids: Int32Array.from({ length: batch * length }, (_, i) => i % 8) };
}

/** The batch's loss under the fixed model, in nats per token. */
function lossOf(s: TokenSequences, noise: NoiseOptions, random: Random): number {
  const batch = maskedBatch(s, { maskToken, noise }, random);
  const bits = Array.from({ length: s.batch }, (_, b) =>
    [...batch.ids.subarray(b * s.length, (b + 1) * s.length)].reduce((set, id, l) => set | (id === maskToken ? 1 << l : 0), 0),
  );
  return batch.rows.reduce(
    (sum, row, i) =>
      sum + batch.values['row_weights']![i]! * fixedCrossEntropy(row % s.length, bits[Math.floor(row / s.length)]!),
    0,
  );
}

/** As exactBound, for t in eps .. 1 only: by Simpson's rule over t, every set of masked tokens summed. */
function boundFrom(epsilon: number, n: number): number {
  const integrand = (t: number): number => {
    let sum = 0;
    for (let bits = 1; bits < 1 << n; bits++) {
      const set = Array.from({ length: n }, (_, i) => i).filter((i) => (bits >> i) & 1);
      sum += t ** set.length * (1 - t) ** (n - set.length) * set.reduce((a, i) => a + fixedCrossEntropy(i, bits), 0);
    }
    return sum / t;
  };
  const steps = 200;
  const h = (1 - epsilon) / steps;
  let total = integrand(epsilon) + integrand(1);
  for (let i = 1; i < steps; i++) total += (i % 2 ? 4 : 2) * integrand(epsilon + i * h);
  return (total * h) / 3 / (1 - epsilon);
}

describe('masked diffusion objective', () => {
  it('expected loss with counted masks is the exact sum over all masks', () => {
    for (const levels of ['independent', 'stratified', 'antithetic'] as const) {
      const random = Random.seeded(1);
      const { mean, error } = meanOf(8_000, () => lossOf(sequences(4, 5), { masks: 'counted', levels }, random));
      close(mean, exactBound(5) / 5, 4 * error, levels);
      assert.ok(error < 0.012, `${levels}: the mean is known to ${error}`);
    }
  });

  it('expected loss with independent masks is the sum over all masks and levels from eps on', () => {
    close(boundFrom(1e-9, 4), exactBound(4), 1e-6, 'both ways of summing');
    for (const levels of ['independent', 'stratified', 'antithetic'] as const) {
      const random = Random.seeded(2);
      const { mean, error } = meanOf(12_000, () => lossOf(sequences(4, 4), { levels }, random));
      close(mean, boundFrom(smallestT, 4) / 4, 4 * error, levels);
      assert.ok(error < 0.03, `${levels}: the mean is known to ${error}`);
    }
  });

  it('low-discrepancy levels and counted masks steady the loss of a batch', () => {
    const s = sequences(8, 64);
    /** A model whose cross-entropy falls as more is visible. */
    const errorOf = (noise: NoiseOptions): number => {
      const random = Random.seeded(3);
      return meanOf(400, () => {
        const batch = maskedBatch(s, { maskToken, noise }, random);
        const masked = Array.from({ length: 8 }, (_, b) => batch.rows.filter((r) => Math.floor(r / 64) === b).length);
        return batch.rows.reduce(
          (sum, row, i) => sum + batch.values['row_weights']![i]! * (0.5 + masked[Math.floor(row / 64)]! / 16),
          0,
        );
      }).error;
    };
    const plain = errorOf({});
    assert.ok(errorOf({ levels: 'stratified' }) < 0.7 * plain);
    assert.ok(errorOf({ levels: 'antithetic' }) < 0.7 * plain);
    assert.ok(errorOf({ masks: 'counted', levels: 'stratified' }) < 0.3 * plain);
  });

  it('each way of drawing levels is uniform, and stratified ones fill every part', () => {
    for (const draw of ['independent', 'stratified', 'antithetic'] satisfies LevelDraw[]) {
      const random = Random.seeded(4);
      const first = Array.from({ length: 8_000 }, () => noiseLevels(4, draw, random)[1]!);
      for (let decile = 0; decile < 10; decile++) {
        const share = first.filter((u) => Math.floor(u * 10) === decile).length / first.length;
        close(share, 0.1, 0.015, `${draw}, decile ${decile}`);
      }
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), (count, seed) => {
        const parts = [...noiseLevels(count, 'stratified', Random.seeded(seed))].map((u) => Math.floor(u * count));
        assert.deepEqual(
          parts.sort((a, b) => a - b),
          [...parts.keys()],
        );
      }),
    );
  });

  it('spans: as many tokens as counted, in few runs, every token equally often', () => {
    const noise = { spanShare: 1, spanLength: 4 };
    const positions = Int32Array.from({ length: 24 }, (_, i) => 100 + i);
    const random = Random.seeded(5);
    const hits = new Float64Array(24);
    const draws = 24_000;
    for (let i = 0; i < draws; i++) {
      const mask = drawMask(positions, 0.49, noise, random);
      assert.equal(mask.positions.length, 12);
      assert.equal(mask.t, 0.5);
      assert.equal(new Set(mask.positions).size, 12);
      const runs = mask.positions.filter((p) => !mask.positions.includes(p - 1)).length;
      assert.ok(runs <= 4, `${runs} runs: three spans, one of them perhaps round the end`);
      for (const p of mask.positions) hits[p - 100]!++;
    }
    hits.forEach((h, i) => {
      close(h / draws, 0.5, 0.015, `token ${i}`);
    });
  });

  it('no more than the largest share is masked, and all shares up to it are drawn', () => {
    const positions = Int32Array.from({ length: 200 }, (_, i) => i);
    for (const noise of [{ masks: 'counted' }, { masks: 'independent' }, { spanShare: 1 }] satisfies NoiseOptions[]) {
      const random = Random.seeded(6);
      const shares = Array.from({ length: 400 }, () => drawMask(positions, random.uniform(), { ...noise, most: 0.4 }, random).t);
      assert.ok(Math.max(...shares) > 0.36 && Math.max(...shares) <= 0.4 + 1 / 200 + smallestT);
      close(shares.reduce((a, b) => a + b, 0) / shares.length, 0.2, 0.03, 'mean share');
    }
  });

  it('masks are drawn among learnt tokens only, and weights share one denominator', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), fc.constantFrom(0, 0.5, 1), (seed, counted, spanShare) => {
        const random = Random.seeded(seed);
        const s = sequences(3, 10);
        const learnt = Uint8Array.from({ length: 30 }, () => random.below(2));
        const hidden = Uint8Array.from({ length: 30 }, (_, i) => (i % 10 === 9 ? 1 : 0));
        const noise: NoiseOptions = { masks: counted ? 'counted' : 'independent', spanShare };
        const batch = maskedBatch({ ...s, learnt, hidden }, { maskToken, noise }, random);
        batch.ids.forEach((id, i) => {
          if (id === maskToken) assert.ok(learnt[i] && !hidden[i], `token ${i} may not be masked`);
          else assert.equal(id, s.ids[i]);
        });
        const masked = [...batch.ids.keys()].filter((i) => batch.ids[i] === maskToken);
        if (masked.length > 0) assert.deepEqual([...batch.rows], masked);
        else assert.deepEqual([...batch.values['row_weights']!], [0]);
        const pieces = splitBatch(batch, 2);
        const sum = (w: Float32Array): number => w.reduce((a, b) => a + b, 0);
        close(
          pieces.reduce((a, p) => a + sum(p.values['row_weights']!), 0),
          sum(batch.values['row_weights']!),
          1e-5,
          'weights of the pieces',
        );
        assert.deepEqual(
          pieces.flatMap((p, i) => [...p.ids].map((_, at) => p.ids[at] === batch.ids[i * 20 + at])),
          Array<boolean>(30).fill(true),
        );
      }),
    );
  });

  it('corruption: a share of the visible tokens is wrong, and is trained towards the truth with its weight', () => {
    const s = sequences(16, 64);
    const corruption = { share: 0.1, weight: 0.1, tokens: [0, 1, 2, 3, 4, 5, 6, 7] };
    const random = Random.seeded(6);
    let [visible, wrong] = [0, 0];
    for (let round = 0; round < 40; round++) {
      const batch = maskedBatch(s, { maskToken, corruption }, random);
      let weight = 0;
      batch.rows.forEach((row, i) => {
        assert.equal(batch.targets[i], s.ids[row], 'the target is the true token');
        if (batch.ids[row] === maskToken) return;
        assert.notEqual(batch.ids[row], s.ids[row], 'rows of visible tokens are those of wrong ones');
        weight += batch.values['row_weights']![i]!;
        wrong++;
      });
      close(weight, 0.1, 1e-6, 'weight of the mean over wrong tokens');
      const changed = [...batch.ids.keys()].filter((i) => batch.ids[i] !== s.ids[i] && batch.ids[i] !== maskToken);
      assert.ok(changed.every((i) => batch.rows.includes(i)));
      visible += batch.ids.filter((id) => id !== maskToken).length;
    }
    close(wrong / visible, 0.1, 0.01, 'share of wrong tokens');
  });

  it('SFT: prompts stay clean, only the first end token is learnt, a cut completion learns none', () => {
    const examples = [
      { prompt: [1, 2], completion: [3, 4] },
      { prompt: [1], completion: [2, 3, 4, 5, 6, 7, 8] },
    ];
    const random = Random.seeded(7);
    const seen = new Set<number>();
    for (let i = 0; i < 300; i++) {
      const x = noisedExamples(examples, { length: 6, maskToken, endToken: 10 }, random);
      assert.equal(x.denominator, 3 + 5);
      assert.deepEqual([...x.hidden!], [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
      assert.deepEqual([...x.clean], [1, 2, 3, 4, 10, 10, 1, 2, 3, 4, 5, 6]);
      x.masked.forEach((m, at) => m && seen.add(at));
    }
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      [2, 3, 4, 7, 8, 9, 10, 11],
    );
  });
});
