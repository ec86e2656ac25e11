import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Batch } from '../../../../src/training/batch';
import { groupAdvantages, policyBatch } from '../../../../src/training/objectives/grpo';
import {
  policyObjective,
  type PolicyDraw,
  type PolicyObjective,
  type PolicyObjectiveName,
  type Rollouts,
} from '../../../../src/training/objectives/policy';
import { completionMask } from '../../../../src/training/objectives/sft';
import { Random } from '../../../../src/training/random';
import { tinyConfig } from '../support';
import { close, exactBound, fixedCrossEntropy, livelyParameters, lossOfLogp, meanOf, withSession } from './support';

const maskToken = 9;
const endToken = 10;
const names: PolicyObjectiveName[] = ['diffu-grpo', 'coupled', 'espo'];

/** Rollouts of a group of four: prompts of 3 tokens, completions of 5, one of which ends early. */
function rollouts(batch = 4): Rollouts {
  const random = Random.seeded(8);
  const completions = Int32Array.from({ length: batch * 5 }, () => random.below(8));
  completions[1 * 5 + 2] = endToken;
  completions[1 * 5 + 3] = endToken;
  return {
    batch,
    promptLength: 3,
    completionLength: 5,
    prompts: Int32Array.from({ length: batch * 3 }, (_, i) => 1 + (i % 3)),
    completions,
    counted: completionMask(completions, 5, endToken),
  };
}

const advantages = groupAdvantages([1, 0, 0.25, 0], 4);

/** Some log-probabilities for each part's rows. */
function someLogp(draw: PolicyDraw, random: Random, spread = 0.4, around?: readonly Float32Array[]): Float32Array[] {
  return draw.parts.map((p, j) =>
    Float32Array.from(p.batch.rows, (_, i) => (around?.[j]?.[i] ?? -1 - random.uniform()) + spread * (random.uniform() - 0.5)),
  );
}

function counted(r: Rollouts): number {
  return r.counted.reduce((a, b) => a + b, 0);
}

/** The row's rollout, completion token and whether its canvas masks everything, for a batch of stacked canvases. */
function rowPlaces(r: Rollouts, batch: Batch): { canvas: number; rollout: number; k: number; masks: number }[] {
  const length = r.promptLength + r.completionLength;
  return Array.from(batch.rows, (row) => {
    const at = Math.floor(row / length);
    const ids = batch.ids.subarray(at * length + r.promptLength, (at + 1) * length);
    return {
      canvas: Math.floor(at / r.batch),
      rollout: at % r.batch,
      k: (row % length) - r.promptLength,
      masks: ids.reduce((set, id, i) => (id === maskToken ? set | (1 << i) : set), 0),
    };
  });
}

