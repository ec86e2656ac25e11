import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import vm from 'node:vm';
import { applyAll, applyPlace, editKinds, speaksOfOne, type EditKind } from '../../../src/edits';
import { loadTypescript, parseSource, syntaxErrors } from '../../../src/edits/source';
import { readDocuments } from '../../../src/training/corpus/shards';
import { parseFragment, type Fragment } from '../../../src/training/tasks/edits/fragment';
import { cases } from './cases';

const api = loadTypescript();

/** What `f` gives or throws in a fresh context, what it did to its arguments, and what it settles to. */
async function outcome(source: string, call: string): Promise<string> {
  const code = `${source}\n;const given = [${call}]; let got; try { got = f(...given); } catch (e) { got = ['throws', e.name]; } [got, given]`;
  const [got, given] = vm.runInNewContext(code) as [unknown, unknown];
  const settled = await Promise.resolve(got).catch((e: unknown) => ['rejects', String(e)]);
  return inspect([typeof (got as { then?: unknown } | undefined)?.then, settled, given], { depth: 9 });
}

describe('kinds of edits', () => {
  it('have cases, several wordings, and names of their own', () => {
    assert.deepEqual(Object.keys(cases).sort(), editKinds.map((k) => k.name).sort()); // prettier-ignore
    for (const kind of editKinds) assert.ok(kind.wordings.length >= 4, kind.name);
  });

  for (const kind of editKinds) {
    const { changed, refused } = cases[kind.name]!;
    it(`${kind.name} keeps what a program does, at every place and at all together`, async () => {
      for (const [source, calls] of changed) {
        const unit = parseSource(api, 'case.js', source);
        const places = kind.find(unit);
        assert.ok(places.length > 0, source);
        const after = places.map((place) => applyPlace(unit, place));
        const all = applyAll(kind, unit);
        if (all) after.push(all.unit.text);
        for (const text of after) {
          assert.notEqual(text, source);
          for (const call of calls)
            assert.equal(await outcome(text, call), await outcome(source, call), `f(${call}) of\n${text}`);
        }
      }
    });

    it(`${kind.name} leaves alone what it can't be sure of`, () => {
      for (const source of refused) {
        const unit = parseSource(api, kind.name === 'add-return-type' ? 'case.ts' : 'case.js', source);
        assert.deepEqual(syntaxErrors(unit), [], source);
        assert.deepEqual(kind.find(unit).map((p) => applyPlace(unit, p)), [], source); // prettier-ignore
      }
    });
  }

  it('add-return-type writes what the returns are', () => {
    const unit = parseSource(api, 'a.ts', 'function f(a: string) {\n  return a + 1;\n}\nfunction g() {\n  f("");\n}\n');
    const kind = editKinds.find((k) => k.name === 'add-return-type')!;
    const all = applyAll(kind, unit)!;
    assert.equal(all.unit.text, 'function f(a: string): string {\n  return a + 1;\n}\nfunction g(): void {\n  f("");\n}\n');
  });
});

/** Every edit of real code parses, differs, and is done: the kind comes to an end, or no longer finds the same name. */
function checkAll(kind: EditKind, { unit }: Fragment): number {
  const places = kind.find(unit);
  const wholes = kind.wordings.some((w) => !speaksOfOne(w));
  for (const place of places) {
    const text = applyPlace(unit, place);
    const after = parseSource(api, unit.fileName, text);
    assert.deepEqual(syntaxErrors(after), [], `${kind.name}:\n${text}`);
    assert.notEqual(text, unit.text);
    const again = kind
      .find(after)
      .filter((p) => p.start === place.start && JSON.stringify(p.names) === JSON.stringify(place.names));
    const untouched = again.filter((p) => text.slice(p.start, p.end) === unit.text.slice(place.start, place.end));
    assert.deepEqual(untouched, [], `${kind.name} finds the same place again:\n${text}`);
  }
  if (wholes && places.length > 0) {
    const all = applyAll(kind, unit);
    assert.ok(all, `${kind.name} never ends:\n${unit.text}`);
    assert.deepEqual(syntaxErrors(all.unit), [], `${kind.name}:\n${all.unit.text}`);
  }
  return places.length;
}

const root = path.join(__dirname, '../../..');
const corpus = path.join(root, '.cache/corpus');

describe('kinds of edits on real code', () => {
  it('leave every file of the samples a program', function () {
    this.timeout(120_000);
    const folder = path.join(root, 'samples/src');
    let places = 0;
    for (const name of readdirSync(folder).slice(0, 6)) {
      const fragment = parseFragment(api, name, readFileSync(path.join(folder, name), 'utf8'))!;
      for (const kind of editKinds) places += checkAll(kind, fragment);
    }
    assert.ok(places > 50, `${places} places`);
  });

  it('leave held-out functions of the corpus programs (skipped without .cache/corpus: "npm run data" makes it)', async function () {
    if (!existsSync(path.join(corpus, 'report.json'))) this.skip();
    this.timeout(120_000);
    let [seen, checked] = [0, 0];
    // Every 25th, so that every package has its part.
    for await (const { path: file, text } of readDocuments(corpus, 'function', 'held-out')) {
      if (seen++ % 25 !== 0) continue;
      const fragment = parseFragment(api, file.split('#')[0]!, text);
      if (!fragment) continue;
      for (const kind of editKinds) checkAll(kind, fragment);
      checked++;
    }
    assert.ok(checked > 40, `${checked} functions`);
  });
});
