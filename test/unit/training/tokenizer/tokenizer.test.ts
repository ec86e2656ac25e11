import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { globSync } from 'tinyglobby';
import { CodeTokenizer } from '../../../../src/model/tokenizer';
import { PreTokenCounts } from '../../../../src/training/tokenizer/counts';
import { CorpusEncoder } from '../../../../src/training/tokenizer/encoder';
import { readMerges, writeTokenizer } from '../../../../src/training/tokenizer/file';
import { firstMerge, preTokens, specialId, specialTokens, tagTokens } from '../../../../src/training/tokenizer/pattern';
import { trainBpe, type Merge } from '../../../../src/training/tokenizer/train';
import { embeddedModelFolder } from '../../helpers/model-folder';

/** What editors hold, lone surrogates and control characters included. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 9 }).map((units) => String.fromCharCode(...units)),
      fc.constantFrom(
        '\r\n',
        '\n\t\t',
        '   ',
        '<|mask|>',
        '<reasoning>',
        '</answer>',
        '<answer',
        'fooBarBAZ_9$x',
        'if (a !== 10) {',
        '👩‍👩‍👧',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** The definition, taken literally: count all pairs anew for each merge. */
function bpeByDefinition(counts: ReadonlyMap<string, number>, vocabulary: number): Merge[] {
  const words = Array.from(counts, ([text, count]) => ({ ids: [...Buffer.from(text)], count }));
  const texts = new Map(Array.from({ length: 256 }, (_, b) => [b, String.fromCharCode(b)] as const));
  const merges: Merge[] = [];
  const done = new Map<string, number>();
  let next = firstMerge;
  for (;;) {
    const pairs = new Map<string, { a: number; b: number; count: number }>();
    for (const { ids, count } of words) {
      for (let i = 1; i < ids.length; i++) {
        const [a, b] = [ids[i - 1]!, ids[i]!];
        const pair = pairs.get(`${a} ${b}`) ?? { a, b, count: 0 };
        pairs.set(`${a} ${b}`, { ...pair, count: pair.count + count });
      }
    }
    const [best] = [...pairs.values()].sort((p, q) => q.count - p.count || p.a - q.a || p.b - q.b);
    if (!best || best.count < 2 || next >= vocabulary) return merges;
    const { a, b } = best;
    const text = texts.get(a)! + texts.get(b)!;
    let made = [...texts].find(([, t]) => t === text)?.[0];
    made ??= next++;
    texts.set(made, text);
    if (!done.has(`${a} ${b}`)) merges.push([a, b, made]);
    done.set(`${a} ${b}`, made);
    for (const word of words) {
      const ids: number[] = [];
      for (let i = 0; i < word.ids.length; i++) {
        if (word.ids[i] === a && word.ids[i + 1] === b) {
          ids.push(made);
          i++;
        } else ids.push(word.ids[i]!);
      }
      word.ids = ids;
    }
  }
}

describe('training of byte pair encoding', () => {
  it('finds the merges of the definition', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.integer({ min: 1, max: 40 })), { maxLength: 25 }), (entries) => {
        const counts = new Map(entries);
        assert.deepEqual(trainBpe(counts, { vocabulary: firstMerge + 30 }), bpeByDefinition(counts, firstMerge + 30));
      }),
      { numRuns: 200 },
    );
  });

  it('weighs packages so that the largest does not decide alone', () => {
    const counts = new PreTokenCounts();
    counts.add('large', 'alpha '.repeat(900));
    counts.add('small', 'omega '.repeat(100));
    const shares = [0, 1].map((balance) => {
      const weighted = counts.weighted({ balance });
      return weighted.get(' omega')! / weighted.get(' alpha')!;
    });
    assert.ok(shares[0]! < 0.12 && shares[1]! > 0.9, shares.join(' '));
  });
});

