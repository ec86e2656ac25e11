import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { CodeTokenizer } from '../../../src/model/tokenizer';
import { root } from '../helpers/bundles';
import { embeddedModelFolder } from '../helpers/model-folder';

/** Text as UTF-8 keeps it: lone surrogates become U+FFFD. */
const asUtf8 = (text: string): string => Buffer.from(text).toString();

/** What editors hold: code, blanks, line ends, letters of every script, emoji sequences, control characters. */
const piece = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r\n', '\r', '\u2028', '\u00a0', '\ufeff', '\0') }),
  fc.constantFrom('<|mask|>', '<|endoftext|>', '<|expand|>', '<|delete|>', '👩‍👩‍👧', 'e\u0301', '\ud83d', '\ude00', 'İ', 'ﬀ'),
  fc.constantFrom('const x = 1;\n', '  if (a !== b) {', 'fooBarBAZ_9$', '// ...', '0xFFn', '`${a}`'),
);
const anyText = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units));

describe('CodeTokenizer of the embedded model', () => {
  let tokenizer: CodeTokenizer;
  let file: {
    added_tokens: { id: number; content: string }[];
    model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
  };
  before(async () => {
    tokenizer = await CodeTokenizer.load(embeddedModelFolder);
    file = JSON.parse(readFileSync(path.join(embeddedModelFolder, 'tokenizer.json'), 'utf8')) as typeof file;
  });

  it('gives every text back, byte for byte', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, anyUnits), (text) => tokenizer.decode(tokenizer.encode(text)) === asUtf8(text)),
      {
        numRuns: 1000,
        examples: [[''], ['\n'], [' '], ['\ud800'], ['a\udfffb'], ['\u{10ffff}']],
      },
    );
  });

  it('lines encoded one by one give the text back too, remembered or not, and code the same tokens', () => {
    const line = fc.oneof(anyText, fc.constantFrom('', '  if (a) {', '}', '\treturn b;'));
    const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'));
    fc.assert(fc.property(text, (t) => tokenizer.decode(tokenizer.encodeLines(t)) === asUtf8(t)));
    const code = 'function f(a) {\n  if (a) return 1;\n\n  return [\n    2,\n  ];\n}\n';
    for (let round = 0; round < 2; round++) assert.deepEqual(tokenizer.encodeLines(code), tokenizer.encode(code));
  });

  it('spans cover the text in order, without gaps, at the bounds of characters', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, anyUnits), (text) => {
        const spans = tokenizer.spans(text);
        assert.deepEqual(
          spans.map((s) => s.id),
          tokenizer.encode(text),
        );
        let at = 0;
        for (const { start, end } of spans) {
          assert.equal(start, at);
          assert.ok(end >= start);
          at = end;
          const inside = /[\ud800-\udbff]/.test(text[end - 1] ?? '') && /[\udc00-\udfff]/.test(text[end] ?? '');
          assert.ok(!inside, `a span ends inside the character at ${end}`);
        }
        assert.equal(at, text.length);
      }),
      { numRuns: 500 },
    );
  });

  it('a token of whole characters is its span of the text', () => {
    fc.assert(
      fc.property(anyText.map(asUtf8), (text) => {
        for (const { id, start, end } of tokenizer.spans(text)) {
          const own = tokenizer.textOf(id);
          if (!own.includes('\ufffd')) assert.equal(own, text.slice(start, end));
        }
      }),
    );
  });

  it('text that spells a special token has none: no id of mask, end or any other', () => {
    const special = new Set(tokenizer.specialTokens);
    assert.deepEqual(
      [...special].sort((a, b) => a - b),
      file.added_tokens.map((t) => t.id).sort((a, b) => a - b),
    );
    for (const { content } of file.added_tokens) {
      const ids = tokenizer.encode(`a${content}b`);
      assert.ok(ids.length > 3 && ids.every((id) => !special.has(id) && tokenizer.isText(id)), content);
      assert.equal(tokenizer.decode(ids), `a${content}b`);
    }
    fc.assert(fc.property(anyText, (text) => tokenizer.encode(text).every((id) => tokenizer.isText(id))));
  });

  it('special tokens are no text and leave none behind', () => {
    for (const id of tokenizer.specialTokens) {
      assert.equal(tokenizer.isText(id), false);
      assert.equal(tokenizer.textOf(id), '');
    }
    const [a] = tokenizer.encode('a');
    assert.equal(tokenizer.decode([a!, tokenizer.specialTokens[0]!, a!, 999_999]), 'aa');
  });

  it('merges what its file says, in that order: against the definition of BPE, pair by pair', () => {
    const rank = new Map(file.model.merges.map((m, i) => [typeof m === 'string' ? m : m.join(' '), i]));
    const byDefinition = (word: string): number[] => {
      let parts = Array.from(word);
      for (;;) {
        let best = -1;
        for (let i = 0; i + 1 < parts.length; i++) {
          const here = rank.get(`${parts[i]!} ${parts[i + 1]!}`) ?? Infinity;
          if (here < (best < 0 ? Infinity : rank.get(`${parts[best]!} ${parts[best + 1]!}`)!)) best = i;
        }
        if (best < 0) return parts.map((p) => file.model.vocab[p]!);
        parts = [...parts.slice(0, best), parts[best]! + parts[best + 1]!, ...parts.slice(best + 2)];
      }
    };
    // One word of the pre-tokeniser, so that only merges decide.
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,24}$/), (word) => {
        assert.deepEqual(tokenizer.encode(word), byDefinition(word));
      }),
      { numRuns: 500, examples: [['function'], ['undefined'], ['constructor'], ['aaaaaaaa']] },
    );
  });

  it('an empty text has no tokens', () => {
    assert.deepEqual(tokenizer.encode(''), []);
    assert.deepEqual(tokenizer.spans(''), []);
    assert.equal(tokenizer.decode([]), '');
  });

  it('long texts take time in proportion: no word or file of any length is quadratic', function () {
    this.timeout(120_000);
    const source = readFileSync(path.join(root, 'src', 'model', 'step-model.ts'), 'utf8');
    const seconds = (text: string): number => {
      const start = process.cpuUsage(); // not by the clock: the machine may be busy
      assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
      return process.cpuUsage(start).user / 1e6;
    };
    assert.ok(seconds(source.repeat(10)) < 5, 'code');
    assert.ok(seconds('a'.repeat(30_000)) < 5, 'one word');
    assert.ok(seconds(' '.repeat(30_000)) < 5, 'blanks');
    assert.ok(seconds('='.repeat(30_000)) < 5, 'signs');
  });
});
