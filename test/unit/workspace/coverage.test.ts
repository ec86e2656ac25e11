import assert from 'node:assert/strict';
import fc from 'fast-check';
import { flattenRanges, projectCoverage } from '../../../src/workspace/runners/coverage';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Ranges as V8 gives them: properly nested. */
function nested(start: number, end: number, depth: number): fc.Arbitrary<Range[]> {
  const own = fc.nat(3).map((count) => ({ startOffset: start, endOffset: end, count }));
  if (depth === 0 || end - start < 4) return own.map((range) => [range]);
  return fc
    .tuple(own, fc.integer({ min: start + 1, max: end - 2 }))
    .chain(([range, middle]) =>
      fc
        .tuple(nested(start + 1, middle, depth - 1), nested(middle, end - 1, depth - 1), fc.boolean())
        .map(([a, b, both]) => [range, ...(a[0]!.endOffset > a[0]!.startOffset ? a : []), ...(both ? b : [])]),
    );
}

/** The slow and plain way: the last range of the nesting that holds a character decides. */
function countAt(ranges: readonly Range[], offset: number): number | undefined {
  const holding = ranges.filter((range) => range.startOffset <= offset && offset < range.endOffset);
  return holding.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))[0]?.count;
}

describe('coverage', () => {
  it('gives every character the count of its innermost range, in disjoint ordered ranges', () => {
    fc.assert(
      fc.property(nested(0, 60, 4), (ranges) => {
        const flat = flattenRanges(ranges);
        for (let i = 1; i < flat.length; i++) assert.ok(flat[i - 1]!.end <= flat[i]!.start);
        for (let offset = 0; offset < 62; offset++) {
          const found = flat.find(({ start, end }) => start <= offset && offset < end)?.count;
          assert.equal(found, countAt(ranges, offset), `at ${offset}`);
        }
      }),
    );
  });

  it('leaves out files that were transformed, packages and other folders', () => {
    const script = (url: string) => ({ url, functions: [{ ranges: [{ startOffset: 0, endOffset: 10, count: 1 }] }] });
    const scripts = ['file:///p/a.js', 'file:///p/b.ts', 'file:///p/node_modules/c.js', 'file:///q/d.js', '/p/e.js?v=2'].map(
      script,
    );
    const texts: Record<string, string> = { 'a.js': '0123456789', 'b.ts': 'short', 'e.js': '0123456789' };
    assert.deepEqual(
      projectCoverage(scripts, ['/p'], (file) => texts[file] ?? null).map(({ file }) => file),
      ['a.js', 'e.js'],
    );
  });
});
