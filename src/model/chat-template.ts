/** A model folder's own way of putting a conversation: its chat template, rendered to token ids. */
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { Template } from '@huggingface/jinja';
import * as z from 'zod';
import { ModelError } from './errors';
import { plainFileSize, readOptionalJson, textLimits } from './files';
import type { CodeTokenizer } from './tokenizer';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A conversation as tokens, up to where the model's answer begins. */
export interface ChatPrompt {
  readonly tokens: readonly number[];
  /** Tokens that end an answer, beside the model's end of text. */
  readonly ends: readonly number[];
}

/** Templates are programs: one that does not end is ended. */
const renderMs = 1000;

const named = z.array(z.looseObject({ name: z.string(), template: z.string() }));
const templateJson = z.looseObject({ chat_template: z.union([z.string(), named]).nullish() });
const specialToken = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();
/** Tokens that templates know by name. */
const tokenNames = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;

/**
 * Stands for a message's content while the template is rendered. The template's own special tokens become tokens, while those that stand in a content stay
 * text: a user's file may well hold "<|im_end|>".
 */
const stand = (index: number): string => `\uE000${index}\uE001`;
const stands = /\uE000(\d+)\uE001/;

export class ChatTemplate {
  private readonly ends: readonly number[];

  private constructor(
    private readonly file: string,
    private readonly template: Template,
    private readonly names: Readonly<Record<string, string>>,
    private readonly tokenizer: CodeTokenizer,
  ) {
    this.ends = this.endsOfTurn();
    this.prompt([{ role: 'system', content: 'a' }, { role: 'user', content: 'b' }]); // prettier-ignore
  }

  /**
   * Reads `chat_template.jinja`, `chat_template.json` or `tokenizer_config.json` of a model folder, the first that has one; null where none has. Throws ModelError
   * if it can't be used for a question and its answer.
   */
  static async load(folder: string, tokenizer: CodeTokenizer): Promise<ChatTemplate | null> {
    const found = await findTemplate(folder);
    if (!found) return null;
    let template: Template;
    try {
      template = new Template(found.text);
    } catch (cause) {
      throw unusable(found.file, cause);
    }
    return new ChatTemplate(found.file, template, found.names, tokenizer);
  }

  /**
   * A conversation, ready for the answer. A template that knows no system message gets it at the head of the user's. Throws ModelError if the template fails on
   * it or leaves a message out.
   */
  prompt(messages: readonly ChatMessage[]): ChatPrompt {
    const [first, second, ...others] = messages;
    const merged = first?.role === 'system' && second?.role === 'user' ? [{ role: second.role, content: `${first.content}\n\n${second.content}` }, ...others] : undefined; // prettier-ignore
    try {
      return this.tokensOf(messages);
    } catch (error) {
      if (!merged) throw error;
      return this.tokensOf(merged);
    }
  }

  private tokensOf(messages: readonly ChatMessage[]): ChatPrompt {
    const pieces = this.render(messages.map(({ role }) => role), true).split(stands); // prettier-ignore
    const shown = pieces.filter((_, i) => i % 2 === 1);
    if (shown.length !== messages.length || shown.some((index, i) => Number(index) !== i))
      throw unusable(this.file, new Error('it leaves messages out, or puts them in another order'));
    const runs: (string | number)[] = [];
    const addText = (text: string): void => {
      const last = runs.at(-1);
      if (typeof last === 'string') runs[runs.length - 1] = last + text;
      else runs.push(text);
    };
    pieces.forEach((piece, i) => {
      if (i % 2 === 1) addText(messages[Number(piece)]!.content);
      else
        for (const part of this.tokenizer.splitSpecial(piece)) {
          if (typeof part === 'number') runs.push(part);
          else addText(part);
        }
    });
    const tokens = runs.flatMap((run) => (typeof run === 'number' ? [run] : this.tokenizer.encode(run)));
    return { tokens, ends: this.ends };
  }

  /** The special token behind an answer in a conversation that goes on, if there is one. */
  private endsOfTurn(): number[] {
    const after = this.render(['user', 'assistant'], false).split(stand(1))[1];
    const end = after === undefined ? undefined : this.tokenizer.splitSpecial(after).find((part) => typeof part === 'number' || part.trim() !== ''); // prettier-ignore
    return typeof end === 'number' ? [end] : [];
  }

  private render(roles: readonly ChatMessage['role'][], answering: boolean): string {
    const messages = roles.map((role, index) => ({ role, content: stand(index) }));
    const items = { ...this.names, messages, add_generation_prompt: answering, enable_thinking: false, tools: null };
    try {
      return z.string().parse(runInNewContext('render()', { render: () => this.template.render(items) }, { timeout: renderMs }));
    } catch (cause) {
      throw unusable(this.file, cause);
    }
  }
}

function unusable(file: string, cause: unknown): ModelError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ModelError(`The chat template in ${file} cannot be used: ${why}. Mend it, or take "instruct" out of manifest.json.`, { cause }); // prettier-ignore
}

interface Found {
  readonly file: string;
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
}

async function findTemplate(folder: string): Promise<Found | null> {
  const config = path.join(folder, 'tokenizer_config.json');
  const settings = (await readOptionalJson(config, textLimits.tokenizer))?.json;
  const names = specialNames(settings);
  const jinja = path.join(folder, 'chat_template.jinja');
  const size = await plainFileSize(jinja);
  if (size !== null) {
    if (size > textLimits.manifest)
      throw new ModelError(`${jinja} holds ${size} bytes; more than ${textLimits.manifest} are not believed`);
    return { file: jinja, text: await readFile(jinja, 'utf8'), names };
  }
  const json = path.join(folder, 'chat_template.json');
  const own = (await readOptionalJson(json, textLimits.manifest))?.json;
  const [file, holder] = own === undefined ? [config, settings] : [json, own];
  if (holder === undefined) return null;
  const parsed = templateJson.safeParse(holder);
  if (!parsed.success) throw unusable(file, new Error(z.prettifyError(parsed.error)));
  const { chat_template: value } = parsed.data;
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : (value.find(({ name }) => name === 'default') ?? value[0])?.template;
  return text === undefined ? null : { file, text, names };
}

/** Special tokens by their names; those that every template may ask for are empty where the folder names none. */
function specialNames(settings: unknown): Record<string, string> {
  const all: Record<string, string> = { bos_token: '', eos_token: '' };
  if (typeof settings !== 'object' || settings === null) return all;
  const known = new Map(Object.entries(settings));
  for (const name of tokenNames) {
    const parsed = specialToken.safeParse(known.get(name));
    if (parsed.data) all[name] = typeof parsed.data === 'string' ? parsed.data : parsed.data.content;
  }
  return all;
}
