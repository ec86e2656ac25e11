import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Budget } from '../protocol/messages';
import type { RefactorOffer, RefactorResult, RefactorScope } from '../protocol/refactor';
import { applyTexts } from './apply';
import { charactersOf, readSource, type LineRange } from './edit';
import { CliError, exit } from './exit';
import { progressLine, traceText, type Output } from './output';
import { engineOptions, withEngine, type EngineFlags } from './session';

export interface RefactorFlags extends EngineFlags {
  readonly range?: LineRange;
  readonly scope: RefactorScope;
  readonly offers?: boolean;
  readonly tests: boolean;
  readonly test?: string;
  readonly budget: Budget;
  readonly apply?: boolean;
}

/** `unmask refactor`: refactors, prints diffs and what was checked, and writes where asked to. Returns the exit code. */
export async function refactor(name: string, instruction: string, flags: RefactorFlags, output: Output): Promise<number> {
  const file = path.resolve(name);
  if (!existsSync(file) || !statSync(file).isFile()) throw new CliError(`There is no file ${file}.`);
  if (flags.scope === 'selection' && !flags.range) throw new CliError('--scope selection needs --range FIRST:LAST.');
  const text = readSource(file);
  const range = flags.range ? charactersOf(text, flags.range, file) : { start: 0, end: 0 };
  const options = engineOptions(flags, output);
  if (flags.offers === true) {
    const { offers } = await withEngine(options, (client, signal) => client.refactorOffers({ file, range }, { signal }));
    output.result({ status: 'ok', file, offers }, () => offersText(offers));
    return exit.ok;
  }
  const params = {
    ...{ file, range, instruction, scope: flags.scope, tests: flags.tests, budget: flags.budget },
    ...(flags.test !== undefined && { testCommand: flags.test }),
  };
  const found = await withEngine(options, (client, signal) =>
    client.refactor(params, {
      signal,
      onProgress: (progress) => {
        output.progress(progressLine(progress));
      },
    }),
  );
  const fate = flags.apply === true && found.status === 'refactored' ? await applyAll(found) : undefined;
  output.result({ ...found, ...fate }, () => humanResult(found, fate));
  if (fate?.applyError !== undefined) return exit.error;
  return found.status === 'refactored' ? exit.ok : exit.notFixed;
}

interface Fate {
  readonly applied: boolean;
  readonly applyError?: string;
}

async function applyAll({ files }: RefactorResult): Promise<Fate> {
  try {
    await applyTexts(files.map(({ file, newText, baseHash, exists }) => ({ file, newText, baseHash, isNew: !exists })));
    return { applied: true };
  } catch (error) {
    if (error instanceof CliError) return { applied: false, applyError: error.message };
    throw error;
  }
}

function offersText(offers: readonly RefactorOffer[]): string {
  return offers.map(({ title, places }) => `  ${title}${places > 0 ? ` (${places})` : ''}\n`).join('');
}

function humanResult(found: RefactorResult, fate: Fate | undefined): string {
  const diffs = found.files.map(({ diff }) => `${diff}\n`).join('');
  const taken = found.dropped.map(({ title, why }) => `  taken back: ${title}: ${why}\n`).join('');
  const here = found.offers.filter(({ places }) => places > 0).slice(0, 12);
  const offers = here.length === 0 ? '' : `On offer here:\n${offersText(here)}`;
  const counts = `${found.rounds} rounds of checks, ${found.testsRun} test runs, ${found.seconds.toFixed(1)} s`;
  const written = fate?.applied === true ? `Written to ${found.files.map(({ file }) => file).join(', ')}.\n` : '';
  const refused = fate?.applyError === undefined ? '' : `${fate.applyError}\n`;
  return `${traceText(found.trace)}\n${diffs}${found.message} (${counts})\n${taken}${offers}${written}${refused}`;
}
