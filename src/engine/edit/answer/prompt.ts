/** What a model that follows instructions is asked: the instruction, the lines it is about, and as much of the code around as there is room for. */
import path from 'node:path';
import type { ChatMessage, ChatPrompt, CodeModel } from '../../../diffusion/code-model';
import type { Region } from '../../../edits/plan/plan';

export interface Asked {
  readonly prompt: ChatPrompt;
  /** Room for the answer, in tokens. */
  readonly maxTokens: number;
}

/** Nothing was asked, since the lines and an answer to them don't fit; in tokens. */
export interface TooLong {
  readonly needed: number;
}

export interface Question {
  readonly file: string;
  readonly text: string;
  readonly region: Region;
  readonly instruction: string;
  /** What the parser says of the file as it is. */
  readonly error?: string | undefined;
}

type Chat = Pick<CodeModel, 'countTokens' | 'info'> & Required<Pick<CodeModel, 'chat'>>;

/** Most characters of code around that are worth reading for an edit of some lines: every token of the prompt costs time in every block. */
const mostBefore = 3000;
const mostAfter = 1500;
/** Fences, the end, and a few words around. */
const frame = 32;

/** Puts a question to a model, with the room that an answer needs. Throws ModelError if the chat template fails on it. */
export function ask(model: Chat, question: Question): Asked | TooLong {
  const { text, region } = question;
  const lines = model.countTokens(text.slice(region.start, region.end));
  const [least, wanted] = [Math.ceil(lines * 1.1) + frame, Math.ceil(lines * 1.6) + 3 * frame];
  const bare = model.chat(messages(question, '', ''));
  const room = model.info.maxSequence - bare.tokens.length;
  if (room < least) return { needed: bare.tokens.length + least };
  const maxTokens = Math.min(wanted, room);
  for (let share = 1; share > 0.02; share *= 0.6) {
    const before = lastLines(text.slice(0, region.start), mostBefore * share);
    const after = firstLines(text.slice(region.end), mostAfter * share);
    if (before === '' && after === '') break;
    const prompt = model.chat(messages(question, before, after));
    if (prompt.tokens.length + maxTokens <= model.info.maxSequence) return { prompt, maxTokens };
  }
  return { prompt: bare, maxTokens };
}

function messages({ file, text, region, instruction, error }: Question, before: string, after: string): ChatMessage[] {
  const lines = text.slice(region.start, region.end);
  const language = languageOf(file);
  const fence = fenceFor(before + lines + after);
  const block = (code: string): string => `${fence}${language.toLowerCase()}\n${code}\n${fence}`;
  const parts = [
    `The file ${path.basename(file)} is written in ${language}.`,
    ...(error === undefined ? [] : [`It has a syntax error: ${error}`]),
    ...(before === '' ? [] : [`Before the lines stands:\n${block(before)}`]),
    ...(after === '' ? [] : [`After the lines stands:\n${block(after)}`]),
    `These are the lines:\n${block(lines)}`,
    `Change these lines so: ${instruction}`,
  ];
  return [
    { role: 'system', content: `You edit ${language}. You are shown some lines of a file and told how to change them. Answer with those lines as they become, all of them and no others, in one code block, and with nothing else.` },
    { role: 'user', content: parts.join('\n\n') },
  ]; // prettier-ignore
}

function languageOf(file: string): string {
  const ending = path.extname(file).toLowerCase();
  if (/^\.[mc]?ts$/.test(ending)) return 'TypeScript';
  return ending === '.tsx' ? 'TSX' : ending === '.jsx' ? 'JSX' : 'JavaScript';
}

/** Longer than any row of backticks in the code. */
function fenceFor(code: string): string {
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  return '`'.repeat(Math.max(3, longest + 1));
}

/** Whole lines from a text's end, without the line break behind them. */
function lastLines(text: string, most: number): string {
  const whole = text.replace(/\n$/, '');
  return whole.length <= most ? whole : whole.slice(whole.length - most).replace(/^[^\n]*\n?/, '');
}

/** Whole lines from a text's start, without the line break before them. */
function firstLines(text: string, most: number): string {
  const whole = text.replace(/^\n/, '').replace(/\n$/, '');
  return whole.length <= most ? whole : whole.slice(0, most).replace(/\n?[^\n]*$/, '');
}