describe('policy objectives', () => {
  for (const name of names) {
    const objective = policyObjective(name, { maskToken });

    it(`${name}: rows are masked in their canvas, the target is the sampled token`, () => {
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const r = rollouts();
          const { batch } = objective.draw(r, Random.seeded(seed)).parts[0]!;
          rowPlaces(r, batch).forEach(({ rollout, k }, i) => {
            assert.equal(batch.ids[batch.rows[i]!], maskToken);
            assert.equal(batch.targets[i], r.completions[rollout * 5 + k]);
          });
        }),
      );
    });

    it(`${name}: on policy the ratio is 1: the loss is - the mean advantage, its gradient that of - A logp`, async () => {
      const free = policyObjective(name, { maskToken, beta: 0 });
      const r = rollouts();
      const draw = free.draw(r, Random.seeded(1));
      const logp = someLogp(draw, Random.seeded(2));
      const batches = free.batches(draw, { advantages, oldLogp: logp });
      const [on, off] = [
        await lossOfLogp(free.onPolicyLoss, batches[0]!, logp[0]!),
        await lossOfLogp(free.loss, batches[0]!, logp[0]!),
      ];
      const mean = [...advantages].reduce((sum, a, b) => {
        const own = r.counted.subarray(b * 5, (b + 1) * 5).reduce((x, y) => x + y, 0);
        return sum + (name === 'espo' ? a / 4 : (a * own) / counted(r));
      }, 0);
      for (const found of [on, off]) {
        close(found.loss, -mean, 1e-6, 'loss');
        assert.equal(found.metrics['clip_share'], 0);
        const { values, indices } = batches[0]!;
        found.gradient.forEach((g, i) => {
          const unit = indices?.['unit']?.[i] ?? i;
          const weight = (values['unit_weights'] ?? values['row_weights'])![unit]!;
          close(g, -weight * values['advantages']![unit]! * (values['factor']?.[i] ?? 1), 1e-6, `gradient by row ${i}`);
        });
      }
    });

    it(`${name}: the reference being the policy, KL and its gradient are 0`, async () => {
      const draw = objective.draw(rollouts(), Random.seeded(1));
      const logp = someLogp(draw, Random.seeded(2));
      const batches = objective.batches(draw, { advantages: new Float64Array(4), oldLogp: logp, refLogp: logp });
      const found = await lossOfLogp(objective.loss, batches[0]!, logp[0]!);
      assert.ok(Math.abs(found.loss) < 1e-7 && Math.abs(found.metrics['kl']!) < 1e-7);
      assert.ok(found.gradient.every((g) => Math.abs(g) < 1e-7));
    });

    it(`${name}: gradient by each row agrees with finite differences, some ratios clipped`, async () => {
      const tight = policyObjective(name, { maskToken, epsilon: name === 'espo' ? 0.02 : 0.1, beta: 0.5 });
      const draw = tight.draw(rollouts(), Random.seeded(3));
      const random = Random.seeded(4);
      const old = someLogp(draw, random);
      const batch = tight.batches(draw, { advantages, oldLogp: old, refLogp: someLogp(draw, random, 0.8, old) })[0]!;
      const logp = someLogp(draw, random, 0.6, old)[0]!;
      const found = await lossOfLogp(tight.loss, batch, logp);
      assert.ok(found.metrics['clip_share']! > 0 && found.metrics['clip_share']! < 1, 'some are clipped, some are not');
      for (let i = 0; i < logp.length; i += 3) {
        const [above, below] = [logp.slice(), logp.slice()];
        above[i]! += 1e-3;
        below[i]! -= 1e-3;
        const [high, low] = [await lossOfLogp(tight.loss, batch, above), await lossOfLogp(tight.loss, batch, below)];
        close(found.gradient[i]!, (high.loss - low.loss) / (above[i]! - below[i]!), 4e-4, `row ${i}`);
      }
    });

    it(`${name}: gradients through a network agree with finite differences, and parts add up to the whole`, async () => {
      await checkThroughNetwork(name);
    });
  }

  it('diffu-grpo is the batch that matches d1, prompts masked by the share asked for', () => {
    const r = rollouts();
    const draw = policyObjective('diffu-grpo', { maskToken }).draw(r, Random.seeded(5));
    const old = someLogp(draw, Random.seeded(6));
    const batch = policyObjective('diffu-grpo', { maskToken }).batches(draw, { advantages, oldLogp: old })[0]!;
    const { ids } = draw.parts[0]!.batch;
    const expected = policyBatch({ ...r, ids, advantages, oldLogp: old[0]! });
    assert.deepEqual(batch, expected);
    const clean = policyObjective('diffu-grpo', { maskToken, promptMask: 0 }).draw(r, Random.seeded(5)).parts[0]!.batch;
    assert.ok(Array.from({ length: 4 }, (_, b) => [...clean.ids.subarray(b * 8, b * 8 + 3)]).every((p) => p.join() === '1,2,3'));
    const random = Random.seeded(7);
    const { mean } = meanOf(2_000, () => {
      const { batch: b } = policyObjective('diffu-grpo', { maskToken }).draw(r, random).parts[0]!;
      return Array.from(b.ids).filter((id, i) => i % 8 < 3 && id === maskToken).length / 12;
    });
    close(mean, 0.15, 0.01, 'share of masked prompt tokens');
  });

  it('coupled: every counted token is predicted once in each pair, by M or its complement, and once fully masked', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 3 }), (seed, pairs) => {
        const r = rollouts();
        const { batch, rollout } = policyObjective('coupled', { maskToken, pairs }).draw(r, Random.seeded(seed)).parts[0]!;
        const places = rowPlaces(r, batch);
        const all = (1 << 5) - 1;
        const units = new Map<string, number[]>();
        places.forEach(({ canvas, rollout: b, k, masks }, i) => {
          const [unit, factor] = [batch.indices!['unit']![i]!, batch.values['factor']![i]!];
          assert.equal(rollout[unit], b);
          const key = `${b}.${k}`;
          units.set(key, [...(units.get(key) ?? []), canvas]);
          if (canvas === 0) {
            assert.equal(masks, all);
            assert.equal(factor, 0.5);
            return;
          }
          const partner = (canvas - 1) % 2 === 0 ? canvas + 1 : canvas - 1;
          const other = batch.ids.subarray((partner * 4 + b) * 8 + 3, (partner * 4 + b + 1) * 8);
          assert.equal(
            other.reduce((set, id, j) => (id === maskToken ? set | (1 << j) : set), 0),
            all & ~masks,
            'the masks are complementary',
          );
          const level = 0.5 / pairs / factor;
          assert.ok(level > 0.2 - 1e-6 && level < 0.8 + 1e-6);
        });
        assert.equal(units.size, counted(r));
        for (const canvases of units.values()) {
          assert.deepEqual(
            canvases.map((c) => Math.ceil(c / 2)).sort((a, b) => a - b),
            Array.from({ length: pairs + 1 }, (_, i) => i),
          );
        }
        close(
          batch.values['unit_weights']!.reduce((a, b) => a + b, 0),
          1,
          1e-6,
          'weights',
        );
      }),
    );
  });

  it('coupled: log-probabilities are 1/2 [l_full + l_M/t or l_notM/(1-t)]', () => {
    const r = rollouts();
    const { batch } = policyObjective('coupled', { maskToken }).draw(r, Random.seeded(9)).parts[0]!;
    const places = rowPlaces(r, batch);
    const levels = places.flatMap(({ canvas }, i) =>
      canvas === 0 ? [] : [{ canvas, share: 0.5 / batch.values['factor']![i]! }],
    );
    const t = levels.find((l) => l.canvas === 1)!.share;
    for (const { canvas, share } of levels) close(share, canvas === 1 ? t : 1 - t, 1e-6, 'level');
  });

  it('espo: the expected ELBO is the exact sum over all masks, per token', () => {
    for (const tokens of ['all', 'counted'] as const) {
      const objective = policyObjective('espo', { maskToken, tokens });
      const r = rollouts();
      const random = Random.seeded(10);
      // Rollout 1 ends after three tokens; its other two stay as they are where only counted ones are looked at.
      const sizes = tokens === 'all' ? [5, 5, 5, 5] : [5, 3, 5, 5];
      const sums = [0, 1].map((b) =>
        meanOf(3_000, () => {
          const { batch } = objective.draw(r, random).parts[0]!;
          return rowPlaces(r, batch).reduce(
            (sum, p, i) => (p.rollout === b ? sum + batch.values['factor']![i]! * fixedCrossEntropy(p.k, p.masks) : sum),
            0,
          );
        }),
      );
      sums.forEach(({ mean, error }, b) => {
        close(mean, exactBound(sizes[b]!) / sizes[b]!, 4 * error, `${tokens}, rollout ${b}`);
        assert.ok(error < 0.03);
      });
    }
  });

  it('espo: loss and sequence gradient are those written by hand', async () => {
    const [epsilon, beta, pairs] = [0.05, 0.3, 2];
    const objective = policyObjective('espo', { maskToken, epsilon, beta, pairs });
    const r = rollouts();
    const draw = objective.draw(r, Random.seeded(11));
    const random = Random.seeded(12);
    const old = someLogp(draw, random);
    const ref = someLogp(draw, random, 0.5, old);
    const logp = someLogp(draw, random, 0.5, old)[0]!;
    const batch = objective.batches(draw, { advantages, oldLogp: old, refLogp: ref })[0]!;
    const places = rowPlaces(r, batch);
    const n = 5;
    const bits = (masks: number): number => Array.from({ length: n }, (_, i) => (masks >> i) & 1).reduce((a, b) => a + b, 0);
    // d ELBO_b / d logp_row: half of each pair's unbiased halves, averaged over the pairs.
    const slope = places.map((p) => (0.5 * (n + 1)) / bits(p.masks) / pairs);
    const elbo = (values: ArrayLike<number>, b: number): number =>
      places.reduce((sum, p, i) => (p.rollout === b ? sum + slope[i]! * values[i]! : sum), 0);
    let loss = 0;
    const bySequence = Array.from({ length: 4 }, (_, b) => {
      const [now, before, reference] = [elbo(logp, b), elbo(old[0]!, b), elbo(ref[0]!, b)];
      const a = advantages[b]!;
      const rho = Math.exp((now - before) / n);
      const free = rho * a <= Math.min(Math.max(rho, 1 - epsilon), 1 + epsilon) * a;
      loss +=
        (-Math.min(rho * a, Math.min(Math.max(rho, 1 - epsilon), 1 + epsilon) * a) + (beta * 0.5 * (now - reference) ** 2) / n) /
        4;
      return ((free ? -(a * rho) / n : 0) + (beta * (now - reference)) / n) / 4;
    });
    const found = await lossOfLogp(objective.loss, batch, logp);
    close(found.loss, loss, 1e-6 + 1e-5 * Math.abs(loss), 'loss');
    places.forEach((p, i) => {
      close(found.gradient[i]!, bySequence[p.rollout]! * slope[i]!, 1e-6, `gradient by row ${i}`);
    });
  });
});

