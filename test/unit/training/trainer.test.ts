import assert from 'node:assert/strict';
import type { Batch } from '../../../src/training/batch';
import { globalNorm } from '../../../src/training/optimiser/clip';
import type { Optimiser } from '../../../src/training/optimiser/optimiser';
import { constant, warmUp } from '../../../src/training/optimiser/schedule';
import type { Parameter } from '../../../src/training/parameters';
import { DivergedError, Trainer, type UpdateOutcome } from '../../../src/training/trainer';
import { CountingStream, optimisers, tinyParameters, tinyRunConfig, tinyTrainer, type OptimiserName } from './run-support';
import { withSession } from './support';

/** Keeps the gradients that it is given, and leaves the weights alone. */
class Recorder implements Optimiser {
  readonly state: readonly Parameter[] = [];
  updates = 0;
  readonly seen: Map<string, Float32Array>[] = [];
  readonly rates: number[] = [];

  constructor(readonly parameters: readonly Parameter[]) {}

  update(gradients: ReadonlyMap<string, Float32Array>, rate: number): Promise<void> {
    this.updates++;
    this.seen.push(new Map([...gradients].map(([n, g]) => [n, g.slice()])));
    this.rates.push(rate);
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** The first `count` updates of fresh parameters, by a trainer that changes nothing. */
async function recorded(
  updates: readonly (readonly Batch[])[],
  options: { clip?: number } = {},
): Promise<{ recorder: Recorder; outcomes: UpdateOutcome[] }> {
  const parameters = tinyParameters();
  return withSession(tinyRunConfig, parameters, { length: 8 }, async (session) => {
    const recorder = new Recorder(parameters);
    const trainer = new Trainer({ session, optimiser: recorder, schedule: constant(1), ...options });
    const outcomes: UpdateOutcome[] = [];
    for (const batches of updates) outcomes.push(await trainer.update(batches));
    return { recorder, outcomes };
  });
}

/** The sequences of a batch as batches of their own, with the weights that they have in it. */
function oneByOne(batch: Batch): Batch[] {
  return Array.from({ length: batch.batch }, (_, b) => {
    const rows = [...batch.rows.keys()].filter((i) => Math.floor(batch.rows[i]! / batch.length) === b);
    return {
      batch: 1,
      length: batch.length,
      ids: batch.ids.slice(b * batch.length, (b + 1) * batch.length),
      rows: Int32Array.from(rows, (i) => batch.rows[i]! - b * batch.length),
      targets: Int32Array.from(rows, (i) => batch.targets[i]!),
      values: { row_weights: Float32Array.from(rows, (i) => batch.values['row_weights']![i]!) },
    };
  });
}

/** Two batches as one. */
function joined(a: Batch, b: Batch): Batch {
  return {
    batch: a.batch + b.batch,
    length: a.length,
    ids: Int32Array.of(...a.ids, ...b.ids),
    rows: Int32Array.of(...a.rows, ...b.rows.map((r) => r + a.batch * a.length)),
    targets: Int32Array.of(...a.targets, ...b.targets),
    values: { row_weights: Float32Array.of(...a.values['row_weights']!, ...b.values['row_weights']!) },
  };
}

describe('trainer', () => {
  it('batches in one update give the gradients of one large batch: two, three and four', async () => {
    const stream = new CountingStream(tinyRunConfig);
    const [[a], [b], [c]] = [stream.next(), stream.next(), stream.next()];
    const ab = joined(a!, b!);
    const abc = joined(ab, c!);
    const { recorder, outcomes } = await recorded([[ab], [a!, b!], oneByOne(ab), [abc], [a!, b!, c!]]);
    const same = (i: number, j: number): void => {
      assert.ok(Math.abs(outcomes[i]!.loss - outcomes[j]!.loss) < 1e-5);
      assert.equal(outcomes[i]!.tokens, outcomes[j]!.tokens);
      assert.ok(Math.abs(outcomes[i]!.gradientNorm / outcomes[j]!.gradientNorm - 1) < 1e-5);
      for (const [name, gradient] of recorder.seen[i]!) {
        const other = recorder.seen[j]!.get(name)!;
        const scale = Math.max(...gradient.map(Math.abs));
        assert.ok(scale > 1e-6, name);
        gradient.forEach((v, k) => {
          assert.ok(Math.abs(v - other[k]!) < 1e-5 * scale, `${name}[${k}]: ${v}, ${other[k]!}`);
        });
      }
    };
    same(0, 1);
    same(0, 2);
    same(3, 4);
    assert.equal(outcomes[0]!.tokens, 32);
  });

  it('an update of one batch leaves no trace in the next one of several', async () => {
    const stream = new CountingStream(tinyRunConfig);
    const [[a], [b]] = [stream.next(), stream.next()];
    const { recorder } = await recorded([[a!, b!], [b!], [a!, b!]]);
    assert.deepEqual(recorder.seen[2], recorder.seen[0]);
  });

  it('clips to the norm, and reports what it was', async () => {
    const batches = new CountingStream(tinyRunConfig).next();
    const { recorder, outcomes } = await recorded([batches]);
    const norm = globalNorm(recorder.seen[0]!.values());
    assert.equal(outcomes[0]!.gradientNorm, norm);
    const clipped = await recorded([batches], { clip: norm / 3 });
    assert.equal(clipped.outcomes[0]!.gradientNorm, norm);
    assert.ok(Math.abs(globalNorm(clipped.recorder.seen[0]!.values()) - norm / 3) < 1e-6 * norm);
    const free = await recorded([batches], { clip: norm * 1.01 });
    assert.deepEqual(free.recorder.seen, recorder.seen);
  });

  it('gradients that are no numbers end the training before they reach the weights', async () => {
    const parameters = tinyParameters();
    const trainer = await tinyTrainer(parameters);
    try {
      const [batch] = new CountingStream(tinyRunConfig).next();
      const broken = { ...batch!, values: { row_weights: batch!.values['row_weights']!.map(() => Number.NaN) } };
      const before = parameters.map((p) => p.data.slice());
      await assert.rejects(trainer.update([batch!, broken]), DivergedError);
      assert.deepEqual(
        parameters.map((p) => p.data),
        before,
      );
      assert.equal(trainer.state.updates, 0);
      assert.equal(trainer.optimiser.updates, 0);
    } finally {
      await trainer.dispose();
    }
  });

  it('a signal between batches leaves weights, moments and counters as they were', async () => {
    const parameters = tinyParameters();
    const aborter = new AbortController();
    let steps = 0;
    await withSession(tinyRunConfig, parameters, { length: 8 }, async (inner) => {
      const session = {
        gradients: inner.gradients,
        dispose: () => Promise.resolve(),
        step: async (batch: Batch) => {
          if (++steps === 2) aborter.abort();
          return inner.step(batch);
        },
      };
      const optimiser = await optimisers.AdamW(parameters);
      const trainer = new Trainer({ session, optimiser, schedule: constant(0.1) });
      const before = parameters.map((p) => p.data.slice());
      const update = trainer.update(new CountingStream(tinyRunConfig, 3).next(), { signal: aborter.signal });
      await assert.rejects(update, { name: 'AbortError' });
      assert.equal(steps, 2);
      assert.deepEqual(
        parameters.map((p) => p.data),
        before,
      );
      assert.ok(optimiser.state.every((s) => s.data.every((v) => v === 0)));
      assert.deepEqual(trainer.state, { updates: 0, tokens: 0, optimiserUpdates: 0, rewarmedAt: null });
    });
  });

  it('learning rates go by updates, and rise anew from weights alone', async () => {
    const parameters = tinyParameters();
    await withSession(tinyRunConfig, parameters, { length: 8 }, async (session) => {
      const stream = new CountingStream(tinyRunConfig);
      const optimiser = new Recorder(parameters);
      const make = (): Trainer => new Trainer({ session, optimiser, schedule: warmUp(2, constant(4)), rewarmUpdates: 4 });
      const first = make();
      for (let i = 0; i < 3; i++) await first.update(stream.next());
      const second = make();
      second.restoreWithoutMoments(first.state);
      assert.equal(optimiser.updates, 0);
      await second.update(stream.next());
      // The second warm-up is a part of the state: a resumed training goes on in its midst.
      const third = make();
      third.restore(second.state);
      for (let i = 0; i < 4; i++) await third.update(stream.next());
      assert.deepEqual(optimiser.rates, [2, 4, 4, 1, 2, 3, 4, 4]);
      assert.equal(third.state.updates, 8);
      assert.equal(third.state.optimiserUpdates, 5);
      assert.equal(third.state.tokens, 8 * 16);
    });
  });

  for (const name of Object.keys(optimisers) as OptimiserName[]) {
    it(`${name} teaches a tiny network to count`, async () => {
      const trainer = await tinyTrainer(tinyParameters(), name);
      try {
        const stream = new CountingStream(tinyRunConfig);
        const losses: number[] = [];
        for (let i = 0; i < 600; i++) losses.push((await trainer.update(stream.next())).loss);
        const mean = (part: number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
        const [start, end] = [mean(losses.slice(0, 10)), mean(losses.slice(-10))];
        // Chance is ln 9 = 2.2 nats.
        assert.ok(start > 1.9 && end < 0.8, `from ${start} to ${end}`);
      } finally {
        await trainer.dispose();
      }
    });
  }
});
