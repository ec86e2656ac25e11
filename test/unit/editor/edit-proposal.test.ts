import assert from 'node:assert/strict';
import fc from 'fast-check';
import { choicesFor, historyFrom, remember } from '../../../src/editor/edit/choices';
import { hunkDiff, inOneLine, marksOf } from '../../../src/editor/edit/marks';
import { accepted, hunkAt, inDocument, moved, proposalOf, rejected, type Proposal } from '../../../src/editor/edit/proposal';
import { inOrder, withChanges, type DocumentChange, type RegionChange } from '../../../src/editor/edit/rebase';
import type { EditResult } from '../../../src/protocol/edit';

/** A document in every style of line ends, a region in it, and disjoint hunks in the region. */
const situation = fc
  .record({
    before: fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '\t', '\uFEFF'), maxLength: 20 }),
    pieces: fc.array(fc.record({ kept: fc.string({ unit: fc.constantFrom('k', '\r\n', '\n'), minLength: 1, maxLength: 4 }), old: fc.constantFrom('', 'o', 'ol\r\nd'), fresh: fc.constantFrom('', 'N', 'N\nEW') }), { maxLength: 5 }),
    after: fc.string({ unit: fc.constantFrom('z', '\n', '\r\n'), maxLength: 20 }),
  })
  .map(({ before, pieces, after }) => {
    let region = '';
    const hunks: EditResult['hunks'] = [];
    for (const { kept, old, fresh } of pieces) {
      region += kept;
      if (old !== fresh) {
        const start = before.length + region.length;
        hunks.push({ title: fresh, kinds: [], changes: [{ start, end: start + old.length, text: fresh }] });
      }
      region += old;
    }
    const text = before + region + after;
    const range = { start: before.length, end: before.length + region.length };
    const result: EditResult = { status: 'edited', how: 'known', message: '', file: 'a.js', range, hunks, diff: '', baseHash: '', offers: [], steps: 0, seconds: 0, device: '' };
    return { text, result };
  }); // prettier-ignore

const some = fc.array(fc.record({ at: fc.nat(), length: fc.nat({ max: 6 }), text: fc.constantFrom('', '\n', 'xy', '\r\nq') }), { maxLength: 8 }); // prettier-ignore

function changed(text: string, { offset, length, text: added }: DocumentChange): string {
  return text.slice(0, offset) + added + text.slice(offset + length);
}