describe('pre-tokens', () => {
  it('cut camel and snake case, digits, indentation and tags where they should', () => {
    const cut = (text: string): string => preTokens(text).join('|');
    assert.equal(cut('parseHTMLString'), 'parse|HTML|String');
    assert.equal(cut('max_value = $el;'), 'max|_|value| =| $|el|;');
    assert.equal(cut('x = 42.5'), 'x| =| 4|2|.|5');
    assert.equal(cut('{\n    return a;\n}'), '{|\n    |return| a|;|\n|}');
    assert.equal(cut('a\r\n\tb  c'), 'a|\r|\n\t|b|  |c');
    assert.equal(cut('<reasoning>\nok\n</reasoning>'), '<reasoning>|\n|ok|\n|</reasoning>');
  });

  it('lose nothing', () => {
    fc.assert(fc.property(anyText, (text) => preTokens(text).join('') === text));
  });
});

describe('a tokenizer trained here', () => {
  let folder: string;
  let tokenizer: CodeTokenizer;
  let merges: Merge[];
  let encoder: CorpusEncoder;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-tokenizer-'));
    const counts = new PreTokenCounts();
    for (const file of globSync('src/{onnx,model}/**/*.ts')) counts.add('own', readFileSync(file, 'utf8'));
    merges = trainBpe(counts.weighted({ balance: 0.5 }), { vocabulary: 900 });
    await writeTokenizer(folder, merges, 256);
    tokenizer = await CodeTokenizer.load(folder);
    encoder = new CorpusEncoder(merges);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives every text back, byte for byte, and spans cover it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.equal(tokenizer.decode(tokenizer.encode(text)), Buffer.from(text).toString());
        assert.equal(tokenizer.spans(text).at(-1)?.end ?? 0, text.length);
      }),
      { numRuns: 500 },
    );
  });

  it("encodes as the product's tokenizer does", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.deepEqual(encoder.encode(text), tokenizer.encode(text));
      }),
      { numRuns: 500 },
    );
    for (const file of globSync('src/diffusion/*.ts').slice(0, 6)) {
      const text = readFileSync(file, 'utf8');
      assert.deepEqual(encoder.encode(text), tokenizer.encode(text));
    }
  });

  it('has the special tokens where the trainer expects them, and tags are single tokens of text', () => {
    assert.deepEqual(tokenizer.specialTokens, specialTokens.map((t) => specialId(t))); // prettier-ignore
    tokenizer.assertFits({ vocabulary: 900, maskToken: specialId('<|mask|>'), endToken: specialId('<|endoftext|>') });
    for (const tag of tagTokens) {
      const [id, ...more] = tokenizer.encode(tag);
      assert.deepEqual([more.length, tokenizer.textOf(id!)], [0, tag]);
    }
    assert.ok(tokenizer.encode('<|mask|><|endoftext|>').every((id) => tokenizer.isText(id)));
  });

  it('is read back as it was, and other tokenizers are refused', async () => {
    assert.deepEqual(await readMerges(folder), merges);
    // The embedded model's was written by this trainer, too.
    assert.ok((await readMerges(embeddedModelFolder)).length > merges.length);
    const other = mkdtempSync(path.join(os.tmpdir(), 'unmask-tokenizer-'));
    const text = readFileSync(path.join(folder, 'tokenizer.json'), 'utf8');
    const known = JSON.parse(text) as { added_tokens: object[] };
    const withoutSome = JSON.stringify({ ...known, added_tokens: known.added_tokens.slice(0, 4) });
    for (const foreign of [text.replace('[0-9]', '[0-9]+'), withoutSome]) {
      writeFileSync(path.join(other, 'tokenizer.json'), foreign);
      await assert.rejects(readMerges(other), /not a tokenizer that this trainer wrote/);
    }
    rmSync(other, { recursive: true });
  });

  it('needs fewer tokens for code than bytes, by its merges', () => {
    const text = readFileSync('src/diffusion/sampler.ts', 'utf8');
    assert.ok(text.length / tokenizer.encode(text).length > 2.2);
  });
});
