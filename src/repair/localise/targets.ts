/** Which failing tests a change of the file is to mend, and which fail for a reason that lies elsewhere. */
import type { TestCase, TestRun } from '../../workspace/types';
import type { Spectrum } from './spectrum';
import { ochiai, readSpectrum } from './spectrum';

export interface Targets {
  /** Failing tests that are to pass. */
  readonly failing: readonly TestCase[];
  /** Ids of `failing` whose suspicious code lies more likely in another file, which is broken whatever this file does. */
  readonly elsewhere: ReadonlyMap<string, string>;
  /** Failing tests that never run the file, and so can't be mended in it. */
  readonly unrelated: readonly TestCase[];
  /** Ids of the tests that passed before and run the file: none may fail afterwards. */
  readonly guards: readonly string[];
  /** Ids of all tests that passed before. */
  readonly passing: readonly string[];
}

/** True where the user's word for a test (id, or whole or part of its title) means this one. */
function meant(test: TestCase, wanted: readonly string[]): boolean {
  return wanted.some((w) => test.id === w || test.title === w || test.id.endsWith(`> ${w}`) || test.id.endsWith(`::${w}`));
}

/** Sorts the tests of the baseline run into targets, guards and the rest. */
export function chooseTargets(
  baseline: TestRun,
  file: string,
  spectrum: Spectrum,
  options: {
    readonly tests?: readonly string[] | undefined;
    readonly range?: { readonly start: number; readonly end: number } | undefined;
  },
): Targets {
  const failed = baseline.tests.filter((t) => t.state === 'failed');
  const passed = baseline.tests.filter((t) => t.state === 'passed');
  const runsFile = (test: TestCase): boolean =>
    !spectrum.perTest || spectrum.touching.has(test.id) || !baseline.coverage?.has(test.id) || blames(test, file);
  let failing = failed.filter(runsFile);
  if (options.tests && options.tests.length > 0) {
    failing = failed.filter((t) => meant(t, options.tests!));
  } else if (options.range && spectrum.perTest) {
    const { start, end } = options.range;
    const inRange = new Set(spectrum.segments.filter((s) => s.start < end && s.end > start).flatMap((s) => [...s.tests]));
    const through = failing.filter((t) => inRange.has(t.id));
    if (through.length > 0) failing = through;
  }
  const chosen = new Set(failing.map((t) => t.id));
  return {
    failing,
    elsewhere: blameElsewhere(baseline, file, spectrum, failing, failed),
    unrelated: failed.filter((t) => !chosen.has(t.id)),
    guards: passed.filter(runsFile).map((t) => t.id),
    passing: passed.map((t) => t.id),
  };
}

function blames(test: TestCase, file: string): boolean {
  return test.failure?.frames.some((f) => f.file === file) ?? false;
}

/**
 * A failing test is blamed on another file only with evidence of its own: a test that fails without running this file runs code of that file
 * which is more suspicious than anything the test runs here.
 */
function blameElsewhere(
  baseline: TestRun,
  file: string,
  spectrum: Spectrum,
  failing: readonly TestCase[],
  failed: readonly TestCase[],
): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  if (!spectrum.perTest || !baseline.coverage) return out;
  const independent = failed.filter((t) => baseline.coverage!.has(t.id) && !spectrum.touching.has(t.id));
  if (independent.length === 0) return out;
  const testFiles = new Set(baseline.tests.map((t) => t.file));
  const failingIds = new Set(failed.map((t) => t.id));
  const passingIds = new Set(baseline.tests.filter((t) => t.state === 'passed').map((t) => t.id));
  const suspects = new Set(independent.flatMap((t) => baseline.coverage!.get(t.id)!.map((c) => c.file)));
  const here = strongest(spectrum, failingIds, passingIds);
  for (const other of suspects) {
    if (other === file || testFiles.has(other)) continue;
    const length = Math.max(
      0,
      ...[...baseline.coverage.values()]
        .flatMap((files) => files.filter((f) => f.file === other))
        .flatMap((f) => f.ranges.map((r) => r.end)),
    );
    const there = readSpectrum(baseline, other, length);
    const scores = strongest(there, failingIds, passingIds);
    for (const test of failing) {
      const shared = independent.some((t) =>
        there.segments.some(
          (s) =>
            s.tests.has(t.id) && s.tests.has(test.id) && ochiai(s.tests, failingIds, passingIds) >= (scores.get(test.id) ?? 0),
        ),
      );
      if (shared && (scores.get(test.id) ?? 0) > (here.get(test.id) ?? 0)) out.set(test.id, other);
    }
  }
  return out;
}

/** By failing test: the highest Ochiai score of anything it executed. */
function strongest(spectrum: Spectrum, failing: ReadonlySet<string>, passing: ReadonlySet<string>): Map<string, number> {
  const out = new Map<string, number>();
  for (const segment of spectrum.segments) {
    const score = ochiai(segment.tests, failing, passing);
    for (const test of segment.tests) {
      if (failing.has(test)) out.set(test, Math.max(out.get(test) ?? 0, score));
    }
  }
  return out;
}
