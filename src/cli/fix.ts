import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Budget, FixParams, FixResult } from '../protocol/messages';
import { applyText } from './apply';
import { CliError, exit } from './exit';
import { progressLine, traceText, type Output } from './output';
import { engineOptions, withEngine, type EngineFlags } from './session';

export interface FixFlags extends EngineFlags {
  readonly range?: { readonly start: number; readonly end: number };
  readonly test?: string;
  readonly budget: Budget;
  readonly sources: 'both' | 'mutation' | 'model';
  readonly apply?: boolean;
  readonly seed: number;
  readonly workers?: number;
}

/** A result that says only that there is none: what `--json` prints when the command itself fails. */
export function failedFix(file: string, error: string, seconds: number): FixResult {
  const none = {
    diff: '',
    source: 'none',
    candidatesTried: 0,
    testsRun: 0,
    device: 'none',
    trace: [],
    alternatives: [],
  } as const;
  return { status: 'error', file, error, seconds, ...none, trace: [], alternatives: [] };
}

/** `unmask fix`: searches for a fix that the tests prove, prints it, and writes it where asked to. Returns the exit code. */
export async function fix(file: string, flags: FixFlags, output: Output): Promise<number> {
  const target = path.resolve(file);
  if (!existsSync(target) || !statSync(target).isFile()) throw new CliError(`There is no file ${target}.`);
  const params: FixParams = {
    file: target,
    budget: flags.budget,
    sources: flags.sources,
    seed: flags.seed,
    ...(flags.range && { range: flags.range }),
    ...(flags.test !== undefined && { testCommand: flags.test }),
    ...(flags.workers !== undefined && { workers: flags.workers }),
  };
  // Mutation alone asks no model: do not spend a second on loading one.
  const model = flags.sources === 'mutation' ? (flags.model ?? 'none') : flags.model;
  const options = engineOptions({ ...flags, ...(model === undefined ? {} : { model }) }, output);
  const found = await withEngine(options, (client, signal) =>
    client.fix(params, {
      signal,
      onProgress: (progress) => {
        output.progress(progressLine(progress));
      },
    }),
  );
  const applied = flags.apply === true ? await applyFix(target, found) : undefined;
  output.result({ ...found, ...applied }, () => humanResult(found, applied));
  if (found.status === 'error' || applied?.applyError !== undefined) return exit.error;
  return found.status === 'fixed' ? exit.ok : exit.notFixed;
}

interface Applied {
  readonly applied: boolean;
  readonly applyError?: string;
}

async function applyFix(file: string, found: FixResult): Promise<Applied> {
  if (found.status !== 'fixed') return { applied: false };
  if (found.newText === undefined || found.baseHash === undefined) {
    return { applied: false, applyError: 'The engine gave no text to apply.' };
  }
  try {
    await applyText(file, found.newText, found.baseHash);
    return { applied: true };
  } catch (error) {
    if (error instanceof CliError) return { applied: false, applyError: error.message };
    throw error;
  }
}

function humanResult(found: FixResult, applied: Applied | undefined): string {
  const counts = `${found.candidatesTried} candidates, ${found.testsRun} test runs, ${found.seconds.toFixed(1)} s on ${found.device}`;
  const headline = {
    fixed: `Fixed by a candidate from ${found.source}, proved by the tests (${counts}).`,
    'not-fixed': `Not fixed: no candidate passed the tests within the budget (${counts}).`,
    'no-failing-test': 'No test fails, so there is nothing to prove a fix with.',
    error: `Failed: ${found.error ?? 'unknown error'}`,
  }[found.status];
  const others =
    found.alternatives.length > 0 ? `${found.alternatives.length} other candidates passed the tests, too; see --json.\n` : '';
  const written = applied?.applied === true ? `Written to ${found.file}.\n` : '';
  const refused = applied?.applyError === undefined ? '' : `${applied.applyError}\n`;
  return `${traceText(found.trace)}\n${found.diff === '' ? '' : `${found.diff}\n`}${headline}\n${others}${written}${refused}`;
}
