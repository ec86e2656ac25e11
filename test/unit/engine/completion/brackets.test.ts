import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { missingBrackets } from '../../../../src/engine/completion/brackets';
import { imbalance } from '../../../../src/engine/completion/balance';
import { initialLex, lex, syntaxOf } from '../../../../src/engine/completion/lex';
import { root } from '../../helpers/bundles';

const script = syntaxOf('javascript');

describe('brackets that are missing at the cursor', () => {
  it('are what the text has to close, and ways to open what it has to', () => {
    assert.deepEqual(missingBrackets('f(a, ', ');\n', script), []);
    assert.deepEqual(missingBrackets('f(a, ', ';\n', script), [[')']]);
    assert.deepEqual(
      missingBrackets('  if (a) {\n    b();\n', '\n  c();\n', script),
      [['\n  }']],
      'a block is closed on its own line',
    );
    assert.deepEqual(missingBrackets('list.forEach((item) => {\n  b();\n', '\nc();\n', script), [['\n})']]);
    assert.deepEqual(missingBrackets('', '\n  a();\n}\n', script), [[' {'], ['(', ') {'], ['const ', ' = {']]);
    assert.deepEqual(missingBrackets('x = ', '1, 2];\n', script), [['[']]);
    const both = missingBrackets('if (a) {\n  b();\n', '\n  c();\n}\n', script);
    assert.deepEqual(both, [], 'either is possible, and nothing is the fewest');
    assert.ok(missingBrackets('items.map(', '\n});\n', script).some((texts) => texts.join('') === ' {'));
    const calls = missingBrackets('x = ', '\n});\n', script).map((texts) => texts.join('…'));
    const twice = missingBrackets('x = ', '\n  });\n});\n', script).map((texts) => texts.join('…'));
    assert.ok(twice.includes('(function (…) {…(function (…) {'), twice.join(' '));
    for (const way of ['(… => {', '(function (…) {', '({'])
      assert.ok(calls.includes(way), `${way} is not among ${calls.join(' ')}`);
  });

  it('are none in quotes and comments', () => {
    assert.deepEqual(missingBrackets("f('(', ", ');\n', script), []);
    assert.deepEqual(missingBrackets('// {\n', '\na();\n', script), []);
  });

  it('put into holes of sound code, of any three lines, they leave nothing unbalanced', () => {
    const folder = path.join(root, 'samples', 'src');
    let [holes, missing] = [0, 0];
    for (const name of readdirSync(folder)) {
      const code = readFileSync(path.join(folder, name), 'utf8');
      const starts = [0, ...Array.from(code.matchAll(/\n/g), ({ index }) => index + 1)];
      for (let i = 0; i + 3 < starts.length; i += 2) {
        const [prefix, suffix] = [code.slice(0, starts[i]), code.slice(starts[i + 3]! - 1)];
        // A hole that begins or ends in a comment or a template has other needs.
        if (lex(initialLex, prefix, script).stack.some(({ symbol }) => '*`'.includes(symbol))) continue;
        const ways = missingBrackets(prefix, suffix, script);
        holes++;
        if (ways.length > 0) missing++;
        const before = imbalance(lex(initialLex, prefix + suffix, script));
        for (const texts of ways) {
          const after = imbalance(lex(initialLex, prefix + texts.join(' ') + suffix, script));
          assert.ok(after < before, `${name}:${i + 1}: ${JSON.stringify(texts)}`);
          if (!/[*`]/.test(code)) assert.equal(after, 0, `${name}:${i + 1}: ${JSON.stringify(texts)}`);
        }
        if (ways.length === 0 && !/[*`]/.test(code)) assert.equal(before, 0, `${name}:${i + 1}`);
      }
    }
    assert.ok(holes > 100 && missing > 30, `${holes} holes, ${missing} with missing brackets`);
  });
});
