import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as filters from '../../../../src/engine/completion/filters';
import { clean } from '../../../../src/engine/completion/clean';
import { planCompletion } from '../../../../src/engine/completion/plan';

describe('completion: filters', () => {
  it('takes the line break of the document', () => {
    assert.equal(filters.eolOf('a\r\nb', ''), '\r\n');
    assert.equal(filters.eolOf('a', '\r\nb'), '\r\n');
    assert.equal(filters.eolOf('a\nb', ''), '\n');
    assert.equal(filters.eolOf('', ''), '\n');
  });

  it('drops what the rest of the line says already', () => {
    assert.equal(filters.dropSuffixOverlap('a, b);', ');\nnext'), 'a, b');
    assert.equal(filters.dropSuffixOverlap('b + c) {', ' + c) {\n}'), 'b');
    assert.equal(filters.dropSuffixOverlap('value', 'e = 2'), 'value', 'one shared letter is chance');
    assert.equal(filters.dropSuffixOverlap('x', '\nx'), 'x', 'the next line is not the rest of this one');
  });

  it('stops where the following lines begin', () => {
    assert.equal(filters.dropFollowingLines('a();\n  b();\n  c();', 'x\n', '\n  b();\n'), 'a();');
    assert.equal(filters.dropFollowingLines('b();', 'x\n', '\n\n  b();\n'), '');
    assert.equal(filters.dropFollowingLines('a();\n}', 'x\n', '\n}\n'), 'a();\n}', 'closers are left to the balance');
    assert.equal(filters.dropFollowingLines('a();', 'x\n', ''), 'a();');
  });

  it('stops loops', () => {
    assert.equal(filters.cutLoops('a1();\nb1();\nb1();\nb1();'), 'a1();\nb1();');
    assert.equal(filters.cutLoops('a1();\nb1();\na1();\nb1();\na1();'), 'a1();\nb1();\na1();\nb1();');
    for (const fine of ['}\n}\n}', 'break;\na1();\nbreak;\nb1();\nbreak;']) assert.equal(filters.cutLoops(fine), fine);
  });

  it('does not begin a typed word again', () => {
    assert.equal(filters.dropRepeatedWord('return x;', '  retu'), 'rn x;');
    assert.equal(filters.dropRepeatedWord('return x;', '  return'), ' x;');
    assert.equal(filters.dropRepeatedWord('i + 1', 'i'), 'i + 1', 'a single letter may well be meant');
  });

  it('knows how a document indents', () => {
    assert.deepEqual(filters.indentationOf('a {\n\tb {\n\t\tc\n'), { tabs: true, width: 4 });
    assert.deepEqual(filters.indentationOf('a {\n  b {\n    c\n'), { tabs: false, width: 2 });
    assert.deepEqual(filters.indentationOf('a {\n    b {\n        c\n'), { tabs: false, width: 4 });
    assert.equal(filters.indentationOf('a\nb\n'), undefined);
  });

  it('indents as the document does, in both directions', () => {
    const tabs = { tabs: true, width: 4 };
    const spaces = { tabs: false, width: 2 };
    assert.equal(filters.matchIndentation('if (a) {\n    b\n        c', tabs), 'if (a) {\n\tb\n\t\tc');
    assert.equal(filters.matchIndentation('if (a) {\n\tb\n\t\tc', spaces), 'if (a) {\n  b\n    c');
    assert.equal(filters.matchIndentation('a\n\tb', undefined), 'a\n\tb');
  });
});

describe('completion: plan', () => {
  const place = (text: string): [string, string] => text.split('|') as [string, string];
  const lines = (text: string): number | string => {
    const plan = planCompletion(...place(text), 8);
    return plan.complete ? plan.maxLines : plan.why;
  };
  it('fills one line inside a line, several in a block', () => {
    assert.equal(lines('const a = |;\nb'), 1);
    assert.equal(lines('return | + b;'), 1);
    assert.equal(lines('f(|)'), 1);
    assert.equal(lines('function f() {|\n}'), 8);
    assert.equal(lines('function f() {\n  |\n}'), 8);
    assert.equal(lines('const f = () =>|\n'), 8);
  });
  it('is silent in a word and in nothing', () => {
    assert.equal(lines('const na|me = 1'), 'the cursor is inside a word');
    assert.equal(lines(' |\n'), 'the document is empty');
  });
});

describe('completion: clean', () => {
  const context = { languageId: 'javascript', maxLines: 8 };
  const text = (raw: string, prefix: string, suffix: string): string | undefined =>
    clean(raw, { ...context, prefix, suffix }).text;

  it('mends what users complain of', () => {
    assert.equal(text('    return a;\n  }', '  f() {\n    ', '\n  }\n'), 'return a;', 'doubled indentation, doubled bracket');
    assert.equal(text('a);', 'f(', ');\n'), 'a');
    assert.equal(text('a  \n\n', 'x = ', '\n'), 'a');
    assert.equal(text('one();\ntwo();\nthree();\nfour();', 'x\n', '\nend'), 'one();\ntwo();\nthree();\nfour();');
  });

  it('says why there is nothing left', () => {
    const why = (raw: string, prefix: string, suffix: string): string | undefined => {
      const cleaned = clean(raw, { ...context, prefix, suffix });
      return cleaned.text === undefined ? cleaned.why : undefined;
    };
    assert.match(why('  \n', 'x = ', '')!, /empty/);
    assert.match(why(')', 'a', ';')!, /unbalance/);
    assert.match(why('next();', 'a();\n', '\nnext();\n')!, /repeats/);
    assert.match(why('last();', 'last();\n', '\n}\n')!, /repeats/);
  });

  it('offers only text that is not blank, has no spaces at line ends and no more lines than asked', () => {
    const code = fc.string({ unit: fc.constantFrom('a', 'bc', '(', ')', '{', '}', '\n', '  ', '\t', ';', "'"), maxLength: 40 });
    fc.assert(
      fc.property(code, code, code, fc.integer({ min: 1, max: 3 }), (raw, prefix, suffix, maxLines) => {
        const kept = clean(raw, { languageId: 'javascript', prefix, suffix, maxLines }).text;
        if (kept === undefined) return;
        assert.notEqual(kept.trim(), '');
        assert.doesNotMatch(kept, /[ \t]$/m);
      }),
      { numRuns: 1000 },
    );
  });
});
