import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { ModelError } from './errors';

const fileSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.number().int().nonnegative(), content: z.string() })).default([]),
  decoder: z.looseObject({ type: z.string() }).nullable(),
  model: z.looseObject({ type: z.string(), vocab: z.record(z.string(), z.number().int().nonnegative()) }),
});

/** A token's place in a text: half-open range of UTF-16 offsets. A token that ends inside a character covers up to that character's start. */
export interface TokenSpan {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Byte-level BPE over plain text. Special tokens never come from text: a user's file may well contain "<|mask|>". */
export class CodeTokenizer {
  private constructor(
    private readonly tokenizer: Tokenizer,
    /** Bytes of every ordinary token, by id. */
    private readonly bytes: ReadonlyMap<number, Uint8Array>,
    readonly specialTokens: readonly number[],
  ) {}

  /** Reads `tokenizer.json` of a model folder. Throws ModelError unless it is a byte-level BPE. */
  static async load(folder: string): Promise<CodeTokenizer> {
    const file = path.join(folder, 'tokenizer.json');
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new ModelError(`${file} cannot be read`, { cause });
    });
    try {
      const parsed = fileSchema.parse(JSON.parse(text));
      if (parsed.model.type !== 'BPE' || parsed.decoder?.type !== 'ByteLevel')
        throw new Error('only byte-level BPE is understood');
      const special = new Set(parsed.added_tokens.map((t) => t.id));
      const bytes = new Map<number, Uint8Array>();
      for (const [token, id] of Object.entries(parsed.model.vocab)) if (!special.has(id)) bytes.set(id, bytesOf(token));
      return new CodeTokenizer(new Tokenizer({ ...parsed, added_tokens: [] }, {}), bytes, [...special]);
    } catch (cause) {
      throw new ModelError(`${file} is not a tokenizer we can use: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }

  /** Token ids of a text; decode gives the text back, byte for byte (lone surrogates become U+FFFD, as in UTF-8). */
  encode(text: string): number[] {
    return text === '' ? [] : this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** Text of ordinary tokens; special ones are left out, broken UTF-8 becomes U+FFFD. */
  decode(ids: Iterable<number>): string {
    const parts = Array.from(ids, (id) => this.bytes.get(id)).filter((b) => b !== undefined);
    return Buffer.concat(parts).toString('utf8');
  }

  /** Text of one token, where it is whole characters; otherwise with U+FFFD. */
  textOf(id: number): string {
    return this.decode([id]);
  }

  /** Whether the token is ordinary text. */
  isText(id: number): boolean {
    return this.bytes.has(id);
  }

  /** Tokens with their places in the text. */
  spans(text: string): TokenSpan[] {
    const ids = this.encode(text);
    const starts = characterStarts(text);
    let at = 0;
    return ids.map((id) => {
      const start = starts[at]!;
      at += this.bytes.get(id)!.length;
      return { id, start, end: starts[at]! };
    });
  }
}

/** For each byte offset of the UTF-8 text (and its end) the UTF-16 offset of the character it belongs to. */
function characterStarts(text: string): Uint32Array {
  const starts = new Uint32Array(Buffer.byteLength(text) + 1);
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const width = Buffer.byteLength(character);
    starts.fill(unit, byte, byte + width);
    byte += width;
    unit += character.length;
  }
  starts[byte] = unit;
  return starts;
}

let alphabet: ReadonlyMap<string, number> | undefined;

/** GPT-2's byte alphabet: printable Latin-1 stands for itself, the other bytes for characters from U+0100 on. */
function byteAlphabet(): ReadonlyMap<string, number> {
  if (alphabet) return alphabet;
  const map = new Map<string, number>();
  let next = 256;
  for (let b = 0; b < 256; b++) {
    const printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
    map.set(String.fromCodePoint(printable ? b : next++), b);
  }
  return (alphabet = map);
}

function bytesOf(token: string): Uint8Array {
  const map = byteAlphabet();
  return Uint8Array.from(token, (character) => {
    const b = map.get(character);
    if (b === undefined) throw new Error(`token ${JSON.stringify(token)} is not byte-level`);
    return b;
  });
}
