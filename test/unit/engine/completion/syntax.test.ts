import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { breaksSyntax } from '../../../../src/engine/completion/syntax';
import { root } from '../../helpers/bundles';

const sources = path.join(root, 'samples', 'src');

describe('syntax of completions', () => {
  const judged = (prefix: string, text: string, suffix: string, languageId = 'javascript'): boolean =>
    breaksSyntax({ prefix, text, suffix, languageId });

  it('what stands in sound code is never refused: each line, and the rest of each line, put back', () => {
    let asked = 0;
    for (const name of readdirSync(sources)) {
      const code = readFileSync(path.join(sources, name), 'utf8');
      for (const line of code.matchAll(/^.+$/gm)) {
        const end = line.index + line[0].length;
        for (const from of [line.index, line.index + Math.floor(line[0].length / 2)]) {
          asked++;
          const text = code.slice(from, end);
          assert.equal(judged(code.slice(0, from), text, code.slice(end)), false, `${name}: ${text}`);
        }
      }
    }
    assert.ok(asked > 300);
  });

  it('what breaks the code, or leaves it as broken as it was, is refused', () => {
    assert.equal(judged('const a = ', 'b.', ';\n'), true, 'as many errors as without it');
    assert.equal(judged('const a = ', 'b.c', ';\n'), false);
    assert.equal(judged('f(1);\n', 'if (a', '\ng(2);\n'), true);
    assert.equal(judged('f(1);\n', 'if (a) b();', '\ng(2);\n'), false);
    assert.equal(judged('const a = [1, ', '2) ', '];\n'), true);
  });

  it('what is broken elsewhere silences nothing', () => {
    assert.equal(judged('const broken = ;\nfunction f(a) {\n  return ', 'a + 1;', '\n}\n'), false);
    assert.equal(
      judged('function f(a) {\n  return ', 'a + 1;', '\n\nfunction g() {\n'),
      false,
      'two braces are missing, with it or without',
    );
  });

  it('goes by the language, and judges none that it does not know', () => {
    assert.equal(judged('let a', ': number', ' = 1;\n', 'typescript'), false);
    assert.equal(judged('const a = ', '<b>c</b>', ';\n', 'javascriptreact'), false);
    assert.equal(judged('const a = ', '<b>c</b>', ';\n', 'typescript'), true);
    assert.equal(judged('a = ', '(', '\n', 'python'), false);
  });
});
