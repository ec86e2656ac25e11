import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LabelRow } from '../../../../src/diffusion/proofread';
import { Random } from '../../../../src/training/random';
import { groupAdvantages } from '../../../../src/training/objectives/grpo';
import { proofreadBatch } from '../../../../src/training/objectives/proofread';
import { actionOdds, afterAction, drawActions, policyBatches, type Action } from '../../../../src/training/tune/proofread/policy';

const vocabulary = 5;
const allowed = (label: number): boolean => label !== 0;

/** Rows of a table of logits [L,V]. */
function rowsOf(logits: readonly (readonly number[])[]): LabelRow[] {
  return logits.map((row) => {
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    return { logp: (label) => row[label]! - total, best: row.map((_, id) => id).sort((a, b) => row[b]! - row[a]!) };
  });
}

/** Log-probability of an action: its odds among those of all. */
function logPolicy(tokens: readonly number[], logits: readonly (readonly number[])[], action: Action): number {
  const odds = actionOdds(tokens, rowsOf(logits), allowed);
  const total = Math.log(odds.reduce((sum, { gain }) => sum + Math.exp(gain), 0));
  return odds.find((o) => o.action?.at === action?.at && o.action?.label === action?.label)!.gain - total;
}

describe('a proofreader as a policy', () => {
  it("a group's batches have the gradient of the policy's own log-probabilities", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), fc.integer({ min: 1, max: 6 }), (seed, length) => {
        const random = Random.seeded(seed);
        const tokens = Array.from({ length }, () => 1 + random.below(vocabulary - 1));
        const logits = tokens.map(() => Array.from({ length: vocabulary }, () => 2 * random.uniform() - 1));
        const actions = drawActions(tokens, rowsOf(logits), { count: 4, temperature: 1, allowed }, random);
        const advantages = [...groupAdvantages(actions.map(() => random.below(2)), 4)]; // prettier-ignore
        const batches = policyBatches([{ tokens, actions, advantages }], { atOnce: 2, endToken: 0 });
        const byBatches = (table: readonly (readonly number[])[]): number => {
          const rows = rowsOf(table);
          return batches
            .flatMap((b) =>
              [...b.rows].map((row, i) => -b.values['row_weights']![i]! * rows[row % b.length]!.logp(b.targets[i]!)),
            )
            .reduce((x, y) => x + y, 0);
        };
        const byPolicy = (table: readonly (readonly number[])[]): number =>
          -actions.reduce((sum, a, k) => sum + advantages[k]! * logPolicy(tokens, table, a), 0) / actions.length;
        for (let l = 0; l < length; l++)
          for (let v = 0; v < vocabulary; v++) {
            const slope = (f: typeof byPolicy): number => {
              const at = (h: number): number => f(logits.map((row, i) => row.map((x, k) => (i === l && k === v ? x + h : x))));
              return (at(1e-4) - at(-1e-4)) / 2e-4;
            };
            assert.ok(Math.abs(slope(byBatches) - slope(byPolicy)) < 1e-5, `${slope(byBatches)} ${slope(byPolicy)}`);
          }
      }),
      { numRuns: 40 },
    );
  });

  it('draws actions as often as their odds say, and takes them back in no order but theirs', () => {
    const tokens = [1, 2];
    const logits = [
      [9, 0, Math.log(3), -20, -20],
      [9, -20, 0, -20, -20],
    ];
    const actions = drawActions(tokens, rowsOf(logits), { count: 4000, temperature: 1, allowed }, Random.seeded(1));
    const replaced = actions.filter((a) => a?.at === 0 && a.label === 2).length / 4000;
    assert.ok(Math.abs(replaced - 0.75) < 0.03, String(replaced));
    assert.deepEqual(afterAction(tokens, { at: 0, label: 2 }, 4), [2, 2]);
    assert.deepEqual(afterAction(tokens, { at: 0, label: 4 }, 4), [2]);
    assert.deepEqual(afterAction(tokens, null, 4), tokens);
  });
});

describe('the objective of proofreading', () => {
  it('weighs corrections and what stays alike, however many there are', () => {
    const examples = [
      { tokens: [1, 2, 3], corrections: [{ at: 1, label: 4 }] },
      { tokens: [1, 2], corrections: [] },
    ];
    const b = proofreadBatch(examples, { length: 4, endToken: 0, keepWeight: 0.5 });
    assert.deepEqual([...b.targets], [1, 4, 3, 1, 2]);
    assert.deepEqual([...b.hidden!], [0, 0, 0, 1, 0, 0, 1, 1]);
    assert.deepEqual([...b.values['row_weights']!], [0.125, 1, 0.125, 0.125, 0.125]);
    assert.throws(() => proofreadBatch(examples, { length: 2, endToken: 0, keepWeight: 1 }), /does not fit/);
  });

  it('a batch of right texts alone weighs what stays', () => {
    const b = proofreadBatch([{ tokens: [1, 2], corrections: [] }], { length: 2, endToken: 0, keepWeight: 1 });
    assert.deepEqual([...b.values['row_weights']!], [0.5, 0.5]);
  });
});
