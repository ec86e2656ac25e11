import assert from 'node:assert/strict';
import { repairCompletion, type FailingCall } from '../../../src/repair/model/canvas';
import { failingCallOf, proposalsOf, proposeReasoned } from '../../../src/repair/model/reason';
import { applyEdits } from '../../../src/repair/source/edits';
import { loadTypescript, parseSource, walk, type SourceUnit } from '../../../src/repair/source/parse';
import type ts from 'typescript';
import { useEmbeddedModel } from '../helpers/embedded-model';

const failing: FailingCall = { call: 'clamp(1, 2, 3)', expected: '2', actual: '3' };
const api = loadTypescript();

function methodOf(text: string): { unit: SourceUnit; node: ts.Node } {
  const unit = parseSource(api, 'a.js', text);
  let node: ts.Node | undefined;
  walk(unit, unit.file, (n) => {
    if (api.isMethodDeclaration(n) || api.isFunctionDeclaration(n)) node ??= n;
    return undefined;
  });
  return { unit, node: node! };
}

describe('repairs that a model reasons out', () => {
  const lines = ['clamp(x, min, max) {', '  if (x < min) return max;', '  return x > max ? max : x;', '}'];
  const shown = lines.join('\n');
  const right = shown.replace('return max;', 'return min;\n  // checked');

  for (const [name, indent, before, after] of [
    ['a method, indented', '    ', 'class A {\n', '\n}\n'],
    ['a method, indented by tabs', '\t', 'class A {\n', '\n}\n'],
    ['a function at the start of a line', '', 'function ', '\nmodule.exports = clamp;\n'],
  ] as const)
    it(`an answer about ${name} becomes the smallest edit of the file`, () => {
      const prefix = indent === '' ? before : before + indent;
      const file = (text: string): string => prefix + text.split('\n').map((l, i) => (i > 0 ? indent + l : l)).join('\n') + after; // prettier-ignore
      const { unit, node } = methodOf(file(shown));
      const head = indent === '' ? 'function ' : '';
      const text = repairCompletion(head + shown, head + right, { failing, kind: 'wrong variable' }, true);
      const [proposal] = proposalsOf(unit, node, [{ text, meanLogp: -0.2 }]);
      assert.equal(applyEdits(unit.text, proposal!.edits), file(right));
      const [edit] = proposal!.edits;
      assert.ok(edit!.end - edit!.start < 8, JSON.stringify(edit));
      assert.ok(Math.abs(proposal!.delta + 0.3) < 1e-9);
    });

  it('what cannot be read, keeps the code or lies beyond it proposes nothing', () => {
    const { unit, node } = methodOf(`function ${shown}\n`);
    for (const text of [
      '',
      '<answer>keep</answer>',
      '<answer>9,9\nx\n</answer>',
      '<answer>2,2\n  if (x < min) return max;\n</answer>',
    ])
      assert.deepEqual(proposalsOf(unit, node, [{ text, meanLogp: -1 }]), []);
  });

  it('evidence is what the test got and what it wanted', () => {
    const failure = { message: 'm', expected: '2', actual: '3', frames: [] };
    assert.deepEqual(failingCallOf({ title: failing.call, failure }), failing);
    assert.equal(failingCallOf({ title: 't', failure: { message: 'm', frames: [] } }), null);
    assert.equal(failingCallOf({ title: 't' }), null);
  });

  describe('with the embedded model', function () {
    this.timeout(60_000);
    const loaded = useEmbeddedModel();

    it('completions are text alone, repeat with the seed, and fit the room', async () => {
      const request = { prompt: 'function add(a, b) {\n', samples: 3, temperature: 0.8, maxTokens: 20, seed: 5 };
      const found = await loaded.model.complete(request);
      assert.equal(found.length, 3);
      for (const { text, meanLogp, finished } of found) {
        assert.ok(!text.includes('<|') && meanLogp <= 0 && typeof finished === 'boolean');
        assert.ok(loaded.model.countTokens(text) <= 20 + 2);
      }
      assert.deepEqual(await loaded.model.complete(request), found);
      assert.deepEqual(await loaded.model.complete({ ...request, prompt: 'a + '.repeat(500) }), []);
    });

    it('is asked, and stops when told to', async () => {
      const { unit, node } = methodOf(`function ${shown}\n`);
      const found = await proposeReasoned(loaded.model, unit, node, failing, 1, {});
      assert.equal(found.line, 1);
      const stop = new AbortController();
      stop.abort(new Error('enough'));
      await assert.rejects(proposeReasoned(loaded.model, unit, node, failing, 1, { signal: stop.signal }), /enough/);
    });
  });
});
