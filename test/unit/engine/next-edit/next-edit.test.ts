import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CodeModel } from '../../../../src/diffusion/code-model';
import { changedRun, textBefore, tokensOf } from '../../../../src/engine/next-edit/change';
import { nextEdits } from '../../../../src/engine/next-edit/service';
import { nextEditParams, type NextEditResult } from '../../../../src/protocol/messages';

interface Options {
  readonly languageId?: string;
  readonly recent?: readonly { readonly oldText: string; readonly newText: string }[];
  readonly model?: CodeModel;
}

/** What follows when `⟦old|new⟧` in a text was just changed. */
async function follow(marked: string, options: Options = {}): Promise<NextEditResult & { readonly text: string }> {
  const found = /⟦([^|]*)\|([^⟧]*)⟧/.exec(marked)!;
  const text = marked.replace(found[0], found[2]!);
  const params = nextEditParams.parse({
    text,
    languageId: options.languageId ?? 'typescript',
    change: { start: found.index, oldText: found[1], newText: found[2] },
    recent: options.recent ?? [],
  });
  return { text, ...(await nextEdits(params, options.model ?? null, new AbortController().signal)) };
}

/** The text with all that follows done. */
async function done(marked: string, options: Options = {}): Promise<string> {
  const { text, edits } = await follow(marked, options);
  for (const { start, end, oldText } of edits)
    assert.equal(text.slice(start, end), oldText, 'the text holds what is to be replaced');
  const last = [...edits].sort((a, b) => b.start - a.start);
  return last.reduce((result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end), text);
}

/** Nothing follows. */
async function silent(marked: string, options: Options = {}): Promise<void> {
  const { edits, kind } = await follow(marked, options);
  assert.deepEqual(edits, []);
  assert.equal(kind, null);
}

