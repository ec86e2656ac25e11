/** Lines a reporter writes while tests run (one JSON object a line), read by the runner after the process ended. */
export interface ErrorRecord {
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly stack?: string;
}

/** V8's own shape, cut to what is used: nested ranges by function, for scripts of the project only. */
export interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
  }[];
}

/** Titles from the outermost suite to the test. */
export interface TestRecord {
  readonly kind: 'test';
  readonly file?: string | undefined;
  readonly path: readonly string[];
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly error?: ErrorRecord;
  readonly coverage?: readonly ScriptCoverage[];
}

export type RunRecord =
  | TestRecord
  /** All tests that are going to run, so that those that never did are known. */
  | { readonly kind: 'plan'; readonly tests: readonly { readonly file?: string | undefined; readonly path: readonly string[] }[] }
  /** A test began; the last one without an end is where a run hung. */
  | { readonly kind: 'begin'; readonly file?: string | undefined; readonly path: readonly string[] }
  /** A hook (before, after, …) failed: the tests of its suite that did not run failed with it. */
  | { readonly kind: 'hook'; readonly file?: string | undefined; readonly path: readonly string[]; readonly error: ErrorRecord }
  /** What ran outside tests: while loading, in suite hooks. */
  | { readonly kind: 'loaded'; readonly coverage: readonly ScriptCoverage[] }
  | { readonly kind: 'end' };

/** Variables by which the runner speaks to the hooks inside the test process. */
export const reportVariable = 'UNMASK_REPORT';
export const coverageVariable = 'UNMASK_COVERAGE_ROOT';
