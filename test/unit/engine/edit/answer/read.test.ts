import assert from 'node:assert/strict';
import fc from 'fast-check';
import { regionAround } from '../../../../../src/edits/plan/region';
import { loadTypescript, parses, parseSource, type SourceUnit } from '../../../../../src/edits/source';
import { applyEdits } from '../../../../../src/edits/text';
import { changedLines, hunksOf } from '../../../../../src/engine/edit/answer/hunks';
import { codeBlocks, readAnswer } from '../../../../../src/engine/edit/answer/read';

const api = loadTypescript();
const unitOf = (text: string): SourceUnit => parseSource(api, 'a.ts', text);
const fenced = (code: string): string => '```ts\n' + code + '\n```';
const breathe = (): Promise<void> => Promise.resolve();

/** The text between `«` and `»`, by whole lines, as an answer makes it; why not where it is refused. */
function answered(marked: string, answer: string, finished = true): string {
  const [start, end] = [marked.indexOf('«'), marked.indexOf('»') - 1];
  const unit = unitOf(marked.replace(/[«»]/g, ''));
  const region = regionAround(unit, { start, end });
  const read = readAnswer(unit, region, answer, finished);
  return 'why' in read ? read.why : unit.text.slice(0, region.start) + read.lines + unit.text.slice(region.end);
}

