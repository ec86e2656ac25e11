import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { charactersOf } from '../../../src/cli/edit';
import { editResult } from '../../../src/protocol/edit';
import { onlyObject, runCli, type CliRun } from '../helpers/run-cli';

const source = [
  "'use strict';",
  'function f(a) {',
  "  return typeof a == 'string';",
  '}',
  'function g(b) {',
  "  return typeof b == 'string';",
  '}',
  '',
].join('\r\n');

describe('unmask edit', function () {
  this.timeout(120_000);
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'unmask-edit-'));
    file = path.join(folder, 'a.js');
    writeFileSync(file, source);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const concatenated = "function label(sum) {\n  return 'total: ' + sum.toFixed(2);\n}\n";
  const edit = (...args: string[]): Promise<CliRun> => runCli(['edit', file, ...args, '--model', 'none']);

  it('prints the diff of a known edit, says that it is one, and writes nothing', async () => {
    const run = await edit('use', 'triple', 'equals', '--range', '2:4');
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^\+ {2}return typeof a === 'string';\r?$/m);
    assert.doesNotMatch(run.stdout, /typeof b ===/);
    assert.match(run.stdout, /Done by the known edit "Use strict equality", not by the model/);
    assert.equal(readFileSync(file, 'utf8'), source);
  });

  it('writes it where told to, with the file’s own line ends, and tells all of it as one object', async () => {
    const run = await edit('improve', '--apply', '--json');
    assert.equal(run.code, 0);
    const object = onlyObject(run);
    const found = editResult.parse(object);
    assert.deepEqual([found.status, found.how, found.hunks.length, object['applied']], ['edited', 'known', 2, true]);
    assert.equal(readFileSync(file, 'utf8'), source.replaceAll('==', '==='));
    assert.equal(found.newText, source.replaceAll('==', '==='));
    const again = await edit('improve');
    assert.equal(again.code, 1);
    assert.match(again.stdout, /no model is loaded/);
  });

  it('is honest about instructions that it does not understand, and says what is on offer', async () => {
    const run = await edit('make', 'it', 'faster');
    assert.equal(run.code, 1);
    assert.match(run.stdout, /mean none of the \d+ known edits/);
    assert.match(run.stdout, /On offer for these lines:\n(?:.*\n)*? +2 {2}Use strict equality\n/);
    assert.doesNotMatch(run.stdout, /Did you mean/);
    const offers = await edit('--offers', '--range', '2:4', '--json');
    assert.equal(offers.code, 0);
    const list = onlyObject(offers)['offers'] as { kind: string; places: number }[];
    assert.equal(list.find(({ kind }) => kind === 'strict-equality')?.places, 1);
  });

  it('refuses what is no JavaScript or TypeScript, and bytes that it could not give back', async () => {
    const other = path.join(folder, 'a.py');
    writeFileSync(other, 'x = 1\n');
    const run = await runCli(['edit', other, 'improve', '--model', 'none']);
    assert.equal(run.code, 1);
    assert.match(run.stdout, /JavaScript and TypeScript/);
    writeFileSync(file, Buffer.from([0x2f, 0x2f, 0xff, 0x0a]));
    const bytes = await edit('improve', '--apply');
    assert.equal(bytes.code, 2);
    assert.match(bytes.stderr, /not UTF-8/);
  });

  it('does what no known edit can show to be safe, where the model is sure of it, and says so', async () => {
    const loose = 'function same(a, b) {\n  if (a == b) {\n    return 1;\n  }\n  return 0;\n}\n';
    writeFileSync(file, loose);
    const run = await runCli(['edit', file, 'I want strictly equal', '--device', 'cpu', '--record', '--json']);
    const found = editResult.parse(onlyObject(run));
    assert.equal(found.status, 'edited', found.message);
    assert.match(
      found.message,
      /"Use strict equality" can't be shown to be safe here\. unmask-tiny changed 1 place .*sure to 9\d %.*nothing else is proved/,
    );
    assert.equal(found.newText, loose.replace('==', '==='));
    assert.deepEqual([found.how, found.steps], ['denoised', found.record!.length]);
    // Done, there is nothing more to do.
    writeFileSync(file, found.newText);
    const again = editResult.parse(
      onlyObject(await runCli(['edit', file, 'I want strictly equal', '--device', 'cpu', '--record', '--json'])),
    );
    assert.deepEqual([again.status, again.record], ['unchanged', []]);
    assert.match(again.message, /finds no place in this region where it is safe/);
    // What another known edit would do is not what was asked for.
    writeFileSync(file, 'function total(sum, items) {\n  return { sum: sum, items };\n}\n');
    const other = editResult.parse(
      onlyObject(await runCli(['edit', file, 'use optional chaining', '--device', 'cpu', '--json'])),
    );
    assert.deepEqual([other.status, other.hunks], ['unchanged', []], other.message);
  });

  it('with the embedded model: what it is not sure of is refused, and what may have been meant is asked first', async () => {
    writeFileSync(file, concatenated);
    const run = await runCli(['edit', file, 'get rid of the string concatenation', '--device', 'cpu', '--record', '--json']);
    const found = editResult.parse(onlyObject(run));
    assert.deepEqual([run.code, found.status, found.reason, found.hunks, found.record], [1, 'refused', 'not-understood', [], []]);
    assert.match(
      found.message,
      /unmask-tiny is not sure what to change.*Nothing was changed.*Did you mean “Use template literals”\?/,
    );
    assert.deepEqual([found.suggestion, found.offers[0]!.kind, found.offers[0]!.places], ['Use template literals', 'template-literal', 1]); // prettier-ignore
    assert.equal(readFileSync(file, 'utf8'), concatenated);
  });

  it('with the embedded model: words that it takes for a known edit become that edit, and too many lines are told', async () => {
    const run = await runCli(['edit', file, 'equality should be strict and clean and good', '--device', 'cpu', '--json']);
    const found = editResult.parse(onlyObject(run));
    assert.deepEqual([found.status, found.how], ['edited', 'known'], found.message);
    assert.match(found.message, /unmask-tiny takes them for "Use strict equality", which is one/);
    assert.deepEqual(found.hunks.map(({ kinds }) => kinds), [['strict-equality'], ['strict-equality']]); // prettier-ignore
    assert.equal(found.newText, source.replaceAll('==', '==='));
    writeFileSync(file, source.repeat(9));
    const long = editResult.parse(onlyObject(await runCli(['edit', file, 'make it faster', '--device', 'cpu', '--json'])));
    assert.deepEqual([long.status, long.reason, long.steps], ['refused', 'too-long', 0], long.message);
    assert.match(long.message, /\d{3} tokens, and it holds 256 at once\. Select fewer lines/);
  });

  it('with the embedded model: what no known edit improves is re-denoised, step by step, and nothing but a text that parses comes of it', async () => {
    const plain = source.replaceAll('==', '===').replace('typeof a', 'typeof f');
    writeFileSync(file, plain);
    const run = await runCli(['edit', file, 'improve', '--device', 'cpu', '--record', '--json']);
    const found = editResult.parse(onlyObject(run));
    assert.match(found.message, /No known edit applies here/);
    assert.ok(found.steps > 0 && found.record!.length >= found.steps, `${found.steps} steps`);
    const [first, ...later] = found.record!;
    assert.ok(first!.cells.some(({ state, text }) => state === 'masked' && text === null));
    assert.ok(
      later.at(-1)!.cells.every(({ text }) => text !== null),
      'every mask is filled in the end',
    );
    for (const { cells, range } of found.record!)
      for (const { at } of cells) assert.ok(at && at.start >= range.start && at.end <= range.end && at.end <= plain.length);
    // What was kept all along is what stands in the file.
    for (const cell of first!.cells.filter(({ state }) => state === 'kept'))
      assert.equal(cell.text, plain.slice(cell.at!.start, cell.at!.end).replaceAll('\r\n', '\n'));
    assert.equal(readFileSync(file, 'utf8'), plain);
  });

  it('knows lines by their numbers, whatever ends them', () => {
    assert.deepEqual(charactersOf('a\r\nbc\nd', { start: 1, end: 1 }, 'f'), { start: 0, end: 1 });
    assert.deepEqual(charactersOf('a\r\nbc\nd', { start: 2, end: 3 }, 'f'), { start: 3, end: 7 });
    assert.throws(() => charactersOf('a\n', { start: 3, end: 3 }, 'f'), /no line 3/);
  });
});
