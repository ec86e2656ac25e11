import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { EditResult } from '../protocol/edit';
import { offersText } from '../protocol/tools/edit';
import { applyText } from './apply';
import { CliError, exit } from './exit';
import { progressLine, type Output } from './output';
import { engineOptions, withEngine, type EngineFlags } from './session';

export interface EditFlags extends EngineFlags {
  readonly range?: LineRange;
  readonly offers?: boolean;
  readonly record?: boolean;
  readonly apply?: boolean;
}

/** Lines, counted from 1, both included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** Characters from a line's start to another's end, its line break not included. Throws `CliError` where the text has no such lines. */
export function charactersOf(text: string, lines: LineRange | undefined, file: string): { start: number; end: number } {
  if (!lines) return { start: 0, end: text.length };
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  if (lines.end > starts.length)
    throw new CliError(`${file} has ${starts.length} lines; there is no line ${Math.max(lines.start, lines.end)}.`);
  const last = starts[lines.end];
  const end = last === undefined ? text.length : last - 1;
  return { start: starts[lines.start - 1]!, end: text[end - 1] === '\r' ? end - 1 : end };
}

/** Text of a file whose every byte it stands for, so that writing it back changes only what was edited. Throws `CliError`. */
export function readSource(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CliError(`${file} can't be read: ${(error as Error).message}`);
  }
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new CliError(`${file} is not UTF-8 text, so it can't be edited.`);
  return text;
}

/** `unmask edit`: edits lines of a file by an instruction, prints the diff, and writes it where asked to. Returns the exit code. */
export async function edit(name: string, instruction: string, flags: EditFlags, output: Output): Promise<number> {
  const file = path.resolve(name);
  if (!existsSync(file) || !statSync(file).isFile()) throw new CliError(`There is no file ${file}.`);
  const text = readSource(file);
  const target = { file, text, range: charactersOf(text, flags.range, file) };
  const options = engineOptions(flags, output);
  if (flags.offers === true) {
    const { offers } = await withEngine(options, (client, signal) => client.editOffers(target, { signal }));
    output.result({ status: 'ok', file, offers }, () => offersText(offers));
    return exit.ok;
  }
  const found = await withEngine(options, (client, signal) =>
    client.edit(
      { ...target, instruction, record: flags.record === true },
      {
        signal,
        onProgress: (progress) => {
          output.progress(progressLine(progress));
        },
      },
    ),
  );
  const fate = flags.apply === true ? await applyEdit(found) : undefined;
  output.result({ ...found, ...fate }, () => humanResult(found, fate));
  if (fate?.applyError !== undefined) return exit.error;
  return found.status === 'edited' ? exit.ok : exit.notFixed;
}

export interface Fate {
  readonly applied: boolean;
  readonly applyError?: string;
}

/** Writes an edit to its file, unless that changed since. */
export async function applyEdit({ file, newText, baseHash }: EditResult): Promise<Fate> {
  if (newText === undefined) return { applied: false };
  try {
    await applyText(file, newText, baseHash);
    return { applied: true };
  } catch (error) {
    if (error instanceof CliError) return { applied: false, applyError: error.message };
    throw error;
  }
}

function humanResult(found: EditResult, fate: Fate | undefined): string {
  const hunks = found.hunks.map(({ title }) => `  ${title}\n`).join('');
  const here = found.offers.filter(({ places }) => places > 0);
  const offers = here.length === 0 ? '' : `On offer for these lines:\n${offersText(here)}`;
  const written = fate?.applied === true ? `Written to ${found.file}.\n` : '';
  const refused = fate?.applyError === undefined ? '' : `${fate.applyError}\n`;
  return `${found.diff === '' ? '' : `${found.diff}\n`}${found.message}\n${hunks}${offers}${written}${refused}`;
}
