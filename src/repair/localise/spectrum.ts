/** Which tests executed which characters of the file, and what that says (spectrum-based localisation). */
import type { FileCoverage, TestRun } from '../../workspace/types';

/** A stretch of the file that the same tests executed. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** Ids of the tests that executed it. */
  readonly tests: ReadonlySet<string>;
}

export interface Spectrum {
  /** True where coverage is known test by test. */
  readonly perTest: boolean;
  /** Sorted, without gaps, from 0 to the end of the text. Empty where there is no coverage at all. */
  readonly segments: readonly Segment[];
  /** Tests that executed anything of the file. */
  readonly touching: ReadonlySet<string>;
}

/** True where the innermost range around a position was executed. */
export function executedAt(coverage: FileCoverage, position: number): boolean {
  let size = Infinity;
  let ran = false;
  for (const range of coverage.ranges) {
    if (range.start <= position && position < range.end && range.end - range.start <= size) {
      size = range.end - range.start;
      ran = range.count > 0;
    }
  }
  return ran;
}

/** Cuts the file at every coverage boundary and notes who executed each piece. */
export function readSpectrum(run: TestRun, file: string, length: number): Spectrum {
  const byTest = new Map<string, FileCoverage>();
  for (const [test, files] of run.coverage ?? []) {
    const own = files.find((f) => f.file === file);
    if (own) byTest.set(test, own);
  }
  const perTest = [...(run.coverage?.keys() ?? [])].some((id) => id !== '*');
  const whole = byTest.get('*');
  byTest.delete('*');
  const everyone = new Set(run.tests.map((t) => t.id));
  if (!perTest) return whole ? wholeSpectrum(whole, everyone, length) : { perTest, segments: [], touching: everyone };
  const touching = new Set<string>();
  const segments = cut([...byTest.values()], length).map(([start, end]) => {
    const tests = new Set<string>();
    for (const [test, coverage] of byTest) {
      if (executedAt(coverage, start)) tests.add(test);
    }
    return { start, end, tests };
  });
  for (const [test, coverage] of byTest) {
    if (coverage.ranges.some((r) => r.count > 0)) touching.add(test);
  }
  return { perTest, segments, touching };
}

/**
 * What ran while the file was loaded, as if by every test: where an export is missing or a table is wrong, no test need run any function of the file. Only where nothing
 * else can be at fault: the failing tests run no code but tests', or the file has no functions (`hasFunctions`). Otherwise the spectrum as it is: a file that is merely
 * loaded beside the guilty one is none to be searched.
 */
export function withLoading(spectrum: Spectrum, run: TestRun, file: string, length: number, hasFunctions: boolean): Spectrum {
  const failed = run.tests.filter((t) => t.state === 'failed');
  const loaded = run.coverage?.get('*')?.find((f) => f.file === file);
  if (!spectrum.perTest || !loaded || failed.length === 0 || failed.some((t) => spectrum.touching.has(t.id))) return spectrum;
  const testFiles = new Set(run.tests.map((t) => t.file));
  const runsOthers = failed.some((t) => run.coverage?.get(t.id)?.some((f) => !testFiles.has(f.file)) === true);
  if (runsOthers && hasFunctions) return spectrum;
  return wholeSpectrum(loaded, new Set(run.tests.map((t) => t.id)), length);
}

function wholeSpectrum(whole: FileCoverage, everyone: ReadonlySet<string>, length: number): Spectrum {
  const segments = cut([whole], length).map(([start, end]) => ({
    start,
    end,
    tests: executedAt(whole, start) ? everyone : new Set<string>(),
  }));
  return { perTest: false, segments, touching: everyone };
}

function cut(coverages: readonly FileCoverage[], length: number): [number, number][] {
  const marks = new Set<number>([0, length]);
  for (const coverage of coverages) {
    for (const range of coverage.ranges) {
      if (range.start > 0 && range.start < length) marks.add(range.start);
      if (range.end > 0 && range.end < length) marks.add(range.end);
    }
  }
  const sorted = [...marks].sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => [sorted[i]!, end]);
}

/** The segment at a position. */
export function segmentAt(spectrum: Spectrum, position: number): Segment | undefined {
  let low = 0;
  let high = spectrum.segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const segment = spectrum.segments[middle]!;
    if (position < segment.start) high = middle - 1;
    else if (position >= segment.end) low = middle + 1;
    else return segment;
  }
  return undefined;
}

/**
 * Ochiai: failing runs through a place over the root of (all failing runs x all runs through it). 1 where exactly the failing tests pass through.
 * (Ochiai 1957, for faults: Abreu, Zoeteweij and van Gemund 2007.)
 */
export function ochiai(tests: ReadonlySet<string>, failing: ReadonlySet<string>, passing: ReadonlySet<string>): number {
  let failed = 0;
  let passed = 0;
  for (const test of tests) {
    if (failing.has(test)) failed += 1;
    else if (passing.has(test)) passed += 1;
  }
  return failed === 0 ? 0 : failed / Math.sqrt(failing.size * (failed + passed));
}
