import assert from 'node:assert/strict';
import { calibrationOf } from '../../../../src/bench/quality/calibration';
import { GrowingText, SortedText } from '../../../../src/bench/quality/counts';
import { lexemesOf, wordsOf } from '../../../../src/bench/quality/lexemes';
import { rowOf, type Fill } from '../../../../src/bench/quality/model';
import { NgramModel } from '../../../../src/bench/quality/ngram';
import { shareOf } from '../../../../src/bench/quality/shares';
import { Spelling } from '../../../../src/bench/quality/spelling';
import { cursorTasks, infillTasks, parsesWith } from '../../../../src/bench/quality/tasks';
import { ratioOf } from '../../../../src/training/pretrain/evaluate';
import { Random } from '../../../../src/training/random';
import { madeFile } from '../../training/corpus/code';

const documents = Array.from({ length: 6 }, (_, i) => ({ package: null, path: `file${i}.js`, text: madeFile(i) }));

describe('figures of the quality bench', () => {
  it('calibration error of a made-up table', () => {
    const judged = [
      ...Array.from({ length: 10 }, (_, i) => ({ confidence: 0.85, right: i < 6 })),
      ...Array.from({ length: 30 }, (_, i) => ({ confidence: 0.15, right: i < 6 })),
    ];
    const { ece, bins, judged: count } = calibrationOf(judged);
    // 10/40 |0.6 - 0.85| + 30/40 |0.2 - 0.15|
    assert.ok(Math.abs(ece! - 0.1) < 1e-12, String(ece));
    assert.equal(count, 40);
    assert.deepEqual(
      bins.map((b) => [b.from, b.right.hits, b.right.of]),
      [[0.1, 6, 30], [0.8, 6, 10]], // prettier-ignore
    );
    assert.equal(calibrationOf([{ confidence: 1, right: true }]).ece, 0);
    assert.equal(calibrationOf([]).ece, null);
  });

  it("shares have Wilson's interval", () => {
    const { share, low, high } = shareOf(5, 50);
    assert.equal(share, 0.1);
    // Brown, Cai and DasGupta's formula, by hand: (0.1 + z²/100 ± z sqrt(0.09/50 + z²/10000)) / (1 + z²/50).
    assert.ok(Math.abs(low! - 0.04348) < 1e-4 && Math.abs(high! - 0.21361) < 1e-4, String([low, high]));
    assert.equal(shareOf(0, 0).share, null);
  });

  it('bits per character of groups: the ratio of sums, with an error that is none where all groups agree', () => {
    const even = ratioOf([{ bits: 20, characters: 10 }, { bits: 40, characters: 20 }]); // prettier-ignore
    assert.deepEqual([even.perCharacter, even.standardError, even.characters], [2, 0, 30]);
    assert.ok(ratioOf([{ bits: 10, characters: 10 }, { bits: 50, characters: 20 }]).standardError > 0); // prettier-ignore
  });
});

describe('tasks of the quality bench', () => {
  const tasks = infillTasks(documents, 4, 3);

  it('are the same for a seed, and stand in their files where they say', () => {
    assert.deepEqual(tasks, infillTasks(documents, 4, 3));
    assert.notDeepEqual(tasks, infillTasks(documents, 4, 4));
    assert.equal(tasks.length, 16);
    for (const { document, gap, prefix, middle, suffix } of tasks) {
      assert.equal(documents[document]!.text.slice(gap.start, gap.end), middle);
      assert.ok(documents[document]!.text.includes(prefix + middle + suffix));
    }
  });

  it('a fill that is what stood there is exact and parses; others are not, and a missing one is a miss', () => {
    const lines = tasks.filter((t) => t.kind === 'three_lines');
    const by = (text: (middle: string) => string | null): Fill[] =>
      lines.map((task) => ({ task, text: text(task.middle), steps: 2 }));
    const row = (fills: Fill[]) => rowOf(documents, 'three_lines', { length: 'told', steps: 2 }, fills);
    const right = row(by((middle) => middle));
    assert.deepEqual([right.exact.hits, right.exact.of, right.parses?.hits, right.meanSteps], [4, 4, 4, 2]);
    const broken = row(by(() => ' ) ( '));
    assert.deepEqual([broken.exact.hits, broken.parses?.hits, broken.parses?.of], [0, 0, 4]);
    const spaced = row(by((middle) => `${middle} `));
    assert.deepEqual([spaced.exact.hits, spaced.parses?.hits], [0, 4]);
    assert.equal(row(by(() => null)).exact.share, 0);
    const unsound = [{ package: null, path: 'a.js', text: 'if (' }];
    assert.equal(parsesWith(unsound, { ...lines[0]!, document: 0, gap: { start: 0, end: 2 } }, 'x'), null);
  });

  it('cursors stand where lines are written', () => {
    const cursors = cursorTasks(documents, 20, 1);
    assert.equal(cursors.length, 20);
    for (const [i, { prefix, truth, suffix }] of cursors.entries()) {
      assert.ok(documents.some((d) => d.text.includes(prefix + truth + suffix)));
      if (i % 2 === 0) assert.ok(!truth.includes('\n'));
      else assert.match(prefix, /(^|\n)[ \t]*$/);
    }
  });
});

