import assert from 'node:assert/strict';
import type { SourceText } from '../../../../src/training/corpus/package-texts';
import { changedTokens, changesBetween } from '../../../../src/training/tasks/histories/changes';
import { readVersions } from '../../../../src/training/tasks/histories/versions';

const file = (text: string, path = 'index.js'): SourceText => ({ package: 'p', path, kind: 'code', text });
const clamp = (compare: string): string =>
  `export function clamp(value, low, high) {\n  if (value ${compare} low) {\n    return low;\n  }\n  return value > high ? high : value;\n}\n`;

describe('bugs of histories', () => {
  it('are small changes of one function that stands alone, in the same file', () => {
    const found = changesBetween([file(clamp('<='))], [file(`// more\n${clamp('<')}`)]);
    assert.equal(found.length, 1);
    assert.equal(found[0]!.before.name, 'clamp');
    assert.notEqual(found[0]!.before.text, found[0]!.after.text);
    assert.deepEqual(changesBetween([file(clamp('<'))], [file(clamp('<'))]), [], 'no change');
    assert.deepEqual(changesBetween([file(clamp('<='))], [file(clamp('<'), 'other.js')]), [], 'another file');
    const rewritten = 'export function clamp(value, low, high) {\n  const list = [low, value, high];\n  list.sort((a, b) => a - b);\n  return list[1];\n}\n'; // prettier-ignore
    assert.deepEqual(changesBetween([file(clamp('<='))], [file(rewritten)]), [], 'a rewrite');
    const twice = `${clamp('<=')}${clamp('<=')}`;
    assert.deepEqual(changesBetween([file(twice)], [file(clamp('<'))]), [], 'which of two of that name is meant is not known');
  });

  it('count what lies between the first and the last token that differ, not blanks and comments', () => {
    assert.equal(changedTokens('f(a);', 'f( a ) ; // same'), 0);
    assert.equal(changedTokens('f(a);', 'f(b);'), 1);
    assert.equal(changedTokens('f(a);', 'f(a, b);'), 2);
    assert.equal(changedTokens('f(a, b);', 'f(a);'), 2);
  });

  it('come from versions in their order, with a licence that allows it, and without pre-releases', () => {
    const one = (version: string, license: string | undefined = 'MIT', integrity: string | undefined = `sha512-${'A'.repeat(86)}==`): object => ({ name: 'p', version, license, 'dist.integrity': integrity }); // prettier-ignore
    const json = JSON.stringify([one('1.10.0'), one('1.9.0'), one('2.0.0-beta.1'), one('1.9.1', 'GPL-3.0'), { ...one('1.9.2'), 'dist.integrity': undefined }]); // prettier-ignore
    assert.deepEqual(readVersions(json).map((v) => v.version), ['1.9.0', '1.10.0']); // prettier-ignore
    assert.deepEqual(readVersions(JSON.stringify(one('1.0.0'))).map((v) => v.version), ['1.0.0']); // prettier-ignore
    assert.deepEqual(readVersions('npm error 404'), []);
  });
});
