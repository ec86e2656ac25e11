import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadTypescript } from '../../../../src/edits/source';
import { openProject } from '../../../../src/engine/refactor/language/project';
import { refactorOffers } from '../../../../src/engine/refactor/service';
import { refactorTarget } from '../../../../src/protocol/refactor';
import { project, run, type TestProject } from './project';

const files = {
  'src/price.js': [
    "'use strict';",
    '',
    'function total(items, rate) {',
    '  var sum = 0;',
    '  for (const item of items) sum = sum + item.price;',
    '  return sum * (1 + rate);',
    '}',
    '',
    'function unused(list) {',
    '  var copy = list;',
    '  return copy;',
    '}',
    '',
    'module.exports = { total, unused };',
    '',
  ].join('\n'),
  'src/order.js': [
    "const { total } = require('./price');",
    '',
    'exports.order = (items) => {',
    '  var result = total(items, 0.1);',
    '  return { result: result };',
    '};',
    '',
  ].join('\r\n'),
  'test/price.test.js': [
    "const assert = require('node:assert');",
    "const { total } = require('../src/price');",
    "const { order } = require('../src/order');",
    "it('adds', () => assert.equal(total([{ price: 2 }], 0.5), 3));",
    "it('orders', () => assert.equal(order([{ price: 10 }]).result, 11));",
    "it('fails already', () => assert.equal(1, 2));",
    '',
  ].join('\n'),
};

