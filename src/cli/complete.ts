import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, exit } from './exit';
import type { Output } from './output';
import { engineOptions, withEngine, type EngineFlags } from './session';

export interface CompleteFlags extends EngineFlags {
  readonly maxLines?: number;
  readonly maxTokens?: number;
  readonly minConfidence?: number;
  readonly seed?: number;
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Parses `FILE:LINE:COL`, both 1-based; the file's own name may hold colons. */
export function parsePlace(text: string): Place {
  const match = /^(.+):([1-9]\d*):([1-9]\d*)$/.exec(text);
  if (!match) throw new CliError(`"${text}" is not FILE:LINE:COL (both counted from 1).`);
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
}

/** Offset of a 1-based place in a text; a column may be one past the last character of its line. */
export function offsetOf(text: string, { file, line, column }: Place): number {
  const lines = text.split('\n');
  const found = lines[line - 1];
  if (found === undefined) throw new CliError(`${file} has ${lines.length} lines; there is no line ${line}.`);
  const length = found.replace(/\r$/, '').length;
  if (column > length + 1) throw new CliError(`Line ${line} of ${file} has ${length} characters; there is no column ${column}.`);
  return lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
}

/** `unmask complete`: what the editor would offer at a place. Silence is an answer, too: exit code 0. */
export async function complete(where: string, flags: CompleteFlags, output: Output): Promise<number> {
  const place = parsePlace(where);
  const file = path.resolve(place.file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} can't be read: ${(error as Error).message}`);
  }
  const offset = offsetOf(text, place);
  const { maxLines, maxTokens, minConfidence, seed } = flags;
  const result = await withEngine(engineOptions(flags, output), (client, signal) =>
    client.complete(
      {
        prefix: text.slice(0, offset),
        suffix: text.slice(offset),
        languageId: languageOf(file),
        maxLines,
        maxTokens,
        minConfidence,
        seed,
        demanded: true,
      },
      { signal },
    ),
  );
  output.result({ status: 'ok', file, line: place.line, column: place.column, ...result }, () =>
    result.text === null ? '' : `${result.text}\n`,
  );
  if (result.text === null && !output.json) output.note(`No completion: ${result.silence ?? 'nothing found'}.`);
  return exit.ok;
}

const languages: Readonly<Record<string, string>> = {
  '.js': 'javascript',
  '.cjs': 'javascript',
  '.mjs': 'javascript',
  '.jsx': 'javascriptreact',
  '.ts': 'typescript',
  '.cts': 'typescript',
  '.mts': 'typescript',
  '.tsx': 'typescriptreact',
  '.json': 'json',
  '.py': 'python',
  '.go': 'go',
  '.rs': 'rust',
  '.css': 'css',
  '.md': 'markdown',
};

/** VS Code's language id by the file's ending. */
export function languageOf(file: string): string {
  return languages[path.extname(file).toLowerCase()] ?? 'plaintext';
}
