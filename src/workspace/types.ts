/** Vocabulary of test running: what a project is, what a run of its tests says, and what verifies a candidate. */

export type RunnerKind = 'mocha' | 'node:test' | 'command';

/** A project as found above a file: where it lies and how its tests run. */
export interface Project {
  /** Absolute folder of the nearest package.json above the file (the working directory of every test run). */
  readonly root: string;
  readonly runner: RunnerKind;
  /** The command as a person would type it, for messages and for `command` runners: run by a shell in `root`. */
  readonly command: string;
  /** Test files, relative to root with forward slashes; empty for `command`. These are frozen: no candidate may change them. */
  readonly testFiles: readonly string[];
}

/** Source position, 1-based; `file` is relative to the project root with forward slashes. */
export interface StackFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface TestFailure {
  readonly message: string;
  /** Printed forms of the assertion's values where the runner tells them. */
  readonly expected?: string;
  readonly actual?: string;
  /** Frames inside the project (not node_modules, not node internals), innermost first. */
  readonly frames: readonly StackFrame[];
  readonly stack?: string;
}

export interface TestCase {
  /** `file::suite > title`, stable between runs of the same project. For a `command` runner there is one case, id `command`. */
  readonly id: string;
  readonly title: string;
  readonly file?: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly failure?: TestFailure;
}

/** Executed character ranges of one project file: half-open, with how often each ran (0 = not run). Offsets are into the file's text. */
export interface FileCoverage {
  readonly file: string;
  readonly ranges: readonly { readonly start: number; readonly end: number; readonly count: number }[];
}

export interface TestRun {
  /** `passed`: all ran and passed. `failed`: some test failed. `timeout`, `crashed` and `limit` (memory, disk, processes, output): the run was ended. */
  readonly outcome: 'passed' | 'failed' | 'timeout' | 'crashed' | 'limit';
  readonly tests: readonly TestCase[];
  readonly exitCode: number | null;
  /** Combined output, cut to a readable tail. */
  readonly output: string;
  readonly seconds: number;
  /** Why a run was ended, for the user. */
  readonly reason?: string;
  /**
   * By test id (where the runner allows), and under `*` what ran outside tests (while loading); where it doesn't, everything under `*`.
   * Only when asked for.
   */
  readonly coverage?: ReadonlyMap<string, readonly FileCoverage[]>;
}

export interface Limits {
  /** Wall-clock limit of one whole run. */
  readonly milliseconds: number;
  readonly memoryMb: number;
  /** Most processes alive at once below the run. */
  readonly processes: number;
  /** Most bytes a run may add to its sandbox. */
  readonly diskMb: number;
  /** Output kept and counted; a run printing more is ended. */
  readonly outputMb: number;
}

export const defaultLimits: Limits = { milliseconds: 60_000, memoryMb: 1024, processes: 64, diskMb: 256, outputMb: 16 };

/** What a candidate is to the verifier: whole new texts by file (relative to root). */
export interface CandidateFiles {
  readonly files: ReadonlyMap<string, string>;
}

export interface Verdict {
  /** `passed` only if every asked test ran and passed. `refused`: the candidate touches a frozen file or leaves the project. */
  readonly outcome: 'passed' | 'failed' | 'timeout' | 'crashed' | 'limit' | 'refused';
  readonly tests: readonly TestCase[];
  readonly seconds: number;
  /** How it was run: in a warm worker (fast screen) or as the project's own command in a fresh process (proof). */
  readonly mode: 'warm' | 'fresh';
  readonly reason?: string;
}

/** Verifies candidates in sandboxed copies. Several may be in flight; each worker takes one at a time. */
export interface Verifier {
  readonly workers: number;
  /** True if warm workers reproduced the baseline's pass/fail on the unchanged code, so that a warm verdict is worth something. */
  readonly warm: boolean;
  /** The tests of the unchanged code (unsaved texts included), with coverage: what a repair starts from. */
  readonly baseline: TestRun;
  /** What of the sandbox is really in force on this system (network, file system, processes), for the trace. */
  readonly isolation: readonly string[];
  /**
   * Fast screen: runs the given tests (ids), stopping at the first failure if `bail`.
   * Uses a warm worker where `warm`, else a fresh process.
   */
  screen(
    candidate: CandidateFiles,
    tests: readonly string[],
    options: { readonly bail: boolean; readonly milliseconds: number; readonly signal?: AbortSignal },
  ): Promise<Verdict>;
  /** Slow and true: the whole suite by the project's own command in a fresh process and a clean copy. */
  prove(candidate: CandidateFiles, signal?: AbortSignal): Promise<Verdict>;
  /** Ends every worker and removes every temporary directory. Safe to call twice. */
  dispose(): Promise<void>;
}
