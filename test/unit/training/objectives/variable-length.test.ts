import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cellTarget, infillBatch } from '../../../../src/training/objectives/infill';
import { drawGap, resolveCell, type GapCell, type MergeRule } from '../../../../src/training/objectives/variable-length';
import { Random } from '../../../../src/training/random';
import { close } from './support';

const tokens = { maskToken: 100, endToken: 101, expandToken: 102, deleteToken: 103 };
const rules: MergeRule[] = ['static', 'inverse', 'mixed', 'any'];
const middles = fc.array(fc.nat({ max: 99 }), { maxLength: 40 });

/** What an oracle predicts for masked cell `at`, applied to ids as a sampler would: two masks for `expand`, none for `delete`. */
function applied(ids: readonly number[], at: number, prediction: number): number[] {
  const becomes =
    prediction === tokens.expandToken
      ? [tokens.maskToken, tokens.maskToken]
      : prediction === tokens.deleteToken
        ? []
        : [prediction];
  return [...ids.slice(0, at), ...becomes, ...ids.slice(at + 1)];
}

describe('variable-length infill', () => {
  it('cells cover the gap once, in order; visible cells are single tokens and superfluous masks come last', () => {
    fc.assert(
      fc.property(middles, fc.nat(), fc.constantFrom(...rules), fc.nat({ max: 8 }), (middle, seed, merge, maxDelete) => {
        const { cells } = drawGap(middle.length, { merge, maxDelete }, Random.seeded(seed));
        let at = 0;
        for (const cell of cells) {
          assert.equal(cell.start, at);
          at += cell.covers;
          if (!cell.masked) assert.equal(cell.covers, 1);
        }
        assert.equal(at, middle.length);
        const first = cells.findIndex((c) => c.covers === 0);
        if (first >= 0)
          assert.ok(cells.slice(first).every((c) => c.covers === 0 && c.masked) && cells.length - first <= maxDelete);
      }),
    );
  });

  it('the oracle, asked for masks in any order, writes the gap back', () => {
    fc.assert(
      fc.property(middles, fc.nat(), fc.constantFrom(...rules), (middle, seed, merge) => {
        const random = Random.seeded(seed);
        let cells: readonly GapCell[] = drawGap(middle.length, { merge, maxDelete: 8 }, random).cells;
        let ids = cells.map((c) => (c.masked ? tokens.maskToken : middle[c.start]!));
        for (;;) {
          const masks = [...ids.keys()].filter((i) => ids[i] === tokens.maskToken);
          if (masks.length === 0) break;
          const at = masks[random.below(masks.length)]!;
          ids = applied(ids, at, cellTarget(cells[at]!, middle, tokens));
          cells = resolveCell(cells, at);
          assert.equal(cells.length, ids.length);
        }
        assert.deepEqual(ids, middle);
      }),
    );
  });

  it('a mask for n tokens is spread out in about log2 n rounds of the oracle', () => {
    let cells: readonly GapCell[] = [{ masked: true, start: 0, covers: 64 }];
    for (let round = 0; round < 6; round++) {
      for (let at = cells.length - 1; at >= 0; at--) cells = resolveCell(cells, at);
    }
    assert.equal(cells.length, 64);
    assert.ok(cells.every((c) => c.covers === 1 && c.masked));
  });

  it('merges as often as the rule says', () => {
    const random = Random.seeded(1);
    const shareOf = (merge: MergeRule): number => {
      let [merged, chances] = [0, 0];
      for (let i = 0; i < 2_000; i++) {
        const { cells, t } = drawGap(32, { merge, maxDelete: 0 }, random);
        if (t < 0.95) continue;
        const masked = cells.filter((c) => c.masked);
        merged += masked.reduce((n, c) => n + c.covers - 1, 0);
        chances += masked.reduce((n, c) => n + c.covers, 0);
      }
      return merged / chances;
    };
    close(shareOf('static'), 0.5, 0.05, 'static');
    assert.ok(shareOf('inverse') < 0.05, 'nearly all is masked: hardly a merge');
    close(shareOf('mixed'), 0.25, 0.08, 'half of both');
    close(shareOf('any'), 0.475, 0.12, 'mean of 0 .. 0.95');
  });

  it('batches: prefix, canvas, suffix; the rows are the masks, and deletes weigh as one token', () => {
    fc.assert(
      fc.property(middles, fc.nat(), fc.nat({ max: 30 }), fc.nat({ max: 30 }), (middle, seed, before, after) => {
        const example = {
          prefix: Array.from({ length: before }, (_, i) => i),
          middle,
          suffix: Array.from({ length: after }, (_, i) => 50 + i),
        };
        const options = { ...tokens, length: 64, maxDelete: 6 };
        const batch = infillBatch([example, example], options, Random.seeded(seed));
        let deleteWeight = 0;
        let some = 0;
        for (let b = 0; b < 2; b++) {
          const ids = [...batch.ids.subarray(b * 64, (b + 1) * 64)];
          const masks = ids.flatMap((id, i) => (id === tokens.maskToken ? [b * 64 + i] : []));
          const rows = [...batch.rows.keys()].filter(
            (i) => Math.floor(batch.rows[i]! / 64) === b && batch.values['row_weights']![i]! > 0,
          );
          assert.deepEqual(
            rows.map((i) => batch.rows[i]),
            masks,
          );
          const visible = ids.filter((_, i) => !batch.hidden![b * 64 + i]);
          const deletes = rows.filter((i) => batch.targets[i] === tokens.deleteToken);
          deleteWeight += deletes.reduce((sum, i) => sum + batch.values['row_weights']![i]!, 0);
          if (deletes.length > 0) some++;
          if (before + after + middle.length + 6 <= 64) {
            assert.deepEqual(visible.slice(0, before), example.prefix);
            assert.deepEqual(visible.slice(visible.length - after), example.suffix.slice(0, after));
          }
        }
        close(deleteWeight, some === 0 ? 0 : some / (2 * middle.length + some), 1e-5, 'weight of deletes');
      }),
    );
  });

  it('a long prefix is cut at its start and a long suffix at its end', () => {
    const example = {
      prefix: Array.from({ length: 50 }, (_, i) => i),
      middle: [60, 61],
      suffix: Array.from({ length: 50 }, (_, i) => 50 + i),
    };
    const batch = infillBatch(
      [example],
      { ...tokens, length: 22, maxDelete: 0, merge: 'static', mergeShare: 0 },
      Random.seeded(1),
    );
    assert.deepEqual([...batch.ids.subarray(0, 12)], example.prefix.slice(38));
    assert.deepEqual([...batch.ids.subarray(14)], example.suffix.slice(0, 8));
    assert.throws(
      () => infillBatch([{ prefix: [], middle: [1, 2, 3], suffix: [] }], { ...tokens, length: 2 }, Random.seeded(1)),
      /does not fit/,
    );
  });
});