describe('next edit: what was changed', () => {
  const run = (marked: string): string | undefined => {
    const found = /⟦([^|]*)\|([^⟧]*)⟧/s.exec(marked)!;
    const change = changedRun(marked.replace(found[0], found[2]!), {
      start: found.index,
      oldText: found[1]!,
      newText: found[2]!,
    });
    return change && `${change.oldText} -> ${change.newText}`;
  };

  it('is whole tokens, however little was typed', () => {
    assert.equal(run('const to⟦t|tal⟧s = 1;'), 'totts -> totals'.replace('totts', 'tots'));
    assert.equal(run('x.⟦|my⟧name()'), 'name -> myname');
    assert.equal(run('a ⟦<|>⟧ b'), '< -> >');
    assert.equal(run('a =⟦=|==⟧ b'), '== -> ===');
    assert.equal(run('f(⟦1|12⟧)'), '1 -> 12');
  });

  it('carries the next token along where something was only added or taken away', () => {
    assert.equal(run('x = ⟦|await ⟧load();'), 'load -> await load');
    assert.equal(run('x = ⟦await |⟧load();'), 'await load -> load');
  });

  it('is nothing where it is nothing, crosses lines, or is much', () => {
    assert.equal(run('a⟦b|b⟧'), undefined);
    assert.equal(run('a⟦|\n⟧b'), undefined);
    assert.equal(run('⟦a|a, b, c, d, e, f, g, h⟧;'), undefined);
  });

  it('gives the text as it is when done to the text as it was', () => {
    const code = fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '.', '(', ')', '\n', '=', '==', '1', 'é'), maxLength: 24 });
    fc.assert(
      fc.property(code, code, code, code, (head, oldText, newText, tail) => {
        const text = head + newText + tail;
        const before = head + oldText + tail;
        const change = changedRun(text, { start: head.length, oldText, newText });
        if (change) assert.equal(textBefore(text, change), before);
        assert.equal(tokensOf(text).join(''), text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('next edit: a declaration has another name', () => {
  it('its uses follow, and other things of the same name stay', async () => {
    assert.equal(
      await done(
        'function f(list) {\n  let ⟦sum|total⟧ = 0;\n  for (const n of list) sum += n;\n  return { sum, x: o.sum };\n}\nconst sum = 1;',
      ),
      'function f(list) {\n  let total = 0;\n  for (const n of list) total += n;\n  return { sum: total, x: o.sum };\n}\nconst sum = 1;',
    );
  });

  it('parameters with their documentation, functions, classes, imports and what is exported', async () => {
    assert.equal(
      await done('/** @param list what to add */\nfunction f(⟦list|entries⟧) {\n  return list.length;\n}'),
      '/** @param entries what to add */\nfunction f(entries) {\n  return entries.length;\n}',
    );
    assert.equal(await done('function ⟦go|run⟧() {}\ngo();\nexport { go };'), 'function run() {}\nrun();\nexport { run as go };');
    assert.equal(await done('class ⟦A|B⟧ {}\nconst a: A = new A();'), 'class B {}\nconst a: B = new B();');
    assert.equal(await done("import { x as ⟦y|z⟧ } from './x';\ny();"), "import { x as z } from './x';\nz();");
    assert.equal(await done('const { ⟦a|b⟧ } = o;\nf(a);'), 'const { b } = o;\nf(b);');
  });

  it('members where nothing else has their name, and private ones within their class', async () => {
    assert.equal(
      await done('class A {\n  ⟦load|fetchAll⟧() {}\n  x() { this.load(); }\n}\nnew A().load();'),
      'class A {\n  fetchAll() {}\n  x() { this.fetchAll(); }\n}\nnew A().fetchAll();',
    );
    assert.equal(
      await done('class A {\n  #⟦n|count⟧ = 0;\n  x() { return this.#n; }\n}\nclass B { #n = 1; y() { return this.#n; } }'),
      'class A {\n  #count = 0;\n  x() { return this.#count; }\n}\nclass B { #n = 1; y() { return this.#n; } }',
    );
    assert.equal(
      await done('class A {\n  ⟦map|each⟧() {}\n  x() { this.map(); [].map(f); }\n}'),
      'class A {\n  each() {}\n  x() { this.each(); [].map(f); }\n}',
    );
  });

  it('is silent when unsure', async () => {
    await silent('function f(a) {\n  return ⟦a|b⟧ + a;\n}'); // a use, not the declaration
    await silent('let ⟦a|b⟧ = 0;\nlet b = 1;\nf(a);'); // the new name means something already
    await silent('let ⟦a|b⟧ = 0;\nf(a;'); // does not parse
    await silent('let ⟦a|b⟧ = 0;\neval("a");\nf(a);');
    await silent('let ⟦a|b⟧ = 0;'); // nothing uses it
    await silent('class A { ⟦go|run⟧() {} }\nclass B { go() {} }\nx.go();'); // whose?
    await silent('let ⟦a|class⟧ = 0;\nf(a);');
  });

  it('the uses after the change come first', async () => {
    const { edits, kind } = await follow('f(g);\nfunction ⟦g|h⟧() {}\ng();');
    assert.equal(kind, 'rename');
    assert.deepEqual(edits.map(({ start }) => start), [22, 2]); // prettier-ignore
  });
});

describe('next edit: the same change again', () => {
  const recent = (oldText: string, newText: string) => ({ recent: [{ oldText, newText }] });

  it('goes to places where the same tokens have the same role', async () => {
    assert.equal(
      await done("log.⟦info|debug⟧('a');\nlog.info('b');\nconst info = log.info;\nf(info);", recent('info', 'debug')),
      "log.debug('a');\nlog.debug('b');\nconst info = log.debug;\nf(info);",
    );
    assert.equal(
      await done('const a = ⟦|await ⟧load(1);\nconst b = load(2);\nload(3);', recent('load', 'await load')),
      'const a = await load(1);\nconst b = await load(2);\nawait load(3);',
    );
    assert.equal(await done('f(⟦1|2⟧);\nf(1);\nx[1];\ng(11);', recent('1', '2')), 'f(2);\nf(2);\nx[1];\ng(11);');
  });

  it('also where there is no parser for the language', async () => {
    assert.equal(
      await done('x.⟦foo|bar⟧()\ny.foo()\nfoo = 1\n', { ...recent('foo', 'bar'), languageId: 'python' }),
      'x.bar()\ny.bar()\nfoo = 1\n',
    );
  });

  it('is silent the first time, about marks alone, and where it would be a search and replace', async () => {
    await silent("log.⟦info|debug⟧('a');\nlog.info('b');");
    await silent('a⟦;|,⟧\nb;\nc;', recent(';', ','));
    await silent(`f(⟦1|2⟧);\n${'f(1);\n'.repeat(21)}`, recent('1', '2'));
  });

  it('leaves out places that the model finds unlikely', async () => {
    // A model whose only opinion is that after "keep" nothing is to be changed.
    const model = {
      score: ({ prefix, candidates }: { prefix: string; candidates: readonly string[] }) =>
        Promise.resolve(candidates.map((_, i) => ({ logp: i === 1 && prefix.endsWith('keep.') ? -50 : -5, tokens: 1 }))),
    } as unknown as CodeModel;
    assert.equal(
      await done('log.⟦info|debug⟧();\nlog.info();\nkeep.info();', { ...recent('info', 'debug'), model }),
      'log.debug();\nlog.debug();\nkeep.info();',
    );
  });
});
