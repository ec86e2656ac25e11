import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import vm from 'node:vm';
import { editKinds } from '../../../../src/edits';
import { understand } from '../../../../src/edits/instruct/tasks';
import { improvingKinds } from '../../../../src/edits/plan/improve';
import { planEdits, type EditTask, type Hunk } from '../../../../src/edits/plan/plan';
import { regionAround } from '../../../../src/edits/plan/region';
import { loadTypescript, parses, parseSource } from '../../../../src/edits/source';
import { applyEdits } from '../../../../src/edits/text';

const api = loadTypescript();
const breathe = (): Promise<void> => Promise.resolve();
const whole = (text: string): { start: number; end: number } => ({ start: 0, end: text.length });
const plan = (text: string, tasks: readonly EditTask[], region = whole(text)): Promise<Hunk[]> =>
  planEdits(parseSource(api, 'case.js', text), tasks, region, { breathe });
const taken = (text: string, hunks: readonly Hunk[]): string => applyEdits(text, hunks.flatMap((h) => h.changes)); // prettier-ignore
const improving = improvingKinds(editKinds).map((kind): EditTask => ({ kind }));
const asked = (text: string, instruction: string): readonly EditTask[] => {
  const found = understand(instruction, editKinds, parseSource(api, 'case.js', text));
  assert.deepEqual(found?.problems, [], instruction);
  return found.tasks;
};

const busy = `function f(list, opts) {
  var out = [];
  var label = 'n: ' + list.length;
  for (var i = 0; i < list.length; i++) {
    if (typeof list[i] == 'number') {
      out.push({ label: label, value: Math.pow(list[i], 2) });
    }
  }
  if (opts != null && opts.max) {
    return out.slice(0, opts.max);
  } else {
    return out;
  }
}
`;