describe('the n-gram model', () => {
  it('lexemes are all of a text', () => {
    for (const { text } of [...documents, { text: 'a  =>\n\n\t b?.c; \u{1f600}\r\n  "x" ' }])
      assert.equal(lexemesOf(text).join(''), text);
    assert.deepEqual(lexemesOf('if (a === 12) {\n  b'), ['if', ' (', 'a', ' ===', ' 12', ')', ' {', '\n  ', 'b']);
    assert.deepEqual(wordsOf('a.b1(2)').map(({ start, end }) => [start, end]), [[0, 1], [2, 4], [5, 6]]); // prettier-ignore
  });

  it('counts contexts as plain counting does', () => {
    const random = Random.seeded(5);
    const text = Array.from({ length: 300 }, () => random.below(4));
    const sorted = new SortedText(Int32Array.from(text), 3);
    const growing = new GrowingText(3);
    growing.addAll(text);
    for (let trial = 0; trial < 100; trial++) {
      const context = Array.from({ length: random.below(4) }, () => random.below(4));
      const id = random.below(5);
      const places = text.flatMap((_, i) =>
        i + context.length < text.length && context.every((c, k) => text[i + k] === c) ? [i] : [],
      );
      const expected = places.filter((i) => text[i + context.length] === id).length;
      for (const counts of [sorted, growing]) {
        const seen = counts.after(context);
        assert.equal(seen?.total ?? 0, places.length);
        assert.equal(seen?.of(id) ?? 0, expected);
        assert.equal(seen?.some().includes(id) ?? false, expected > 0);
      }
    }
  });

  it('spells: probabilities of all characters after a context sum to one or less, and known words are likelier', () => {
    const spelling = new Spelling(['value', 'values', 'valve']);
    assert.ok(spelling.logp('values') > spelling.logp('evalus') + 5);
    const short = ['', ...Array.from('abcdefghijklmnopqrstuvwxyz')].map((l) => Math.exp(spelling.logp(l)));
    assert.ok(short.reduce((a, b) => a + b, 0) < 1);
    assert.ok(Number.isFinite(spelling.logp('\u{1f600}')));
  });

  it('predicts and fills what it has seen, and copies from the document what it has not', () => {
    const model = new NgramModel(documents.slice(0, 5).map((d) => d.text));
    const bitsOf = (text: string): number => model.bits(text) / text.length;
    assert.ok(bitsOf(documents[1]!.text) < 0.6 * bitsOf('const zebra = quagga(okapi, gnu);\nlet ibex = wombat[numbat];\n'));
    const own = [
      {
        package: null,
        path: 'seen.js',
        text: Array.from({ length: 60 }, (_, i) => `alpha${i}(beta${i}, gamma${i}); // ${i}\n`).join(''),
      },
    ];
    const known = new NgramModel([...own, ...documents].map((d) => d.text));
    const seen = infillTasks(own, 6, 1).filter((t) => t.kind === 'line' || t.kind === 'three_lines');
    assert.equal(seen.length, 12);
    for (const t of seen) assert.equal(known.fill(t), t.middle);
    const line = '  const okapi = quagga(zebra, numbat);';
    const task = {
      prefix: `function one() {\n${line}\n}\n\nfunction two() {\n  const okapi = `,
      suffix: ';\n}\n',
      middle: 'quagga(zebra, numbat)',
    };
    assert.equal(model.fill(task), task.middle);
    assert.equal(new NgramModel([]).fill(task), task.middle);
  });
});
