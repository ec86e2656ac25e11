/** Calls of untrusted functions in sandboxed processes: what the tasks' evidence and the rewards of their repairs come from. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { Limits } from '../../../workspace';
import { runSandboxed } from '../sandboxed';

export interface CallJob {
  readonly id: number;
  /** A script that declares `name`. */
  readonly text: string;
  readonly name: string;
  /** Lists of arguments as source text. */
  readonly calls: readonly string[];
  /** Limit of one call. */
  readonly milliseconds: number;
}

export const callOutcome = z.discriminatedUnion('kind', [
  /** A value with a literal. */
  z.object({ kind: z.literal('value'), text: z.string() }),
  z.object({ kind: z.literal('error'), name: z.string(), text: z.string() }),
  z.object({ kind: z.literal('timeout') }),
  /** A value without a literal, or a process that came to an end. */
  z.object({ kind: z.literal('other') }),
]);
export type CallOutcome = z.infer<typeof callOutcome>;

const lineSchema = z.object({ id: z.number(), outcomes: z.array(callOutcome).optional() });

const limits: Limits = { milliseconds: 60_000, memoryMb: 512, processes: 4, diskMb: 64, outputMb: 1 };
/** Functions of one process; a new one costs about 50 ms. */
const perProcess = 200;

/** Outcomes of each job's calls, in order. Throws the signal's reason when aborted, and Error where processes can't be started at all. */
export async function runCalls(jobs: readonly CallJob[], signal?: AbortSignal): Promise<CallOutcome[][]> {
  const found = new Map<number, CallOutcome[]>();
  const home = await mkdtemp(path.join(os.tmpdir(), 'unmask-calls-'));
  try {
    for (let at = 0; at < jobs.length; at += perProcess) {
      let left = jobs.slice(at, at + perProcess);
      while (left.length > 0) {
        signal?.throwIfAborted();
        const { done, broke } = await runSome(home, left, found, signal);
        signal?.throwIfAborted();
        const culprit = left.find((job) => job.id === broke);
        if (done === 0 && !culprit) throw new Error('functions could not be called: the sandboxed process did not start');
        if (culprit)
          found.set(
            culprit.id,
            culprit.calls.map(() => ({ kind: 'other' })),
          );
        left = left.filter((job) => !found.has(job.id));
      }
    }
    return jobs.map((job) => found.get(job.id)!);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** One process over the jobs: how many it did, and the one that it did not come back from. */
async function runSome(
  home: string,
  jobs: readonly CallJob[],
  found: Map<number, CallOutcome[]>,
  signal: AbortSignal | undefined,
): Promise<{ readonly done: number; readonly broke: number | undefined }> {
  const lines = await runSandboxed({ home, worker: 'call-worker', jobs, limits, signal });
  let [done, last]: [number, number | undefined] = [0, undefined];
  for (const line of lines) {
    const parsed = lineSchema.safeParse(line);
    if (!parsed.success) break;
    last = parsed.data.outcomes ? undefined : parsed.data.id;
    if (!parsed.data.outcomes) continue;
    found.set(parsed.data.id, parsed.data.outcomes);
    done++;
  }
  return { done, broke: last };
}
