import assert from 'node:assert/strict';
import path from 'node:path';
import { gainOf } from '../../../../src/diffusion/proofread';
import { CodeTokenizer } from '../../../../src/model/tokenizer';
import { Random } from '../../../../src/training/random';
import { rankingExample, type RankingExample } from '../../../../src/training/tune/ranking/examples';
import { rankedBy } from '../../../../src/training/tune/ranking/listwise';
import { repository } from '../../../host/driver/paths';

const code = `function within(value, low, high) {
  const least = Math.min(low, high);
  if (value < least || value > Math.max(low, high)) return false;
  return value - least >= 0;
}`;

describe('repairs to be ranked', () => {
  let tokenizer: CodeTokenizer;
  const structure = { expand: -1, delete: -2, bias: new Float32Array() };
  const tools = () => ({
    encode: (text: string) => tokenizer.encode(text),
    spans: (text: string) => tokenizer.spans(text),
    structure,
  });
  const draw = (seed: number): RankingExample | null => rankingExample('a.js', code, 256, tools(), Random.seeded(seed));

  before(async () => {
    tokenizer = await CodeTokenizer.load(path.join(repository, 'model-assets', 'unmask-tiny'));
  });

  it('are changes of the broken function, each once, of which one gives the right function back', () => {
    let found = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const example = draw(seed);
      if (!example) continue;
      found++;
      const { tokens, candidates, right } = example;
      assert.notEqual(tokenizer.decode(tokens), code);
      const apply = (i: number): string =>
        tokenizer.decode(
          tokens.flatMap((token, at) => {
            const mine = candidates[i]!.corrections.filter((c) => c.at === at);
            const label = mine.find((c) => c.label !== structure.expand)?.label ?? token;
            return label === structure.delete ? [] : [label];
          }),
        );
      const missing = candidates[right]!.corrections.some((c) => c.label === structure.expand);
      if (!missing) assert.equal(apply(right).replace(/\s/g, ''), code.replace(/\s/g, ''));
      const keys = candidates.map(({ corrections }) => JSON.stringify(corrections));
      assert.equal(new Set(keys).size, keys.length);
      assert.ok(candidates.length > 50 && candidates.every(({ corrections }) => corrections.length > 0));
      assert.ok(candidates.every((c) => c.corrections.every(({ at }) => at >= 0 && at < tokens.length)));
    }
    assert.ok(found >= 6, `${found} of 12`);
  });

  it('are none where the function does not fit', () => {
    assert.equal(rankingExample('a.js', code, 10, tools(), Random.seeded(1)), null);
  });

  it('give batches with the gradient of their loss', () => {
    const random = Random.seeded(3);
    const [length, vocabulary, weight] = [4, 5, 0.5];
    const tokens = Array.from({ length }, () => random.below(vocabulary));
    const candidates = Array.from({ length: 7 }, () => ({
      corrections: [0, 1].map(() => ({ at: random.below(length), label: random.below(vocabulary) })),
      prior: random.uniform(),
    }));
    const logits = tokens.map(() => Array.from({ length: vocabulary }, () => 2 * random.uniform() - 1));
    const rowsOf = (table: readonly (readonly number[])[]) =>
      table.map((row) => {
        const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
        return { logp: (label: number) => row[label]! - total };
      });
    const example = { tokens, candidates, right: 2 };
    const { rows } = rankedBy(example, rowsOf(logits), weight, weight);
    const byRows = (table: readonly (readonly number[])[]): number =>
      -rows.reduce((sum, r) => sum + r.weight * rowsOf(table)[r.at]!.logp(r.label), 0);
    const byLoss = (table: readonly (readonly number[])[]): number => rankedBy(example, rowsOf(table), weight, weight).loss;
    for (let l = 0; l < length; l++)
      for (let v = 0; v < vocabulary; v++) {
        const slope = (f: typeof byLoss): number => {
          const at = (h: number): number => f(logits.map((row, i) => row.map((x, k) => (i === l && k === v ? x + h : x))));
          return (at(1e-4) - at(-1e-4)) / 2e-4;
        };
        assert.ok(Math.abs(slope(byRows) - slope(byLoss)) < 1e-5, `${slope(byRows)} ${slope(byLoss)}`);
      }
    const best = candidates.map((c) => c.prior + weight * gainOf(c.corrections, tokens, (at) => rowsOf(logits)[at]!));
    assert.equal(rankedBy(example, rowsOf(logits), 1, weight).above, best.filter((s) => s > best[2]!).length);
  });
});
