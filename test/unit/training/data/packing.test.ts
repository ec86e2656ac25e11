import assert from 'node:assert/strict';
import fc from 'fast-check';
import { packDocuments, PackedSequences } from '../../../../src/training/data/packing';

const endToken = 0;
const documents = fc.array(fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 20 }), { minLength: 1, maxLength: 30 });

describe('packed sequences', () => {
  it('the stream is the documents in order, each with an end token', () => {
    fc.assert(
      fc.property(documents, (given) => {
        const { tokens, starts } = packDocuments(given, endToken);
        const kept = given.filter((d) => d.length > 0);
        assert.deepEqual(
          [...tokens],
          kept.flatMap((d) => [...d, endToken]),
        );
        kept.forEach((d, i) => {
          assert.deepEqual([...tokens.subarray(starts[i], starts[i]! + d.length)], d);
        });
      }),
    );
  });

  it('each pass gives pieces of the stream that do not overlap, with the right documents', () => {
    fc.assert(
      fc.property(documents, fc.integer({ min: 1, max: 12 }), fc.nat(), (given, length, seed) => {
        // Tokens that say where they stand.
        const packed = packDocuments(given, endToken);
        fc.pre(packed.tokens.length >= length);
        const numbered = { tokens: packed.tokens.map((_, i) => i), starts: packed.starts };
        const sequences = new PackedSequences(numbered, { length, seed });
        for (let pass = 0; pass < 2; pass++) {
          const batch = sequences.batch(pass * sequences.count, sequences.count);
          assert.equal(new Set(batch.ids).size, sequences.count * length, 'no token comes twice');
          batch.ids.forEach((at, i) => {
            if (i % length > 0) assert.equal(at, batch.ids[i - 1]! + 1, 'a piece is contiguous');
            const document = packed.starts.filter((start) => start <= at).length - 1;
            assert.equal(batch.documents![i], document);
          });
        }
      }),
    );
  });

  it('the position alone resumes: batches are the same whatever was taken before', () => {
    const packed = packDocuments(
      Array.from({ length: 50 }, (_, i) => Array.from({ length: 5 + (i % 7) }, (_, j) => i + j + 1)),
      endToken,
    );
    const options = { length: 16, seed: 5, separate: false };
    const unbroken = new PackedSequences(packed, options);
    const all = Array.from({ length: 30 }, (_, i) => [...unbroken.batch(3 * i, 3).ids]);
    for (const at of [29, 7, 0, 18]) assert.deepEqual([...new PackedSequences(packed, options).batch(3 * at, 3).ids], all[at]);
    assert.equal(unbroken.batch(0, 1).documents, undefined);
    const other = new PackedSequences(packed, { ...options, seed: 6 });
    assert.notDeepEqual([...other.batch(0, 3).ids], all[0]);
    const passes = [0, 1].map((p) => [...unbroken.batch(p * unbroken.count, unbroken.count).ids]);
    assert.notDeepEqual(passes[0], passes[1], 'passes differ');
  });

  it('a stream shorter than a sequence is refused', () => {
    assert.throws(() => new PackedSequences(packDocuments([[1, 2]], endToken), { length: 4, seed: 1 }), /no sequence of 4/);
  });
});
