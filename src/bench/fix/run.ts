/** Runs repair tasks through engines and judges what comes back. */
import path from 'node:path';
import type { Budget, FixParams, FixResult, Progress } from '../../protocol/messages';
import { tokensOf } from '../../repair/source/edits';
import { loadTypescript } from '../../repair/source/parse';
import { runTestFile } from './samples';
import type { FixTask, TaskSet } from './tasks';

/** What is compared: the product, the search without a model, and a model that knows nothing. */
export const armNames = ['model + mutation', 'mutation alone', 'random weights'] as const;
export type ArmName = (typeof armNames)[number];

/** The part of an engine client that repair needs. */
export interface FixClient {
  fix(
    params: FixParams,
    options?: { readonly signal?: AbortSignal | undefined; readonly onProgress?: ((progress: Progress) => void) | undefined },
  ): Promise<FixResult>;
}

/** The engine's `model` and the request's `sources` of an arm. */
export function armSettings(arm: ArmName, seed: number): { readonly model?: string; readonly sources: 'both' | 'mutation' } {
  switch (arm) {
    case 'model + mutation':
      return { sources: 'both' };
    case 'mutation alone':
      return { model: 'none', sources: 'mutation' };
    case 'random weights':
      return { model: `random:${seed}`, sources: 'both' };
  }
}

export interface FixOutcome {
  readonly task: string;
  readonly kind?: string;
  readonly arm: ArmName;
  readonly budget: Budget;
  readonly seed: number;
  readonly status: FixResult['status'];
  /** A verified fix by the product's word and by a plain run of the tests afterwards. */
  readonly fixed: boolean;
  /** The very program that was broken, token by token; absent where that is not known. */
  readonly exact?: boolean;
  readonly source: FixResult['source'];
  readonly seconds: number;
  readonly candidatesTried: number;
  readonly testsRun: number;
  readonly confidence?: number;
  readonly error?: string;
  /** True where a smaller budget had found this fix already, and nothing was run again. */
  readonly carried?: boolean;
}

export interface RunOptions {
  readonly arm: ArmName;
  readonly budget: Budget;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One task through one engine. The broken text stands in the copy while the engine works; the copy is left as it was. */
export async function runTask(
  client: FixClient,
  set: TaskSet,
  task: FixTask,
  options: RunOptions,
): Promise<{ readonly outcome: FixOutcome; readonly result: FixResult }> {
  const { copy } = set;
  const before = await copy.read(task.file);
  await copy.write(task.file, task.broken);
  try {
    const result = await client.fix(
      {
        file: path.join(copy.root, task.file),
        budget: options.budget,
        sources: armSettings(options.arm, options.seed).sources,
        seed: options.seed,
      },
      { signal: options.signal, onProgress: options.onProgress },
    );
    if ((await copy.read(task.file)) !== task.broken) throw new Error(`The search for a fix changed ${task.file} itself.`);
    return { outcome: await judge(set, task, options, result), result };
  } finally {
    await copy.write(task.file, before);
  }
}

async function judge(set: TaskSet, task: FixTask, options: RunOptions, result: FixResult): Promise<FixOutcome> {
  const { newText } = result;
  let passes = false;
  if (result.status === 'fixed' && newText !== undefined) {
    await set.copy.write(task.file, newText);
    passes = (await runTestFile(set.copy.root, task.testFile)) === 'passed';
  }
  const { arm, budget, seed } = options;
  return {
    task: task.id,
    ...(task.truth && { kind: task.truth.kind }),
    arm,
    budget,
    seed,
    status: result.status,
    fixed: passes,
    ...(task.truth && { exact: passes && (await sameProgram(newText!, task.truth.original)) }),
    source: result.source,
    seconds: result.seconds,
    candidatesTried: result.candidatesTried,
    testsRun: result.testsRun,
    ...(result.confidence !== undefined && { confidence: result.confidence }),
    ...(result.error !== undefined && { error: result.error }),
  };
}

async function sameProgram(a: string, b: string): Promise<boolean> {
  const api = await loadTypescript();
  return tokensOf(api, a).join(' ') === tokensOf(api, b).join(' ');
}
