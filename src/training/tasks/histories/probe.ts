/** What a version of a package gives, asked in a sandboxed process. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { Limits } from '../../../workspace';
import { runSandboxed } from '../sandboxed';
import type { Entry } from './package-files';

export interface ProbeJob extends Entry {
  /** Expressions about `api`, by number; null: the functions that it offers are asked for. */
  readonly expressions: readonly (readonly [number, string])[] | null;
}

const offered = z.object({
  expression: z.string(),
  text: z.string(),
  /** Methods of what it constructs. */
  methods: z.array(z.object({ name: z.string(), text: z.string() })).default([]),
});
/** A function: how it is called, and its source. */
export type Offered = z.infer<typeof offered>;

const probeLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('offered'), offered }),
  z.object({ kind: z.literal('begun'), at: z.number() }),
  z.object({ kind: z.literal('outcome'), at: z.number(), text: z.string().nullable() }),
]);
export type ProbeLine = z.infer<typeof probeLine>;

const limits: Limits = { milliseconds: 5_000, memoryMb: 512, processes: 4, diskMb: 64, outputMb: 1 };
/** Expressions that may bring the process down before the rest is given up. */
const mostLost = 2;

/** The functions that a package offers; none where it cannot be loaded. `main` is an absolute path. */
export async function offeredBy(entry: Entry, signal?: AbortSignal): Promise<Offered[]> {
  const lines = await runProbe({ ...entry, expressions: null }, signal);
  return lines.flatMap((line) => (line.kind === 'offered' ? [line.offered] : []));
}

/**
 * What each expression gives: a literal; an error's name and message after `!`; null for what has no literal or was not come back from. One process for all of
 * them, in the order given. Throws the signal's reason when aborted.
 */
export async function outcomesOf(
  entry: Entry,
  expressions: readonly (readonly [number, string])[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, string | null>> {
  const found = new Map<number, string | null>();
  for (let lost = 0; lost <= mostLost; lost++) {
    const left = expressions.filter(([at]) => !found.has(at));
    if (left.length === 0) break;
    const lines = await runProbe({ ...entry, expressions: left }, signal);
    for (const line of lines) if (line.kind === 'outcome') found.set(line.at, line.text);
    const last = lines.findLast((line) => line.kind === 'begun');
    if (last === undefined) break;
    if (!found.has(last.at)) found.set(last.at, null);
  }
  return found;
}

async function runProbe(job: ProbeJob, signal: AbortSignal | undefined): Promise<ProbeLine[]> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'unmask-probe-'));
  try {
    const lines = await runSandboxed({ home, worker: 'probe-worker', jobs: job, limits, signal });
    signal?.throwIfAborted();
    return lines.flatMap((line) => {
      const parsed = probeLine.safeParse(line);
      return parsed.success ? [parsed.data] : [];
    });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
