import assert from 'node:assert/strict';
import { NearDuplicates } from '../../../../src/training/corpus/near-duplicates';
import { entropy, secretIn } from '../../../../src/training/corpus/secrets';
import { distinct, jaccard, windowHashes, words } from '../../../../src/training/corpus/shingles';
import { Random } from '../../../../src/training/random';

/** A text with a share of its words replaced. */
function changed(list: readonly string[], share: number, random: Random): string {
  return list.map((w) => (random.uniform() < share ? `new${random.below(1e6)}` : w)).join(' ');
}

describe('near duplicates', () => {
  it('are those alike by more than the bound, as counted exactly', () => {
    const random = Random.seeded(3);
    const list = Array.from({ length: 600 }, () => `w${random.below(250)}`);
    const set = (text: string): Uint32Array => distinct(windowHashes(words(text), 6));
    let [alike, apart] = [0, 0];
    for (let i = 0; i < 120; i++) {
      const other = changed(list, 0.06 * random.uniform(), random);
      const similarity = jaccard(set(list.join(' ')), set(other));
      const near = new NearDuplicates();
      near.add(list.join(' '));
      const found = !near.add(other);
      if (found) assert.ok(similarity >= 0.75, `taken for a duplicate at ${similarity}`);
      if (similarity >= 0.8) assert.ok(found, `not found at ${similarity}`);
      if (found) alike++;
      else apart++;
    }
    assert.ok(alike > 20 && apart > 20, `${alike} alike, ${apart} apart`);
  });

  it('blanks make no difference, and short texts are compared too', () => {
    const near = new NearDuplicates();
    assert.deepEqual(['a = 1;', 'a  =\n1 ;', 'a = 2;', ''].map((t) => near.add(t)), [true, false, true, true]); // prettier-ignore
  });
});

describe('secrets', () => {
  it('are found by issuer and by randomness, not in words, alphabets or hashes of zeros', () => {
    const random = Random.seeded(5);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    const key = Array.from({ length: 44 }, () => alphabet[random.below(62)]!).join('');
    assert.ok(entropy(key) > 4.6);
    assert.equal(secretIn(`token: "${key}"`), 'random string');
    assert.equal(secretIn(`"ghp_${key.slice(0, 36)}"`), 'forge token');
    assert.equal(secretIn('-----BEGIN RSA PRIVATE KEY-----'), 'private key');
    assert.equal(secretIn('connect("mongodb://admin:hunter22x@db.company.io/x")'), 'password in a url');
    for (const harmless of [
      alphabet,
      '0'.repeat(64),
      'aVeryLongNameOfSomethingThatGoesOnAndOnUntilTheEnd',
      'mongodb://user:password@localhost/db',
      '0123456789abcdef'.repeat(3),
    ])
      assert.equal(secretIn(`const x = "${harmless}";`), null, harmless);
  });
});
