import type { FileCoverage, RunnerKind, TestCase } from '../types';

/** What a warm worker is told once, on its command line as JSON. */
export interface WorkerSetup {
  /** The sandbox copy it serves. */
  readonly root: string;
  /** The project itself, for messages. */
  readonly real: string;
  readonly runner: RunnerKind;
  /** Folder of the project's mocha, and the arguments its command gives. */
  readonly mocha?: string;
  readonly args: readonly string[];
  /** Counts coverage for each test: slower, for the baseline. */
  readonly coverage: boolean;
}

/** One candidate to run; its texts are already in the copy. */
export interface WorkRequest {
  readonly id: number;
  /** Test files to load, relative to the copy. */
  readonly files: readonly string[];
  /** Ids to run; null: all. */
  readonly only: readonly string[] | null;
  /** Ids not to run whatever `only` says. */
  readonly exclude: readonly string[];
  readonly bail: boolean;
  readonly milliseconds: number;
}

export interface WorkReply {
  readonly id: number;
  readonly tests: readonly TestCase[];
  readonly coverage: readonly (readonly [string, readonly FileCoverage[]])[];
  /** The run did not come to its end. */
  readonly ended?: { readonly outcome: 'timeout' | 'crashed' | 'limit'; readonly reason: string };
  /** Id of the test that was running when time ran out. */
  readonly current?: string;
  /** The process should be replaced: something it can't undo happened, or it has grown. */
  readonly retire?: string;
  readonly milliseconds: number;
}

export type WorkerMessage = { readonly ready: true } | { readonly failed: string } | { readonly reply: WorkReply };

/** Largest run output a test may print inside a worker, in bytes. */
export const outputLimit = 4 * 1024 * 1024;
