import assert from 'node:assert/strict';
import { loadCodeModel, type LoadedCodeModel } from '../../../../src/diffusion/load';
import { loadTypescript } from '../../../../src/edits/source';
import { asksForNames } from '../../../../src/engine/refactor/propose/better-names';
import { embeddedModelFolder } from '../../helpers/model-folder';
import { openGate } from '../../../../src/diffusion/run-gate';
import { project, run } from './project';

const cryptic = [
  'exports.total = function (a, tmp) {',
  '  let s = 0;',
  '  for (const x of a) s += x.price * x.quantity;',
  '  return s * (1 + tmp);',
  '};',
  '',
].join('\n');
const telling = cryptic
  .replace(/\ba\b/g, 'items')
  .replace(/\bs\b/g, 'sum')
  .replace(/\bx\b/g, 'item')
  .replace(/\btmp\b/g, 'rate');
const test = "const assert = require('node:assert');\nit('adds', () => assert.equal(require('../a').total([{ price: 2, quantity: 3 }], 0.5), 9));\n"; // prettier-ignore

/** The text's tokens with every name as one sign. */
function shape(text: string): string[] {
  const api = loadTypescript();
  const scanner = api.createScanner(api.ScriptTarget.Latest, true, api.LanguageVariant.Standard, text);
  const out: string[] = [];
  for (let kind = scanner.scan(); kind !== api.SyntaxKind.EndOfFileToken; kind = scanner.scan())
    out.push(kind === api.SyntaxKind.Identifier ? 'name' : scanner.getTokenText());
  return out;
}

describe('better names', function () {
  this.timeout(240_000);
  let loaded: LoadedCodeModel;
  before(async () => {
    loaded = await loadCodeModel({ dir: embeddedModelFolder, device: 'cpu', threads: 1, gate: openGate });
  });
  after(() => loaded.dispose());

  it('are asked for in many words, and never by a rename', () => {
    for (const words of ['better names', 'Use clearer variable names', 'improve the names', 'rename the variables', 'more telling names.'])
      assert(asksForNames(words), words);
    for (const words of ['rename a to b', 'use arrow functions', 'improve', '']) assert(!asksForNames(words), words);
  }); // prettier-ignore

  it('change nothing but names, and all uses of one alike; the tests prove it', async () => {
    const where = project({ 'a.js': cryptic, 'test/a.test.js': test });
    try {
      const result = await run(
        { file: where.file('a.js'), instruction: 'better names', budget: 'deep' },
        { model: loaded.model },
      );
      assert.notEqual(result.status, 'refused', result.message);
      for (const { newText } of result.files) assert.deepEqual(shape(newText), shape(cryptic));
      if (result.status === 'refactored') assert.equal(result.proof, 'tests');
    } finally {
      where.dispose();
    }
  });

  it('leave names alone that tell something', async () => {
    const where = project({ 'a.js': telling, 'test/a.test.js': test });
    try {
      const result = await run({ file: where.file('a.js'), instruction: 'better names' }, { model: loaded.model });
      assert.equal(result.status, 'unchanged', result.message);
    } finally {
      where.dispose();
    }
  });
});