/** Old and reference log-probabilities come from other weights of the same network, on the same draw. */
async function checkThroughNetwork(name: PolicyObjectiveName): Promise<void> {
  const c = tinyConfig();
  const parameters = livelyParameters(c);
  const objective = policyObjective(name, { maskToken, beta: 0.3, pairs: 2 });
  const r = rollouts();
  const draw = objective.draw(r, Random.seeded(13));
  const logpOf = (seed: number): Promise<Float32Array[]> =>
    withSession(c, livelyParameters(c, seed), objective.loss, 8, (s) => logps(s, objective, draw));
  const [oldLogp, refLogp] = [await logpOf(3), await logpOf(4)];
  const nudged = parameters.map((p, j) => ({ ...p, data: p.data.map((v, i) => v + 0.03 * Math.sin(i + j)) }));
  await withSession(c, nudged, objective.loss, 8, async (session) => {
    const whole = objective.batches(draw, { advantages, oldLogp, refLogp })[0]!;
    const { loss } = await session.step(whole);
    const analytic = new Map([...session.gradients].map(([n, g]) => [n, g.slice()]));
    for (const p of nudged) {
      const found = analytic.get(p.name)!;
      const scale = Math.max(...found.map(Math.abs));
      for (let i = 1; i < p.data.length; i += Math.ceil(p.data.length / 5)) {
        const kept = p.data[i]!;
        p.data[i] = kept + 3e-3;
        const [above, high] = [(await session.step(whole)).loss, p.data[i]!];
        p.data[i] = kept - 3e-3;
        const [below, low] = [(await session.step(whole)).loss, p.data[i]!];
        p.data[i] = kept;
        close(found[i]!, (above - below) / (high - low), 6e-3 * Math.max(0.1, scale), `${p.name}[${i}]`);
      }
    }
    // The same masks in parts of one and a half groups: sums of losses and gradients are the whole's.
    const parted = policyObjective(name, { maskToken, beta: 0.3, pairs: 2, rolloutsPerBatch: 3 });
    const again = parted.draw(r, Random.seeded(13));
    const [old, ref] = await Promise.all(
      [3, 4].map((seed) => withSession(c, livelyParameters(c, seed), parted.loss, 8, (s) => logps(s, parted, again))),
    );
    let sum = 0;
    const gradient = new Map([...analytic].map(([n, g]) => [n, new Float64Array(g.length)]));
    for (const batch of parted.batches(again, { advantages, oldLogp: old!, refLogp: ref! })) {
      sum += (await session.step(batch)).loss;
      for (const [n, g] of session.gradients) g.forEach((v, i) => (gradient.get(n)![i]! += v));
    }
    close(sum, loss, 1e-5 * Math.max(1, Math.abs(loss)), 'loss of the parts');
    for (const [n, g] of gradient) {
      const scale = Math.max(...analytic.get(n)!.map(Math.abs));
      g.forEach((v, i) => {
        close(v, analytic.get(n)![i]!, 1e-4 * Math.max(0.1, scale), `${n}[${i}] of the parts`);
      });
    }
  });
}

async function logps(
  session: { step(batch: Batch): Promise<{ logp: Float32Array }> },
  objective: PolicyObjective,
  draw: PolicyDraw,
): Promise<Float32Array[]> {
  const filler = draw.parts.map((p) => new Float32Array(p.batch.rows.length));
  const out: Float32Array[] = [];
  // A session with a loss wants its inputs; a forward-only one takes objective.logp(draw) as it is.
  for (const batch of objective.batches(draw, { advantages, oldLogp: filler, refLogp: filler }))
    out.push((await session.step(batch)).logp.slice());
  return out;
}
