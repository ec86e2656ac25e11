/** Reading examples for supervised fine-tuning: JSON lines of our own columns or of s1K's, read leniently. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { plainFileSize } from '../../model/files';
import type { Example } from '../objectives/sft';

/** Larger files are not read into memory; s1K has 17 MB. */
const largestFile = 1e9;

export interface TextExample {
  readonly prompt: string;
  readonly completion: string;
}

export interface ReadProblem {
  /** Line of the file, from 1; in a JSON array, the number of the element. */
  readonly line: number;
  readonly problem: string;
}

export interface ReadExamples {
  readonly examples: readonly TextExample[];
  /** Lines that were left out. */
  readonly problems: readonly ReadProblem[];
}

/** Raised when a file of examples cannot be used; the message names the file, and lines where it can. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** The text that d1 (arXiv 2504.12216, appendix; SFT/sft_trainer.py) puts before a question. */
export const reasoningInstruction =
  '\nRespond in the following format:\n<reasoning>\nYour reasoning here\n</reasoning>\n<answer>\n...\n</answer>\n';

export interface TemplateOptions {
  /** Put before a question, with two line breaks between. Default: reasoningInstruction; '' for none. */
  readonly instruction?: string;
  /** Tags on lines of their own, as d1's instruction and format reward want them (default); d1's own SFT code writes them without line breaks. */
  readonly ownLines?: boolean;
}

/** Reasoning and answer as d1's completions have them. */
export function reasoningCompletion(reasoning: string, answer: string, options: TemplateOptions = {}): string {
  const br = (options.ownLines ?? true) ? '\n' : '';
  return `<reasoning>${br}${reasoning}${br}</reasoning>\n<answer>${br}${answer}${br}</answer>`;
}

/** s1K's columns: `thinking_trajectories` is a list, of which d1 takes the first. Others (`solution`, `metadata`) are let through. */
const reasoningRow = z.looseObject({
  question: z.string().min(1),
  thinking_trajectories: z.union([z.string(), z.array(z.string()).min(1)]),
  attempt: z.string().min(1),
});

const plainRow = z.looseObject({ prompt: z.string(), completion: z.string().min(1) });

/** Reads a file of examples. Throws DataError if it is not there, is too large, or holds no usable example. */
export async function readExamples(file: string, options: TemplateOptions = {}): Promise<ReadExamples> {
  const size = await plainFileSize(file);
  if (size === null) throw new DataError(`${file} is missing`);
  if (size > largestFile) throw new DataError(`${file} holds ${size} bytes; more than ${largestFile} are not read at once`);
  const read = parseExamples(await readFile(file, 'utf8'), options);
  if (read.examples.length === 0) {
    const [first] = read.problems;
    throw new DataError(`${file} holds no usable example${first ? ` (line ${first.line}: ${first.problem})` : ''}`);
  }
  return read;
}

/**
 * Examples of a text of JSON lines, or of one JSON array. Rows hold `prompt` and `completion`, or s1K's `question`, `thinking_trajectories` and `attempt`; other
 * columns are ignored, as are blank lines, a byte order mark and Windows line ends. A line that does not fit is left out and reported with its number.
 */
export function parseExamples(text: string, options: TemplateOptions = {}): ReadExamples {
  const examples: TextExample[] = [];
  const problems: ReadProblem[] = [];
  for (const { line, row } of rowsOf(text.replace(/^\uFEFF/, ''))) {
    const found = row instanceof SyntaxError ? `not JSON: ${row.message}` : exampleOf(row, options);
    if (typeof found === 'string') problems.push({ line, problem: found });
    else examples.push(found);
  }
  return { examples, problems };
}

function* rowsOf(text: string): Generator<{ line: number; row: unknown }> {
  if (text.trimStart().startsWith('[')) {
    const whole = parsed(text);
    if (Array.isArray(whole)) {
      for (const [i, row] of whole.entries()) yield { line: i + 1, row };
      return;
    }
  }
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '') yield { line: i + 1, row: parsed(line) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

/** The example, or what is wrong with the row. */
function exampleOf(row: unknown, options: TemplateOptions): TextExample | string {
  const plain = plainRow.safeParse(row);
  if (plain.success) return { prompt: plain.data.prompt, completion: plain.data.completion };
  const reasoning = reasoningRow.safeParse(row);
  if (!reasoning.success) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'not an object';
    const meant = 'question' in row ? reasoning.error : 'prompt' in row ? plain.error : undefined;
    return meant
      ? meant.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')
      : 'neither prompt and completion nor question, thinking_trajectories and attempt';
  }
  const { question, thinking_trajectories: traces, attempt } = reasoning.data;
  const instruction = options.instruction ?? reasoningInstruction;
  return {
    prompt: instruction === '' ? question : `${instruction}\n\n${question}`,
    completion: reasoningCompletion(typeof traces === 'string' ? traces : traces[0]!, attempt, options),
  };
}

export interface FitOptions {
  /** Tokens of prompt, completion and end token together. */
  readonly length: number;
  /** `right` (default): completions are cut at their end, as in d1, and then teach no end token. `drop`: examples that do not fit are left out. */
  readonly truncate?: 'right' | 'drop';
  /** Fewest completion tokens that a cut must leave, else the example is left out. Default 1. Prompts are never cut. */
  readonly leastCompletion?: number;
}

export interface TokenisedExamples {
  readonly examples: readonly Example[];
  readonly cut: number;
  readonly dropped: number;
}

/** Tokens of the examples that can be learnt in `length`; noisedExamples adds the end token where there is room. */
export function tokeniseExamples(
  tokenizer: { encode(text: string): number[] },
  texts: readonly TextExample[],
  options: FitOptions,
): TokenisedExamples {
  const examples: Example[] = [];
  let cut = 0;
  for (const text of texts) {
    const [prompt, whole] = [tokenizer.encode(text.prompt), tokenizer.encode(text.completion)];
    const room = options.length - prompt.length;
    const fits = whole.length + 1 <= room;
    if (!fits && (options.truncate === 'drop' || room < (options.leastCompletion ?? 1))) continue;
    if (!fits) cut++;
    examples.push({ prompt, completion: whole.slice(0, room) });
  }
  return { examples, cut, dropped: texts.length - examples.length };
}
