import assert from 'node:assert/strict';
import { attentionBias } from '../../../../src/training/batch';
import { weightedCrossEntropy } from '../../../../src/training/graph/losses';
import { adaptationBatch, adaptationProgress, type AdaptationOptions } from '../../../../src/training/objectives/adaptation';
import { autoregressiveBatch } from '../../../../src/training/objectives/autoregressive';
import type { TokenSequences } from '../../../../src/training/objectives/sequences';
import { Random } from '../../../../src/training/random';
import { tinyConfig } from '../support';
import { close, livelyParameters, withSession } from './support';

const maskToken = 9;

const s: TokenSequences = {
  batch: 2,
  length: 8,
  ids: Int32Array.of(1, 2, 3, 10, 4, 5, 6, 7, 8, 7, 6, 10, 5, 4, 10, 3),
  documents: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3),
};

function adapt(options: Omit<AdaptationOptions, 'maskToken'>, seed = 1, sequences = s): ReturnType<typeof adaptationBatch> {
  return adaptationBatch(sequences, { maskToken, ...options }, Random.seeded(seed));
}

/** [q][k] of sequence b: whether q sees k. */
function sees(batch: Parameters<typeof attentionBias>[0], b: number): boolean[][] {
  const { data, dims } = attentionBias(batch);
  const at = (q: number, k: number): number => ((dims[0] > 1 ? b : 0) * dims[2] + (dims[2] > 1 ? q : 0)) * batch.length + k;
  return Array.from({ length: batch.length }, (_, q) => Array.from({ length: batch.length }, (_, k) => data[at(q, k)] === 0));
}

describe('autoregressive objective', () => {
  it('row i predicts token i+1 of the same document, each with the same weight', () => {
    const batch = autoregressiveBatch(s);
    assert.deepEqual([...batch.rows], [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13]);
    assert.deepEqual([...batch.targets], [2, 3, 10, 5, 6, 7, 7, 6, 10, 4, 10]);
    assert.ok(batch.values['row_weights']!.every((w) => Math.abs(w - 1 / 11) < 1e-7));
    sees(batch, 0).forEach((row, q) => {
      row.forEach((v, k) => {
        assert.equal(v, k <= q && s.documents![q] === s.documents![k]);
      });
    });
  });

  it('padding and prompts are not learnt', () => {
    const hidden = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1);
    const learnt = Uint8Array.from({ length: 16 }, (_, i) => (i % 8 >= 3 ? 1 : 0));
    const batch = autoregressiveBatch({ batch: 2, length: 8, ids: s.ids, hidden, learnt });
    assert.deepEqual([...batch.rows], [2, 3, 4, 5, 6, 10, 11, 12]);
  });

  it('packed documents are learnt as if each stood alone', async () => {
    const c = tinyConfig();
    const logp = (x: TokenSequences): Promise<Float32Array> =>
      withSession(
        c,
        livelyParameters(c),
        weightedCrossEntropy,
        x.length,
        async (session) => (await session.step(autoregressiveBatch(x))).logp,
      );
    const packed = await logp(s);
    const alone = [
      [1, 2, 3, 10],
      [4, 5, 6, 7],
      [8, 7, 6, 10],
      [5, 4, 10],
    ];
    let at = 0;
    for (const document of alone) {
      const own = await logp({ batch: 1, length: document.length, ids: Int32Array.from(document) });
      for (const value of own) close(packed[at++]!, value, 2e-5, `token ${at}`);
    }
    assert.equal(at, packed.length);
  });
});