describe('a plan of edits', () => {
  it('gives hunks of which every choice does what the code did', async function () {
    this.timeout(120_000);
    const hunks = await plan(busy, improving);
    assert.ok(hunks.length >= 5, inspect(hunks, { depth: 4 }));
    const calls = ['[1, "a", 3]', '[1, 2], { max: 1 }', '[], null'].map((given) => `f(${given})`).join(', ');
    const context = vm.createContext();
    const outcome = (source: string): string => inspect(vm.runInContext(`(() => { ${source}; return [${calls}]; })()`, context), { depth: 9 }); // prettier-ignore
    const before = outcome(busy);
    const every = 2 ** hunks.length - 1;
    // All, none, each alone, all but one, and some by chance.
    const single = hunks.map((_, i) => 1 << i);
    const chance = Array.from({ length: 12 }, (_, i) => (i * 2654435761) & every);
    for (const bits of [0, every, ...single, ...single.map((bit) => every - bit), ...chance]) {
      const text = taken(busy, hunks.filter((_, i) => (bits >> i) & 1)); // prettier-ignore
      assert.ok(parses(api, 'case.js', text), text);
      assert.equal(outcome(text), before, text);
    }
  });

  it('gives hunks of the samples that each parse alone and all together', async function () {
    this.timeout(120_000);
    const folder = path.join(__dirname, '../../../../samples/src');
    // The samples are modern code: these kinds find places in them.
    const kinds = [
      'arrow-to-block',
      'add-braces',
      'extract-constant',
      'if-to-ternary',
      'inline-variable',
      'destructure',
      'add-jsdoc',
    ];
    const tasks = editKinds.filter(({ name }) => kinds.includes(name)).map((kind): EditTask => ({ kind }));
    let count = 0;
    for (const name of readdirSync(folder).slice(0, 5)) {
      const text = readFileSync(path.join(folder, name), 'utf8');
      const hunks = await plan(text, tasks);
      count += hunks.length;
      for (const some of [hunks, ...hunks.map((h) => [h])]) assert.ok(parses(api, name, taken(text, some)), name);
      const changes = hunks.flatMap((h) => h.changes).sort((a, b) => a.start - b.start);
      for (let i = 1; i < changes.length; i++) assert.ok(changes[i]!.start >= changes[i - 1]!.end, 'disjoint');
    }
    assert.ok(count > 8, `${count} hunks`);
  });

  it('keeps together what only makes sense together', async () => {
    const text = 'function f(sum) {\n  const y = sum + 1;\n  return y * sum;\n}\n';
    const [rename, ...others] = await plan(text, asked(text, 'rename sum to total'));
    assert.equal(others.length, 0);
    assert.equal(rename!.changes.length, 3);
    const nested = 'function f(a) {\n  const x = a.b;\n  const y = x;\n  return y;\n}\n';
    const inlined = await plan(nested, [...asked(nested, 'inline y'), ...asked(nested, 'inline x')]);
    for (const some of [inlined, ...inlined.map((h) => [h])]) {
      const f = vm.runInNewContext(`(${taken(nested, some)})`) as (a: unknown) => unknown;
      assert.equal(f({ b: 7 }), 7);
    }
  });

  it('changes nothing outside of the region, but for what was named', async () => {
    const text =
      'function f(a) {\n  return a == 1 && typeof a == "number";\n}\nfunction g(b) {\n  return typeof b == "string";\n}\n';
    const start = text.indexOf('function g');
    const hunks = await plan(text, improving, { start, end: text.length });
    assert.equal(taken(text, hunks), text.replace('typeof b ==', 'typeof b ==='));
    const inF = text.indexOf('return a');
    const renamed = await plan(text, asked(text, 'rename a to it'), { start: inF, end: inF + 8 });
    assert.match(taken(text, renamed), /function f\(it\) \{\n {2}return it == 1 && typeof it/);
  });

  it('ends when it is called off', async () => {
    const stop = new Error('enough');
    let turns = 0;
    const calledOff = planEdits(parseSource(api, 'case.js', busy), improving, whole(busy), {
      breathe: () => (++turns > 3 ? Promise.reject(stop) : Promise.resolve()),
    });
    await assert.rejects(calledOff, stop);
  });
});

describe('instructions for a source', () => {
  const unit = parseSource(api, 'case.js', busy);
  it('may ask for several things', async () => {
    const text = taken(busy, await plan(busy, asked(busy, 'use strict equality and template strings, then no var')));
    assert.match(text, /=== 'number'/);
    assert.match(text, /let label = `n: \$\{list\.length\}`|const label = `n: \$\{list\.length\}`/);
    assert.doesNotMatch(text, /\bvar\b/);
  });

  it('that can not be followed say why', () => {
    const problem = (text: string): string => understand(text, editKinds, unit)!.problems.join(' ');
    assert.match(problem('rename label to out'), /"out" can't be the new name/);
    assert.match(problem('rename'), /Say which name/);
    assert.match(problem('rename f to g'), /can't be renamed safely/);
    assert.equal(understand('make it faster', editKinds, unit), undefined);
  });

  it('take names and literals from their words', async () => {
    const text = taken(busy, await plan(busy, asked(busy, "extract 'n: ' into a constant called lead")));
    assert.match(text, /const lead = 'n: ';/);
    assert.match(text, /var label = lead \+ list\.length;/);
  });
});

describe('the region of an edit', () => {
  const text = 'const a = 1;\nfunction f(x) {\n  const g = (y) => y;\n  return g(x);\n}\n\nb();\n';
  const unit = parseSource(api, 'case.js', text);
  const region = (start: number, end = start): string => {
    const found = regionAround(unit, { start, end });
    return text.slice(found.start, found.end);
  };
  it('is the function around the cursor, else the statement, else the line', () => {
    assert.match(region(text.indexOf('return')), /^function f[^]*\}$/);
    assert.equal(region(text.indexOf('=> y')), '  const g = (y) => y;');
    assert.equal(region(3), 'const a = 1;');
    assert.equal(region(text.indexOf('\n\n') + 1), '');
  });
  it('is the whole lines of a selection, not one that only its end touches', () => {
    const from = text.indexOf('const g') + 3;
    assert.equal(region(from, from + 4), '  const g = (y) => y;');
    assert.equal(region(text.indexOf('  const g'), text.indexOf('  return')), '  const g = (y) => y;');
    assert.equal(region(0, text.length), text.slice(0, -1));
  });
});
