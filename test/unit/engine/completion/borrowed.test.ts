import assert from 'node:assert/strict';
import { borrowedLines } from '../../../../src/engine/completion/borrowed';
import { syntaxCheck } from '../../../../src/engine/completion/syntax';
import { syntaxOf } from '../../../../src/engine/completion/lex';

const syntax = syntaxOf('javascript');
const document = `'use strict';
function first(list) {
  for (const one of list) {
    if (one.ready) {
      return one;
    }
  }
  return null;
}

function last(list) {
  let found = null;
`;
const rest = `
    if (one.ready) {
      found = one;
    }
  }
  return found;
}
`;

describe('lines borrowed from elsewhere', () => {
  it('balance what they can, those as deep as the gap first, and parse in it', () => {
    const texts = borrowedLines(document, rest, syntax);
    assert.equal(texts[0], '  for (const one of list) {', JSON.stringify(texts));
    const check = syntaxCheck({ prefix: document, suffix: rest, languageId: 'javascript' })!;
    assert.deepEqual(check.faultsOf(texts[0]), []);
    assert.deepEqual(check.elsewhere!()[0], texts);
  });

  it('stand on lines of their own, whatever the cursor stands after', () => {
    const at = (prefix: string, suffix: string): readonly string[] => borrowedLines(prefix, suffix, syntax);
    assert.ok(at(`${document}  `, rest).includes('for (const one of list) {'));
    assert.ok(at(document.trimEnd(), rest).includes('\n  for (const one of list) {'));
    assert.ok(at(document, rest.trimStart()).includes('  for (const one of list) {\n'));
    assert.ok(at(document.replaceAll('\n', '\r\n').trimEnd(), rest.replaceAll('\n', '\r\n')).includes('\r\n  for (const one of list) {')); // prettier-ignore
    assert.deepEqual(at(`${document}  found = `, `;\n${rest}`), []);
    assert.deepEqual(at('', ''), []);
  });

  it('do not write again what follows', () => {
    const suffix = '\n  one();\n  two();\n';
    assert.ok(!borrowedLines('zero();\none();\n', suffix, syntax).includes('  one();'));
  });
});