describe('adaptation from next tokens to masked diffusion', () => {
  const ways = ['at-once', 'entries', 'sequences', 'blocks', 'objectives'] as const;

  it('progress is linear and ends at 1', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 9].map((step) => adaptationProgress(step, 4)),
      [0.25, 0.5, 0.75, 1, 1],
    );
  });

  for (const way of ways) {
    it(`${way}: at the end every sequence is masked, sees its whole document, and masked rows predict their own token`, () => {
      for (let seed = 0; seed < 20; seed++) {
        const batch = adapt({ way, progress: 1, nextToken: 1 }, seed);
        const masked = [...batch.ids.keys()].filter((i) => batch.ids[i] === maskToken);
        if (masked.length > 0) assert.deepEqual([...batch.rows], masked);
        batch.rows.forEach((row, i) => {
          if (masked.length > 0) assert.equal(batch.targets[i], s.ids[row]);
        });
        for (const b of [0, 1]) {
          sees(batch, b).forEach((row, q) => {
            row.forEach((v, k) => {
              assert.equal(v, s.documents![b * 8 + q] === s.documents![b * 8 + k]);
            });
          });
        }
      }
    });
  }

  for (const way of ['entries', 'sequences', 'blocks', 'objectives'] as const) {
    it(`${way}: at the start nothing to the right is seen`, () => {
      const batch = adapt({ way, progress: 0 });
      for (const b of [0, 1]) assert.ok(sees(batch, b).every((row, q) => row.every((v, k) => k <= q || !v)));
    });
  }

  it('objectives: at the start it is the autoregressive batch', () => {
    const [batch, expected] = [adapt({ way: 'objectives', progress: 0 }), autoregressiveBatch(s)];
    assert.deepEqual([...batch.ids], [...s.ids]);
    assert.deepEqual([...batch.rows], [...expected.rows]);
    assert.deepEqual([...batch.targets], [...expected.targets]);
  });

  const whole: TokenSequences = { batch: 4, length: 32, ids: new Int32Array(128).fill(1) };

  it('entries: the share of later columns seen is the progress, the same for the whole batch', () => {
    const batch = adapt({ way: 'entries', progress: 0.3 }, 2, whole);
    const seen = sees(batch, 0);
    assert.deepEqual(sees(batch, 3), seen);
    let count = 0;
    seen.forEach((row, q) => {
      row.forEach((v, k) => {
        if (k <= q) assert.ok(v);
        else count += v ? 1 : 0;
      });
    });
    close(count / ((32 * 31) / 2), 0.3, 0.07, 'share');
  });

  it('sequences: each is wholly causal or wholly full, full ones by the progress', () => {
    let full = 0;
    for (let seed = 0; seed < 100; seed++) {
      const batch = adapt({ way: 'sequences', progress: 0.4 }, seed, whole);
      for (let b = 0; b < 4; b++) {
        const seen = sees(batch, b).flatMap((row, q) => row.filter((_, k) => k > q));
        assert.ok(seen.every((v) => v === seen[0]));
        if (seen[0]) full++;
      }
    }
    close(full / 400, 0.4, 0.08, 'share of full sequences');
  });

  it('blocks: causal between, full inside', () => {
    sees(adapt({ way: 'blocks', progress: 0.6 }, 1, whole), 0).forEach((row, q) => {
      row.forEach((v, k) => {
        assert.equal(v, Math.floor(k / 8) <= Math.floor(q / 8), '32 ** 0.6 is 8');
      });
    });
  });

  it('next tokens are learnt by visible rows of causal sequences only', () => {
    const batch = adapt({ way: 'sequences', progress: 0.5, nextToken: 0.5 }, 3, whole);
    let next = 0;
    batch.rows.forEach((row, i) => {
      if (batch.ids[row] === maskToken) return;
      next++;
      assert.ok(!sees(batch, Math.floor(row / 32))[0]![31], 'the sequence is causal');
      close(batch.values['row_weights']![i]!, 0.5 / 128, 1e-7, 'weight');
    });
    assert.ok(next > 0);
    assert.equal(new Set(batch.rows).size, batch.rows.length, 'no row is asked for two tokens');
  });

  it('masked rows of a causal sequence do not know what comes later', async () => {
    const c = tinyConfig();
    const batch = adapt({ way: 'entries', progress: 0 }, 4, { ...s, documents: new Int32Array(16) });
    const logp = await withSession(c, livelyParameters(c), weightedCrossEntropy, 8, async (session) => {
      const first = (await session.step(batch)).logp.slice();
      const last = Math.min(...[...batch.rows].filter((r) => r < 8));
      const later = { ...batch, ids: batch.ids.map((id, i) => (i > last && i < 8 ? (id + 1) % 8 : id)) };
      return [first[0], (await session.step(later)).logp[0]];
    });
    close(logp[0]!, logp[1]!, 1e-5, 'the first masked row');
  });
});
