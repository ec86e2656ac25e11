import assert from 'node:assert/strict';
import type { RefactorHunk } from '../../../../src/engine/refactor/change';
import { settle, type Judge } from '../../../../src/engine/refactor/settle';

const hunk = (title: string): RefactorHunk => ({ title, origin: 'known', files: [] });
const titles = (hunks: readonly RefactorHunk[]): string => hunks.map((h) => h.title).join('');
const letters = (text: string): string[] => Array.from(text);
const never = (): boolean => false;

/** Says no as long as any of these is there, and blames everything, as a failing test does. */
const against = (bad: string): Judge => (hunks) =>
  Promise.resolve(hunks.some((h) => bad.includes(h.title)) ? { why: 'bad', blamed: hunks } : undefined); // prettier-ignore

describe('settling changes against evidence', () => {
  it('takes back exactly the hunks that are wrong, whichever they are', async () => {
    const all = letters('abcdefg').map(hunk);
    for (let mask = 0; mask < 128; mask++) {
      const bad = letters('abcdefg').filter((_, i) => (mask >> i) & 1).join('');
      const { hunks, dropped, late } = await settle(all, { judges: [against(bad)], replace: () => Promise.resolve([]), isLate: never });
      assert.equal(titles(hunks), letters('abcdefg').filter((t) => !bad.includes(t)).join(''), bad);
      assert.equal(letters(titles(dropped.map((d) => d.hunk))).sort().join(''), bad);
      assert.equal(late, false);
    } // prettier-ignore
  });

  it('finds one of many with few looks', async () => {
    const all = Array.from({ length: 64 }, (_, i) => hunk(String(i)));
    let looks = 0;
    const judge: Judge = (hunks) => {
      looks++;
      return Promise.resolve(hunks.some((h) => h.title === '41') ? { why: 'bad', blamed: hunks } : undefined);
    };
    const { hunks } = await settle(all, { judges: [judge], replace: () => Promise.resolve([]), isLate: never });
    assert.equal(hunks.length, 63);
    assert(looks <= 9, `${looks} looks`);
  });

  it('looks among all where the blamed are innocent', async () => {
    const judge: Judge = (hunks) =>
      Promise.resolve(hunks.some((h) => h.title === 'c') ? { why: 'bad', blamed: hunks.filter((h) => h.title === 'a') } : undefined);
    const sure: Judge = async (hunks) => {
      const evidence = await judge(hunks);
      return evidence && (evidence.blamed.length === 1 ? { ...evidence, blamed: hunks.filter((h) => 'ab'.includes(h.title)) } : evidence);
    };
    const { hunks } = await settle(letters('abc').map(hunk), { judges: [sure], replace: () => Promise.resolve([]), isLate: never });
    assert.equal(titles(hunks), 'ab');
  }); // prettier-ignore

  it('puts another hunk in the place of a blamed one, and judges that, too', async () => {
    const next: Record<string, string> = { x: 'y', y: 'z' };
    const { hunks, dropped } = await settle([hunk('a'), hunk('x')], {
      judges: [against('xy')],
      replace: ({ title }) => Promise.resolve(next[title] === undefined ? [] : [hunk(next[title])]),
      isLate: never,
    });
    assert.equal(titles(hunks), 'az');
    assert.deepEqual(dropped, []);
  });

  it('offers nothing that it had no time to judge', async () => {
    const { hunks, late } = await settle(letters('ab').map(hunk), {
      judges: [against('a')],
      replace: () => Promise.resolve([]),
      isLate: () => true,
    });
    assert.equal(late, true);
    assert.deepEqual(hunks, []);
  });
});