describe('Refactor', function () {
  this.timeout(120_000);
  let where: TestProject;
  const text = (name: string): string => readFileSync(where.file(name), 'utf8');
  const changed = (result: Awaited<ReturnType<typeof run>>): string[] =>
    result.files.map(({ file }) => path.relative(where.root, file)).sort();

  beforeEach(() => {
    where = project(files);
  });
  afterEach(() => {
    for (const [name, before] of Object.entries(files)) assert.equal(text(name), before, `${name} was not written to`);
    where.dispose();
  });

  it('renames what a CommonJS module hands on, in all files, and proves it by the tests that passed before', async () => {
    const result = await run({ file: where.file('src/price.js'), instruction: 'rename total to grossTotal' });
    assert.equal(result.status, 'refactored', result.message);
    assert.deepEqual(changed(result), ['src/order.js', 'src/price.js', 'test/price.test.js']);
    assert.equal(result.proof, 'tests');
    assert.match(result.message, /2 tests that passed pass still/);
    for (const { newText } of result.files) assert.doesNotMatch(newText, /\btotal\b/);
    assert.equal(result.files.find(({ file }) => file.endsWith('order.js'))!.newText, files['src/order.js'].replaceAll('total', 'grossTotal')); // prettier-ignore
  });

  it('renames the same from a file that uses it', async () => {
    const file = where.file('src/order.js');
    const start = text('src/order.js').indexOf('total(items');
    const result = await run({ file, instruction: 'rename to gross', range: { start, end: start }, tests: false });
    assert.deepEqual(changed(result), ['src/order.js', 'src/price.js', 'test/price.test.js']);
  });

  it('refuses a name that would be caught by, or would catch, another one', async () => {
    const file = where.file('src/price.js');
    for (const instruction of ['rename sum to rate', 'rename sum to items', 'rename items to item']) {
      const result = await run({ file, instruction, tests: false });
      assert.equal(result.status, 'refused', `${instruction}: ${result.message}`);
      assert.equal(result.reason, 'impossible');
      assert.deepEqual(result.files, []);
    }
  });

  it('improves the file and those that use it, keeps their line ends, and says which changes no test runs', async () => {
    const result = await run({ file: where.file('src/price.js'), scope: 'references' });
    assert.equal(result.status, 'refactored', result.message);
    assert.deepEqual(changed(result), ['src/order.js', 'src/price.js']);
    const order = result.files.find(({ file }) => file.endsWith('order.js'))!;
    assert.equal(order.newText.split('\r\n').length, files['src/order.js'].split('\r\n').length);
    assert.doesNotMatch(order.newText, /[^\r]\n|\bvar\b/);
    const price = result.files.find(({ file }) => file.endsWith('price.js'))!;
    const tested = (line: string): boolean[] => {
      const at = files['src/price.js'].indexOf(line);
      return price.changes.filter((c) => c.start >= at && c.start < at + line.length).map((c) => c.tested);
    };
    assert.deepEqual(tested('  var sum = 0;'), [true]);
    assert.deepEqual(tested('  var copy = list;'), [false]);
    assert.match(result.message, /they run \d of the \d changed places/);
  });

  it('changes nothing outside of a selection', async () => {
    const file = where.file('src/price.js');
    const start = files['src/price.js'].indexOf('function unused');
    const result = await run({ file, scope: 'selection', range: { start, end: start + 40 }, instruction: 'use const or let instead of var', tests: false }); // prettier-ignore
    assert.equal(result.status, 'refactored', result.message);
    for (const change of result.files[0]!.changes) assert(change.start >= start);
    assert.equal(result.proof, 'types');
    assert.match(result.message, /nothing of this workspace was run/);
  });

  it('works on what is not saved yet', async () => {
    const file = where.file('src/price.js');
    const unsaved = files['src/price.js'].replaceAll('total', 'whole');
    const result = await run({ file, overlays: { [file]: unsaved }, instruction: 'rename whole to all', tests: false });
    const own = result.files.find((f) => f.file.endsWith('price.js'))!;
    assert.equal(own.newText, unsaved.replaceAll('whole', 'all'));
  });

  it('extracts a function by the name that was given', async () => {
    const file = where.file('src/price.js');
    const start = files['src/price.js'].indexOf('  for (const');
    const end = files['src/price.js'].indexOf('  return sum');
    const result = await run({ file, range: { start, end }, instruction: 'extract function named addPrices' });
    assert.equal(result.status, 'refactored', result.message);
    assert.equal(result.how, 'service');
    assert.match(result.files[0]!.newText, /function addPrices\(/);
    assert.doesNotMatch(result.files[0]!.newText, /newFunction/);
    assert.equal(result.proof, 'tests');
  });

  it('moves a declaration to a file of its own, and the users find it there', async () => {
    const source = 'export const half = (n) => n / 2;\n\nexport function double(n) {\n  return n * 2;\n}\n';
    const test = "import assert from 'node:assert';\nimport { double, half } from '../src/maths.js';\nit('doubles', () => assert.equal(double(half(2)), 2));\n"; // prettier-ignore
    const manifest = JSON.stringify({ name: 'p', type: 'module', scripts: { test: 'mocha' } });
    const own = project({ 'package.json': manifest, 'src/maths.js': source, 'test/maths.test.js': test });
    try {
      const range = { start: source.indexOf('export function'), end: source.length };
      const file = own.file('src/maths.js');
      const { offers } = await refactorOffers(refactorTarget.parse({ file, range }), false, new AbortController().signal);
      const move = offers.find(({ title }) => title === 'Move to a new file');
      assert(move, offers.map((o) => o.title).join(', '));
      const result = await run({ file, range, action: move.action });
      assert.equal(result.status, 'refactored', result.message);
      assert(result.files.find(({ exists }) => !exists)?.newText.includes('function double'), result.message);
      assert.equal(result.proof, 'tests');
    } finally {
      own.dispose();
    }
  });

  it('takes back what the language service itself does wrong: a move that CommonJS would not find again', async () => {
    const file = where.file('src/price.js');
    const range = {
      start: files['src/price.js'].indexOf('function unused'),
      end: files['src/price.js'].indexOf('module.exports'),
    };
    const result = await run({ file, range, action: 'Move to a new file/Move to a new file' });
    assert.equal(result.status, 'refused', result.message);
    assert.equal(result.reason, 'checks');
    assert.match(result.dropped[0]!.why, /src\/price\.js/);
  });

  it('takes back what a test speaks against, and keeps the rest', async () => {
    // Reads its own source: no kind of edit can know.
    const reader = "const fs = require('node:fs');\nexports.size = () => {\n  var text = fs.readFileSync(__filename, 'utf8');\n  return /va[r] text/.test(text);\n};\n"; // prettier-ignore
    const test = "const assert = require('node:assert');\nit('reads', () => assert(require('../src/own').size()));\nit('uses', () => assert.equal(require('../src/other').double(2), 4));\n"; // prettier-ignore
    const other = "const { size } = require('./own');\nexports.double = (n) => {\n  var twice = n * 2;\n  return size() ? twice : 0;\n};\n"; // prettier-ignore
    const own = project({ 'src/own.js': reader, 'src/other.js': other, 'test/own.test.js': test });
    try {
      const result = await run({ file: own.file('src/own.js'), scope: 'references', instruction: 'replace var by const or let' });
      assert.equal(result.status, 'refactored', result.message);
      assert.deepEqual(result.files.map(({ file }) => path.basename(file)), ['other.js']);
      assert.equal(result.dropped.length, 1);
      assert.match(result.dropped[0]!.why, /the test "reads"/);
    } finally {
      own.dispose();
    }
  }); // prettier-ignore

  it('says what it does not understand, and what is on offer', async () => {
    const result = await run({ file: where.file('src/price.js'), instruction: 'make it purple' });
    assert.equal(result.status, 'refused');
    assert.equal(result.reason, 'not-understood');
    assert(result.offers.some(({ places }) => places > 0));
    assert.equal(result.testsRun, 0, 'nothing was run for it');
    assert.equal(result.suggestion, undefined);
  });

  it('asks whether an edit was meant that words come near to, where it finds a place', async () => {
    const file = where.file('src/price.js');
    const near = await run({ file, instruction: "I'd rather have compound operators" });
    assert.deepEqual([near.status, near.reason], ['refused', 'not-understood']);
    const { suggestion } = near;
    assert(suggestion !== undefined, near.message);
    assert(near.message.endsWith(`Did you mean “${suggestion}”?`), near.message);
    const done = await run({ file, instruction: suggestion });
    assert.deepEqual([done.status, done.how], ['refactored', 'known'], done.message);
  });

  it('ends between two steps when it is called off, and leaves nothing behind', async () => {
    const abort = new AbortController();
    const reason = new Error('called off');
    const work = run(
      { file: where.file('src/price.js'), scope: 'references' },
      { signal: abort.signal, onProgress: ({ message }) => { if (message.startsWith('Running the tests')) abort.abort(reason); } },
    ); // prettier-ignore
    await assert.rejects(work, (error) => error === reason);
  });
});

describe('the view of a project', () => {
  it('is after a shadow of changes what it was before', () => {
    const where = project(files);
    try {
      const view = openProject(loadTypescript(), where.file('src/price.js'), {});
      const file = view.files.find((f) => f.endsWith('order.js'))!;
      const before = view.problems(file);
      view.show(new Map([[view.files.find((f) => f.endsWith('price.js'))!, 'exports.other = 1;']]));
      assert.notDeepEqual(view.problems(file), before, 'the shadow is seen');
      view.show(new Map());
      assert.deepEqual(view.problems(file), before);
      view.dispose();
    } finally {
      where.dispose();
    }
  });
});
