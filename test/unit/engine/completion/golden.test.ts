/**
 * Post-processing against golden texts: `golden/*.txt` hold, for each case, the document with the cursor (`▮`), what a model wrote, and what is kept
 * of it, shown in place between `⟦` and `⟧`. UNMASK_RECORD=1 writes what is kept now into the files; the difference is then read in git.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { finish, nearAfter, nearBefore, nearby } from '../../../../src/engine/completion/clean';
import { planCompletion } from '../../../../src/engine/completion/plan';

const folder = path.join(__dirname, 'golden');
const record = process.env['UNMASK_RECORD'] === '1';

interface Case {
  readonly title: string;
  readonly options: Readonly<Record<string, string>>;
  readonly place: string;
  readonly model: string;
  readonly kept: string;
}

/** Tabs, carriage returns, spaces at line ends and characters without a shape are written so that they are seen. */
function visible(text: string): string {
  return text
    .replaceAll('\t', '→')
    .replaceAll('\r', '␍')
    .replaceAll(/ +(?=[\n⟧▮]|$)/g, (spaces) => '·'.repeat(spaces.length))
    .replaceAll(/[\p{Cc}\p{Cf}\ufffd]/gu, (c) => (c === '\n' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

function real(text: string): string {
  return text
    .replaceAll('→', '\t')
    .replaceAll('␍', '\r')
    .replaceAll('·', ' ')
    .replaceAll(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function parse(text: string): { readonly head: string; readonly cases: readonly Case[] } {
  const [head, ...blocks] = text.split(/^## /m);
  const cases = blocks.map((block) => {
    const [opening, ...parts] = block.split(/^--- /m);
    const [title, ...options] = opening!.trim().split('\n');
    const part = (name: string): string =>
      parts.find((p) => p.startsWith(`${name}\n`))?.slice(name.length + 1).replace(/\n$/, '') ?? ''; // prettier-ignore
    return {
      title: title!,
      options: Object.fromEntries(options.map((line) => line.split(': ') as [string, string])),
      place: part('place'),
      model: part('model'),
      kept: part('kept'),
    };
  });
  return { head: head!, cases };
}

function print(head: string, cases: readonly Case[]): string {
  const blocks = cases.map(({ title, options, place, model, kept }) =>
    [
      `## ${title}`,
      ...Object.entries(options).map((o) => o.join(': ')),
      '--- place',
      place,
      '--- model',
      model,
      '--- kept',
      kept,
      '--- end',
    ]
      .map((line) => `${line}\n`)
      .join(''),
  );
  return head + blocks.join('\n');
}

function keptOf({ options, place, model }: Case): string {
  const [prefix, suffix] = real(place).split('▮');
  assert(prefix !== undefined && suffix !== undefined, 'the place holds one cursor');
  const plan = planCompletion(prefix, suffix, Number(options['lines'] ?? 8));
  if (!plan.complete) return `silent: ${plan.why}`;
  const languageId = options['language'] ?? 'javascript';
  const cleaned = finish(real(model), { prefix, suffix, languageId, maxLines: plan.maxLines });
  return cleaned.text === undefined ? `silent: ${cleaned.why}` : visible(`${prefix}⟦${cleaned.text}⟧${suffix}`);
}

describe('completion: golden texts of the post-processing', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
    const file = path.join(folder, name);
    const { head, cases } = parse(readFileSync(file, 'utf8'));
    describe(path.basename(name, '.txt'), () => {
      if (record) writeFileSync(file, print(head, cases.map((c) => ({ ...c, kept: keptOf(c) })))); // prettier-ignore
      for (const c of cases) {
        it(c.title, () => {
          if (!record) assert.equal(keptOf(c), c.kept);
        });
      }
      it('is written as it is read', () => {
        if (!record) assert.equal(print(head, cases), readFileSync(file, 'utf8'));
      });
    });
  }
});

describe('completion: post-processing at any size', () => {
  const gap = { languageId: 'javascript', maxLines: 8 };

  it('looks at a bounded part of a document of 50,000 lines, and at whole lines', () => {
    const block = 'function f(list) {\n  return list.map((x) => x * 2);\n}\n';
    const document = block.repeat(17_000);
    for (const share of [0, 0.3, 0.7, 1]) {
      const at = document.indexOf('\n', Math.floor(share * (document.length - 1))) + 1;
      const whole = { prefix: document.slice(0, at), suffix: document.slice(at) };
      const near = nearby(whole);
      assert(near.prefix.length <= nearBefore && near.suffix.length <= nearAfter);
      assert(near.prefix === whole.prefix || whole.prefix[whole.prefix.length - near.prefix.length - 1] === '\n');
      const raw = 'const a = f([1, 2]);\nfunction f(list) {';
      assert.deepEqual(finish(raw, { ...gap, ...whole }), finish(raw, { ...gap, ...near }), 'nothing else is looked at');
    }
  });

  it('takes lines of 100,000 characters, before and after the cursor and in the completion', () => {
    const long = 'a(b, '.repeat(20_000);
    for (const [prefix, suffix] of [
      [long, ''],
      ['', `\n${long}`],
      [long, long],
      [`'${'x'.repeat(100_000)}`, `${'y'.repeat(100_000)}'`],
    ] as const) {
      const { text } = finish('c', { ...gap, prefix, suffix });
      assert(text === 'c' || text === undefined);
    }
    const { text } = finish(long, { ...gap, prefix: 'const x = ', suffix: ';\n' });
    assert(text === undefined || long.startsWith(text.replace(/\)+$/, '')));
  });

  it('never leaves half a character, and nothing that is not seen', () => {
    const piece = fc.constantFrom(
      'a',
      'é',
      'e\u0301',
      '😀',
      '👩\u200d💻',
      '(',
      ')',
      "'",
      '\n',
      ' ',
      '漢',
      'ß',
      '\u202e',
      '\u0000',
    );
    const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, text, (raw, prefix, suffix) => {
        const kept = finish(raw, { ...gap, prefix, suffix }).text;
        if (kept === undefined) return;
        assert.doesNotMatch(kept, /\p{Cs}/u, 'no lone surrogate');
        assert(!/[\p{Cc}\u202e]/u.test(kept.replaceAll('\n', '')));
        assert.doesNotMatch(kept, /^\p{M}/u);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps one kind of line break: the document's", () => {
    const lines = fc.array(fc.constantFrom('a();', '  b', '', '}', 'if (x) {'), { maxLength: 5 });
    fc.assert(
      fc.property(lines, lines, lines, fc.boolean(), (raw, before, after, dos) => {
        const eol = dos ? '\r\n' : '\n';
        const prefix = ['// start', ...before, ''].join(eol);
        const suffix = ['', ...after, ''].join(eol);
        const kept = finish(raw.join('\n'), { ...gap, prefix, suffix }).text;
        if (kept === undefined) return;
        assert.doesNotMatch(kept.replaceAll(eol, ''), /[\r\n]/);
        // What is kept does not depend on the kind of line break.
        const plain = finish(raw.join('\n'), {
          ...gap,
          prefix: prefix.replaceAll('\r', ''),
          suffix: suffix.replaceAll('\r', ''),
        });
        assert.equal(plain.text, kept.replaceAll('\r', ''));
      }),
    );
  });
});