describe('an edit that waits', () => {
  it('moves along with changes beside its region, and knows every change inside', () => {
    let [survived, ended] = [0, 0];
    fc.assert(
      fc.property(situation, some, ({ text, result }, asked) => {
        let now = text;
        let proposal: Proposal | undefined = proposalOf(result, text);
        const wanted = withChanges(proposal.text, proposal.hunks.flatMap((h) => h.changes)); // prettier-ignore
        for (const ask of asked) {
          const offset = ask.at % (now.length + 1);
          const change = { offset, length: Math.min(ask.length, now.length - offset), text: ask.text };
          const { region }: Proposal = proposal;
          const beside: boolean = change.offset + change.length <= region.start || change.offset >= region.end;
          now = changed(now, change);
          proposal = moved(proposal, [change]);
          assert.equal(proposal !== undefined, beside);
          if (!proposal) {
            ended++;
            return;
          }
          assert.equal(now.slice(proposal.region.start, proposal.region.end), proposal.text, 'the region is found again');
        }
        survived++;
        const done = withChanges(now, inDocument(proposal, proposal.hunks));
        assert.equal(done.slice(proposal.region.start, proposal.region.start + wanted.length), wanted);
        assert.equal(done.slice(0, proposal.region.start), now.slice(0, proposal.region.start));
        assert.equal(done.slice(proposal.region.start + wanted.length), now.slice(proposal.region.end));
      }),
      { numRuns: 500 },
    );
    assert.ok(survived > 20 && ended > 20, `${survived} survived, ${ended} ended`);
  });

  it('gives the same text whether its hunks are taken at once, or one by one in any order', () => {
    fc.assert(
      fc.property(situation, fc.array(fc.nat()), ({ text, result }, order) => {
        let proposal = proposalOf(result, text);
        const whole = withChanges(text, inDocument(proposal, proposal.hunks));
        let now = text;
        for (let step = 0; proposal.hunks.length > 0; step++) {
          const hunk = proposal.hunks[(order[step] ?? 0) % proposal.hunks.length]!;
          now = withChanges(now, inDocument(proposal, [hunk]));
          proposal = accepted(proposal, [hunk]);
          assert.equal(now.slice(proposal.region.start, proposal.region.end), proposal.text);
        }
        assert.equal(now, whole);
      }),
    );
  });

  it('leaves every byte as it was where all hunks are turned down, in every style of line ends', () => {
    fc.assert(
      fc.property(situation, ({ text, result }) => {
        let proposal = proposalOf(result, text);
        for (const hunk of proposal.hunks) proposal = rejected(proposal, [hunk]);
        assert.equal(proposal.hunks.length, 0);
        assert.equal(withChanges(text, inDocument(proposal, proposal.hunks)), text);
      }),
    );
  });

  it('takes the changes of one event from the last to the first', () => {
    const changes = [{ offset: 2, length: 1, text: 'XX' }, { offset: 8, length: 0, text: 'Y' }]; // prettier-ignore
    assert.equal(inOrder(changes).reduce(changed, '0123456789'), '01XX34567Y89');
    const proposal = proposalOf({ ...base, range: { start: 4, end: 6 }, hunks: [] }, '0123456789');
    assert.deepEqual(moved(proposal, inOrder(changes))!.region, { start: 5, end: 7 });
  });

  it('knows the hunk at a place: the change there, else one on its line', () => {
    const text = 'let a = 1;\nlet b = 2;\n';
    const change = (start: number, end: number, fresh: string): RegionChange => ({ start, end, text: fresh });
    const hunks = [change(0, 3, 'const'), change(8, 9, '2'), change(11, 14, 'const')].map((c) => ({ title: '', kinds: [], changes: [c] })); // prettier-ignore
    const proposal = proposalOf({ ...base, range: { start: 0, end: text.length }, hunks }, text);
    const line = (offset: number): number => text.slice(0, offset).split('\n').length;
    assert.deepEqual([1, 9, 5, 20, 12].map((at) => hunkAt(proposal, line, at)?.id), [0, 1, 0, 2, 2]); // prettier-ignore
    assert.match(hunkDiff(proposal, proposal.hunks[1]!), /^-let a = 1;\n\+let a = 2;$/);
    assert.deepEqual(marksOf(proposal).map((m) => m.added), ['const', '2', 'const']); // prettier-ignore
  });

  const drawn = (old: string, fresh: string): string[] => {
    const text = `a${old}z`;
    const hunk = { title: '', id: 0, changes: [{ start: 1, end: 1 + old.length, text: fresh }] };
    const marks = marksOf({ region: { start: 5, end: 5 + text.length }, text, hunks: [hunk], how: 'known', message: '' });
    return marks.map(({ start, end, added }) => `${text.slice(start - 5, end - 5)}>${added.replaceAll('\u00a0', ' ')}`);
  };

  it('shows new lines behind the old ones in their place', () => {
    const old = ' else {\r\n    return { x: x };\r\n  }';
    assert.deepEqual(drawn(old, '\r\n  return { x };'), [' else {>', 'return { x: x };>return { x };', '}>']);
    assert.deepEqual(drawn('f();\n  g();\n', 'f();\n  h();\n'), ['g();>h();']);
    assert.deepEqual(drawn('f();\n\ng();', 'f(1);\nif (a) {\n  g();\n}'), ['f();>f(1);', '>if (a) {', 'g();>g(); ⏎ }']);
    assert.deepEqual(drawn('f();\ng();\n', ''), ['f();>', 'g();>']);
    assert.deepEqual(drawn('', 'f();\n'), ['>f(); ⏎ ']);
    assert.deepEqual(drawn('\n', ''), ['\n>']);
    assert.deepEqual(drawn('f();', 'if (a) {\n  f();\n}'), ['f();>if (a) { ⏎ f(); ⏎ }']);
  });

  it('draws every change, in its own place', () => {
    fc.assert(
      fc.property(situation, ({ text, result }) => {
        const proposal = proposalOf(result, text);
        const marks = marksOf(proposal);
        for (const { start, end } of marks) assert.doesNotMatch(text.slice(start, end), /[\r\n]/);
        for (const hunk of proposal.hunks)
          for (const change of inDocument(proposal, [hunk])) assert.ok(marks.some((m) => m.hunk === hunk && m.start >= change.start && m.end <= change.end)); // prettier-ignore
      }),
    );
  });

  it('shows text of several lines within one', () => {
    assert.equal(inOneLine('{\r\n\treturn x;\n}').replaceAll('\u00a0', ' '), '{ ⏎ return x; ⏎ }');
    assert.equal(inOneLine('x'.repeat(500)).length, 160);
  });
});

describe('the instruction box', () => {
  const offers = [
    { kind: 'let-to-const', instruction: 'Use const', places: 2 },
    { kind: 'rename', instruction: 'Rename FROM to TO', places: 0 },
  ];
  it('offers what is typed, what applies here, what was asked before, and the rest; nothing twice', () => {
    const groups = (typed: string, history: string[]): string[] => choicesFor(typed, history, offers).map((c) => `${c.group}: ${c.instruction}`); // prettier-ignore
    assert.deepEqual(groups('', ['make it short', 'use const']), ['improve: ', 'here: Use const', 'history: make it short', 'elsewhere: Rename FROM to TO']); // prettier-ignore
    assert.deepEqual(groups('  Make it short ', ['make it short']), ['typed: Make it short', 'here: Use const', 'elsewhere: Rename FROM to TO']); // prettier-ignore
  });

  it('remembers, the most recent first, each once, and not for ever', () => {
    assert.deepEqual(remember(['b', 'A', 'c'], ' a '), ['a', 'b', 'c']);
    assert.deepEqual(remember(['b'], ' '), ['b']);
    const many = Array.from({ length: 100 }, (_, i) => `do ${i}`).reduce<string[]>(remember, []);
    assert.equal(many.length, 30);
    assert.equal(many[0], 'do 99');
    assert.deepEqual(historyFrom(['a', 1, null]), ['a']);
    assert.deepEqual(historyFrom({ a: 1 }), []);
  });
});

const base: EditResult = { status: 'edited', how: 'known', message: '', file: 'a.js', range: { start: 0, end: 0 }, hunks: [], diff: '', baseHash: '', offers: [], steps: 0, seconds: 0, device: '' }; // prettier-ignore