describe('answers to an edit', () => {
  it('are the code in their fence, whatever is said around it', () => {
    const source = 'const a = 1;\n«const b = 2;»\nconst c = 3;\n';
    const expected = 'const a = 1;\nconst b = 4;\nconst c = 3;\n';
    for (const answer of [
      fenced('const b = 4;'),
      `Sure!\n\n${fenced('const b = 4;')}\n\nI hope that helps.`,
      'text\n~~~\n\nconst b = 4;  \n\n~~~',
      '````js\nconst b = 4;\n````',
      '```\r\nconst b = 4;\r\n```',
      `First:\n${fenced('const b = 2;')}\nthen:\n${fenced('const b = 4;')}`,
      '```ts\nconst b = 4;',
    ])
      assert.equal(answered(source, answer), expected, answer);
    assert.equal(answered(source, 'const b = 4;'), 'no-code');
    assert.equal(answered(source, ''), 'no-code');
    assert.equal(answered(source, 'Well, then'.repeat(9), false), 'unfinished');
    assert.equal(answered(source, '```ts\nconst b = 4;', false), 'unfinished');
    assert.equal(answered(source, fenced('const b = 4;') + '\nThis cha', false), expected);
    assert.equal(answered(source, fenced('const b = "\uFFFD";')), 'broken-text');
    assert.equal(answered(source, fenced('const b = ;')), 'syntax');
    assert.equal(answered(source, fenced('')), 'const a = 1;\n\nconst c = 3;\n');
    assert.deepEqual(codeBlocks('```\n``\n`````\nout'), [{ code: '``', closed: true }]);
  });

  it('that swallow code behind them are refused, though they parse', () => {
    const source = 'const a = 1;\n«const b = 2;»\nconst c = `x`, d = `y`;\n';
    assert.equal(answered(source, fenced('const b = 2; /*')), 'syntax');
    assert.equal(
      answered('const a = 1;\n«const b = 2;»\nconst c = 3; /* the end */\n', fenced('const b = 2; /*')),
      'reaches-out',
    );
    assert.equal(answered('const a = 1;\n«const b = 2;»\n// `\nconst c = 3;\n', fenced('const b = `')), 'reaches-out');
  });

  it('are indented as the lines that they replace, by tabs where the file has tabs', () => {
    const body = 'if (x) {\n  y();\n    z();\n}';
    assert.equal(
      answered('function f() {\n  «g();»\n}\n', fenced(body)),
      'function f() {\n  if (x) {\n    y();\n      z();\n  }\n}\n',
    );
    assert.equal(
      answered('function f() {\n\t«g();»\n}\n', fenced(body)),
      'function f() {\n\tif (x) {\n\t\ty();\n\t\t\tz();\n\t}\n}\n',
    );
    assert.equal(answered('function f() {\n    «g();»\n}\n', fenced('if (x) {\n\ty();\n}')), 'function f() {\n    if (x) {\n        y();\n    }\n}\n'); // prettier-ignore
    assert.equal(answered('function f() {\n\t«g();»\n}\n', fenced('/**\n * Says.\n */\ng();')), 'function f() {\n\t/**\n\t * Says.\n\t */\n\tg();\n}\n'); // prettier-ignore
  });

  it('keep what stands in templates, and blank lines at the ends', () => {
    const literal = 'g(`a\n  b\nc`);';
    assert.equal(answered('function f() {\n    «g();»\n}\n', fenced(literal)), `function f() {\n    ${literal}\n}\n`);
    assert.equal(answered('function f() {\n«\n  g();\n\n»}\n', fenced('g();')), 'function f() {\n\n  g();\n\n}\n');
    const present = `  g(\`a\nb\`);\n  h();`;
    assert.equal(answered(`{\n«${present}»\n}\n`, fenced(present)), `{\n${present}\n}\n`);
  });

  it('may mend a file that does not parse', () => {
    assert.equal(answered('function f() {\n  «return (1;»\n}\n', fenced('return 1;')), 'function f() {\n  return 1;\n}\n');
  });

  const piece = fc.constantFrom('```', '```ts', '~~~', 'const b = 1;', '  f(', ');', 'if (a) {', '}', '\t}', '/*', '*/', '`', '${', '', 'return 2;', '// x', ' * y', '\r\n', '\r', '<a>', 'é😀', "'"); // prettier-ignore
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('\n'));
  const files = fc.constantFrom(
    'function f(a) {\n  const b = a;\n  return b;\n}\n\nf(`x`); /* y */\n',
    'class A {\n\tm(a) {\n\t\tif (a) {\n\t\t\treturn 1;\n\t\t}\n\t\treturn 2;\n\t}\n}\n',
    'const t = `\n  a\n${1}`;\nlet u = 2;',
    '\n\n',
    '',
  );

  it('leave a file that parses, changed in the region alone, in hunks of which every choice parses; or are refused', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.nat(), fc.nat(), text, fc.boolean(), fc.boolean(), async (source, from, to, said, inFence, finished) => {
        const unit = unitOf(source);
        const start = from % (source.length + 1);
        const region = regionAround(unit, { start, end: start + (to % (source.length + 1)) });
        const read = readAnswer(unit, region, inFence ? fenced(said) : said, finished);
        if ('why' in read) return;
        const after = source.slice(0, region.start) + read.lines + source.slice(region.end);
        assert.ok(parses(api, 'a.ts', after));
        const hunks = await hunksOf(unit, region, read.lines, breathe);
        assert.equal(applyEdits(source, hunks.flatMap((h) => h.changes)), after);
        for (const { start: a, end: b } of hunks.flatMap((h) => h.changes)) assert.ok(a >= region.start && b <= region.end);
        for (let choice = 0; choice < 2 ** hunks.length; choice++) {
          const some = hunks.filter((_, i) => (choice >> i) & 1).flatMap((h) => h.changes);
          assert.ok(parses(api, 'a.ts', applyEdits(source, some)));
        }
      }),
      { numRuns: 300 },
    ); // prettier-ignore
  });

  it('that repeat the lines change nothing, however they are indented', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.nat(), (source, from, to) => {
        const unit = unitOf(source);
        const start = from % (source.length + 1);
        const region = regionAround(unit, { start, end: start + (to % (source.length + 1)) });
        const present = source.slice(region.start, region.end);
        if (present.trim() === '' || present.includes('```')) return;
        assert.deepEqual(readAnswer(unit, region, fenced(present), true), { lines: present });
      }),
    );
  });

  it('differ by whole lines', () => {
    const lines = fc.array(fc.constantFrom('', 'a', 'b', 'c'), { maxLength: 6 }).map((l) => l.join('\n'));
    fc.assert(
      fc.property(lines, lines, (old, fresh) => {
        assert.equal(applyEdits(old, changedLines(old, fresh)), fresh);
      }),
    );
  });
});
