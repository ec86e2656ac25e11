import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Bm25, termsOf } from '../../../../src/editor/completion/context/bm25';
import { candidatesFor, importsOf } from '../../../../src/editor/completion/context/imports';
import { cutFile, PieceIndex } from '../../../../src/editor/completion/context/pieces';

describe('BM25', () => {
  it('knows identifiers by their parts', () => {
    assert.deepEqual(termsOf('parseHTTPDate(snake_case, x)'), [
      'parsehttpdate',
      'parse',
      'http',
      'date',
      'snake_case',
      'snake',
      'case',
    ]);
  });

  it('prefers what is rare and what is said more often in less text', () => {
    const documents = ['duration of a day', 'a day and a day', 'the price of a day in a long sentence of many words', 'nothing'];
    const ranking = new Bm25(documents.map(termsOf));
    const order = (query: string): number[] =>
      [...ranking.scores(termsOf(query)).entries()].filter(([, s]) => s > 0).sort((a, b) => b[1] - a[1]).map(([i]) => i); // prettier-ignore
    assert.equal(order('duration')[0], 0);
    assert.equal(order('day')[0], 1);
    assert.equal(order('day').at(-1), 2);
    assert.deepEqual(order('unknown'), []);
  });

  it('gives no negative score, and none for what shares nothing', () => {
    const words = fc.array(fc.constantFrom('aa', 'bb', 'cc', 'dd'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), words, (documents, query) => {
        const scores = new Bm25(documents).scores(query);
        for (const [i, terms] of documents.entries()) {
          assert(scores[i]! >= 0);
          assert.equal(scores[i]! > 0, terms.some((term) => query.includes(term))); // prettier-ignore
        }
      }),
    );
  });
});

describe('imports of a file', () => {
  it('are the relative ones, with the names that are taken', () => {
    const text = [
      "import a, { b as c, type D } from './a';",
      "import * as e from '../e.js';",
      "import fs from 'node:fs';",
      "const { f, g: h } = require('./f');",
      "const i = await import('./i');",
      "export { j } from './j';",
      "import type { K } from './k';",
    ].join('\n');
    assert.deepEqual(importsOf(text), [
      { from: './a', names: ['a', 'b', 'D'] },
      { from: '../e.js', names: ['e'] },
      { from: './f', names: ['f', 'g'] },
      { from: './i', names: ['i'] },
      { from: './j', names: ['j'] },
      { from: './k', names: ['K'] },
    ]);
  });

  it('may lie in files with several endings', () => {
    assert.deepEqual(candidatesFor('./x.js'), ['./x.ts', './x.js']);
    assert.deepEqual(candidatesFor('./x.css'), ['./x.css.ts', './x.css.tsx', './x.css.js', './x.css.jsx', './x.css.mts', './x.css.mjs', './x.css.cts', './x.css.cjs', './x.css/index.ts', './x.css/index.js']); // prettier-ignore
    assert(candidatesFor('./x').includes('./x/index.js'));
  });
});

describe('context from other files', () => {
  const money =
    'export const cent = 0.01;\n\n/** Rounds to cents. */\nexport function roundMoney(amount, currency) {\n  return Math.round(amount / cent) * cent;\n}\n';
  const graph = 'export function shortestPath(nodes, from, to) {\n  return search(nodes, from).path(to);\n}\n';
  const index = new PieceIndex([
    cutFile({ path: 'money.js', text: money, imported: ['roundMoney'] }, 160),
    cutFile({ path: 'graph.js', text: graph, imported: [] }, 160),
  ]);

  it('is what speaks of the same things, within its limit', () => {
    const context = index.contextFor({ prefix: 'const price = roundMoney(amount, ', suffix: ');\n' }, 200);
    assert.match(context, /function roundMoney/);
    assert.doesNotMatch(context, /shortestPath/);
    assert(context.length <= 200 && context.endsWith('\n'));
    assert.match(index.contextFor({ prefix: 'const path = shortestPath(nodes, ', suffix: ')' }, 200), /shortestPath/);
  });

  it('is nothing where nothing fits', () => {
    assert.equal(index.contextFor({ prefix: 'zzz = qqq(', suffix: '' }, 200), '');
    assert.equal(index.contextFor({ prefix: 'roundMoney(', suffix: '' }, 10), '');
    assert.equal(new PieceIndex([]).contextFor({ prefix: 'a', suffix: '' }, 200), '');
  });

  it('never repeats what stands around the cursor, and never exceeds its limit', () => {
    const line = fc.constantFrom('const a = b(c);', 'function b(c) {', '}', '  return c;', '', 'x'.repeat(60));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.array(line, { maxLength: 5 }),
        fc.integer({ min: 1, max: 300 }),
        (lines, before, limit) => {
          const text = lines.join('\n');
          const place = { prefix: before.join('\n'), suffix: '' };
          const context = new PieceIndex([cutFile({ path: 'a', text, imported: ['b'] }, 80)]).contextFor(place, limit);
          assert(context.length <= limit);
          for (const l of context.split('\n'))
            assert(l === '' || lines.includes(l) || lines.some((whole) => whole.trimEnd() === l));
        },
      ),
    );
  });

  it('cuts a file into pieces that leave nothing out but lines longer than a piece', () => {
    const lines = Array.from({ length: 200 }, (_, i) => `const value${i} = compute(${i});`);
    const { pieces } = cutFile({ path: 'a', text: lines.join('\n'), imported: [] }, 120);
    assert(pieces.every(({ text }) => text.length <= 120));
    for (const line of lines) assert(pieces.some(({ text }) => text.includes(line)));
  });
});
