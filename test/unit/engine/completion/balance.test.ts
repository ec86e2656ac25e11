import assert from 'node:assert/strict';
import fc from 'fast-check';
import { balance, imbalance } from '../../../../src/engine/completion/balance';
import { initialLex, lex, openCount, syntaxOf } from '../../../../src/engine/completion/lex';

const js = syntaxOf('javascript');
const of = (text: string, language = 'javascript'): number => imbalance(lex(initialLex, text, syntaxOf(language)));

describe('completion: lexing', () => {
  const cases: readonly [string, number, string?][] = [
    ['f(a[0], { b: 1 })', 0],
    ['f(', 1],
    [')', 1],
    ['f(]', 2],
    ["'it\\'s (' + \"[\" + `}`", 0],
    ['`a ${b({ c: `${d}` })} (`', 0],
    ["// don't (\nx", 0],
    ['/* ( */ x', 0],
    ["'open\n", 1],
    ['x = /[("\']/.test(y)', 0],
    ['a / b / (c)', 0],
    ["# don't (\nx", 0, 'python'],
    ["fn f<'a>(x: &'a str) {}", 0, 'rust'],
    ["don't (worry)", 0, 'markdown'],
  ];
  for (const [text, expected, language] of cases) {
    it(`${JSON.stringify(text)} is off by ${expected}`, () => {
      assert.equal(of(text, language), expected);
    });
  }

  it('goes on from any place with the same outcome', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab(){}[] \n;'.match(/[^]/g)!) }), fc.nat(), (text, at) => {
        const cut = text.length === 0 ? 0 : at % text.length;
        const parts = lex(lex(initialLex, text.slice(0, cut), js), text.slice(cut), js);
        assert.deepEqual(parts, lex(initialLex, text, js));
      }),
    );
  });
});

describe('completion: balance', () => {
  const cases: readonly [why: string, prefix: string, completion: string, suffix: string, expected: string][] = [
    ['nothing to mend', 'return ', 'a + b;', '\n}', 'a + b;'],
    ['doubled bracket', 'if (', 'x)', ') {\n}', 'x'],
    ['doubled block end', 'function f() {\n  ', 'return 1;\n}', '\n}', 'return 1;'],
    ['missing bracket is added', 'const a = ', 'f(b', '\n', 'f(b)'],
    ['missing brackets are added innermost first', 'const a = ', 'f([b', '\n', 'f([b])'],
    ['missing quote is added', 'const a = ', "'text", '\n', "'text'"],
    ['block is closed at its own indentation', '  ', 'if (a) {\n    b();', '\n', 'if (a) {\n    b();\n  }'],
    ['the document lacks the closer: it may come', 'f(a', ')', '\n', ')'],
    ['inside a string only its end matters', "const a = 'x", " (y'", '\n', " (y'"],
    ['only a wrong closer', 'a', ')', '\n', ''],
  ];
  for (const [why, prefix, completion, suffix, expected] of cases) {
    it(why, () => {
      assert.equal(balance(completion, prefix, suffix, js), expected);
    });
  }

  it('never leaves the document less balanced, and leaves alone what is balanced', () => {
    const code = fc.string({
      unit: fc.constantFrom('a', '(', ')', '{', '}', '[', ']', "'", '"', '`', '\n', ' ', '${', ';'),
      maxLength: 24,
    });
    fc.assert(
      fc.property(code, code, code, (prefix, completion, suffix) => {
        const kept = balance(completion, prefix, suffix, js);
        const allowed = of(prefix + suffix);
        assert.ok(of(prefix + kept + suffix) <= allowed);
        if (of(prefix + completion + suffix) <= allowed) assert.equal(kept, completion);
      }),
      { numRuns: 2000 },
    );
  });

  it('openCount does not count comments', () => {
    assert.equal(openCount(lex(initialLex, '( // x', js)), 1);
  });
});
