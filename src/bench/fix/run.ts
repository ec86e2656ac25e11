/** Runs repair tasks through engines and judges what comes back. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type ts from 'typescript';
import type { Budget, FixParams, FixResult, Progress } from '../../protocol/messages';
import { loadTypescript, parseSource, textOf } from '../../repair/source/parse';
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
  /** Of the broken text: results are only comparable, and only resumed, where it is the same. */
  readonly digest: string;
  readonly kind?: string;
  readonly arm: ArmName;
  readonly budget: Budget;
  readonly seed: number;
  readonly status: FixResult['status'];
  /** A verified fix by the product's word and by a plain run of the tests afterwards. */
  readonly fixed: boolean;
  /** The very program that was broken, up to needless brackets; absent where that is not known. */
  readonly exact?: boolean;
  readonly source: FixResult['source'];
  /** As the client's clock saw it. */
  readonly seconds: number;
  readonly candidatesTried: number;
  readonly testsRun: number;
  /** Up to the first candidate that passed, in the order of their turns. */
  readonly firstPass?: { readonly candidates: number; readonly testsRun: number };
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

/**
 * One task through one engine. The broken text stands in the copy while the engine works; the copy is left as it was. A request that fails is an
 * outcome too; only an abort throws.
 */
export async function runTask(
  client: FixClient,
  set: TaskSet,
  task: FixTask,
  options: RunOptions,
): Promise<{ readonly outcome: FixOutcome; readonly result?: FixResult }> {
  const { copy } = set;
  const before = await copy.read(task.file);
  await copy.write(task.file, task.broken);
  const started = performance.now();
  const secondsSince = (): number => (performance.now() - started) / 1000;
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
    const seconds = secondsSince();
    if ((await copy.read(task.file)) !== task.broken) throw new Error(`The search for a fix changed ${task.file} itself.`);
    return { outcome: { ...(await judge(set, task, options, result)), seconds }, result };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return { outcome: { ...failed(task, options, error), seconds: secondsSince() } };
  } finally {
    await copy.write(task.file, before);
  }
}

/** What an outcome is of. */
export function identify(
  task: FixTask,
  { arm, budget, seed }: Pick<RunOptions, 'arm' | 'budget' | 'seed'>,
): Pick<FixOutcome, 'task' | 'digest' | 'kind' | 'arm' | 'budget' | 'seed'> {
  const digest = createHash('sha256').update(task.broken).digest('hex').slice(0, 12);
  return { task: task.id, digest, ...(task.truth && { kind: task.truth.kind }), arm, budget, seed };
}

function failed(task: FixTask, options: RunOptions, error: unknown): Omit<FixOutcome, 'seconds'> {
  return {
    ...identify(task, options),
    status: 'error',
    fixed: false,
    source: 'none',
    candidatesTried: 0,
    testsRun: 0,
    error: error instanceof Error ? error.message : String(error),
  };
}

async function judge(set: TaskSet, task: FixTask, options: RunOptions, result: FixResult): Promise<Omit<FixOutcome, 'seconds'>> {
  const { newText, status, source, candidatesTried, testsRun, firstPass, confidence, error } = result;
  let passes = false;
  if (status === 'fixed' && newText !== undefined) {
    await set.copy.write(task.file, newText);
    passes = (await runTestFile(set.copy.root, task.testFile)) === 'passed';
  }
  return {
    ...identify(task, options),
    status,
    fixed: passes,
    ...(task.truth && { exact: passes && sameProgram(newText!, task.truth.original) }),
    source,
    candidatesTried,
    testsRun,
    ...(firstPass && { firstPass }),
    ...(confidence !== undefined && { confidence }),
    ...(error !== undefined && { error }),
  };
}

/** True for programs that differ in white space, comments and needless brackets at most. */
export function sameProgram(a: string, b: string): boolean {
  const api = loadTypescript();
  const shapeOf = (text: string): string => {
    const unit = parseSource(api, 'a.js', text);
    const shape = (node: ts.Node): string => {
      if (api.isParenthesizedExpression(node)) return shape(node.expression);
      const children: string[] = [];
      api.forEachChild(node, (child) => void children.push(shape(child)));
      if (children.length === 0) return textOf(unit, node);
      // What the children do not show: the operator of a prefix or postfix, and const, let or var.
      const operator = api.isPrefixUnaryExpression(node) || api.isPostfixUnaryExpression(node) ? node.operator : 0;
      const scope = node.flags & api.NodeFlags.BlockScoped;
      return `${node.kind}.${operator}.${scope}(${children.join(' ')})`;
    };
    return shape(unit.file);
  };
  return shapeOf(a) === shapeOf(b);
}
