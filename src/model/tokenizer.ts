import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as z from 'zod';
import type { TransformerConfig } from './config';
import { ModelError } from './errors';
import { readJson, textLimits } from './files';

const fileSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.number().int().nonnegative(), content: z.string() })).default([]),
  decoder: z.looseObject({ type: z.string() }).nullable(),
  model: z.looseObject({ type: z.string(), vocab: z.record(z.string(), z.number().int().nonnegative()) }),
});

/** Words, blanks, line ends, composed and decomposed letters, an astral character, a control character. */
const probeText = 'if (a  !== b) {\r\n\treturn "\u00e9e\u0301\u{1f600}\u0000";\n    }\n';

/** Lines of code whose tokens are remembered: some megabytes. */
const linesKept = 20_000;

/** A token's place in a text: half-open range of UTF-16 offsets. A token that ends inside a character covers up to that character's start. */
export interface TokenSpan {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Byte-level BPE over plain text. Special tokens never come from text: a user's file may well contain "<|mask|>". */
export class CodeTokenizer {
  private readonly lines = new Map<string, number[]>();
  /** By id, as far as they have been asked for: samplers ask for the whole vocabulary's again and again. */
  private readonly texts: string[] = [];

  private constructor(
    private readonly tokenizer: Tokenizer,
    /** Bytes of every ordinary token, by id. */
    private readonly bytes: ReadonlyMap<number, Uint8Array>,
    /** Ids of the tokens that stand for no text, by name. */
    private readonly special: ReadonlyMap<string, number>,
  ) {}

  get specialTokens(): readonly number[] {
    return [...this.special.values()];
  }

  /** Id of a special token such as `<|mask|>`. */
  specialId(name: string): number | undefined {
    return this.special.get(name);
  }

  /** Reads `tokenizer.json` of a model folder. Throws ModelError unless it is a byte-level BPE that gives every text back. */
  static async load(folder: string): Promise<CodeTokenizer> {
    const file = path.join(folder, 'tokenizer.json');
    const json = await readJson(file, textLimits.tokenizer);
    try {
      const parsed = fileSchema.parse(json);
      if (parsed.model.type !== 'BPE' || parsed.decoder?.type !== 'ByteLevel')
        throw new Error('only byte-level BPE is understood');
      const special = new Map(parsed.added_tokens.map((t) => [t.content, t.id]));
      const bytes = bytesById(parsed.model.vocab, new Set(special.values()));
      // Code must come back byte for byte, so no normaliser; special tokens must not come from text, so none are added.
      const tokenizer = new Tokenizer({ ...parsed, normalizer: null, added_tokens: [] }, {});
      const loaded = new CodeTokenizer(tokenizer, bytes, special);
      if (loaded.decode(loaded.encode(probeText)) !== probeText) throw new Error('it does not give text back unchanged');
      return loaded;
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : String(cause);
      throw new ModelError(`${file} is not a tokenizer we can use: ${why}`, { cause });
    }
  }

  /** Throws ModelError unless this tokenizer belongs to the network: every id has a row, and the mask is no text. */
  assertFits(c: Pick<TransformerConfig, 'vocabulary' | 'maskToken' | 'endToken'>): void {
    let largest = 0;
    for (const id of [...this.bytes.keys(), ...this.specialTokens]) largest = Math.max(largest, id);
    if (largest >= c.vocabulary)
      throw new ModelError(
        `tokenizer.json has token ids up to ${largest}, but the network of config.json knows ${c.vocabulary} tokens`,
      );
    for (const [name, id] of Object.entries({ mask_token_id: c.maskToken, eos_token_id: c.endToken })) {
      if (this.isText(id))
        throw new ModelError(
          `${name} ${id} of config.json is ordinary text (${JSON.stringify(this.textOf(id))}) in tokenizer.json`,
        );
    }
  }

  /** Token ids of a text; decode gives the text back, byte for byte (lone surrogates become U+FFFD, as in UTF-8). */
  encode(text: string): number[] {
    return text === '' ? [] : this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /**
   * As `encode`, a line at a time, for texts of which most was encoded before: lines are remembered. Where a token reaches over the end of a line the ids differ
   * from those of the whole.
   */
  encodeLines(text: string): number[] {
    return text.split(/(?<!\n)(?=\n)/).flatMap((line) => {
      const known = this.lines.get(line);
      if (known) return known;
      if (this.lines.size >= linesKept) this.lines.clear();
      const ids = this.encode(line);
      this.lines.set(line, ids);
      return ids;
    });
  }

  /** A text that may name special tokens, such as a chat template's: their ids, and the texts between them. Never for a user's text. */
  splitSpecial(text: string): (string | number)[] {
    const names = [...this.special.keys()].filter((name) => name !== '').sort((a, b) => b.length - a.length);
    if (names.length === 0) return text === '' ? [] : [text];
    const pattern = new RegExp(`(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`);
    return text.split(pattern).filter((part) => part !== '').map((part) => this.special.get(part) ?? part); // prettier-ignore
  }

  /** Text of ordinary tokens; special ones are left out, broken UTF-8 becomes U+FFFD. */
  decode(ids: Iterable<number>): string {
    const parts = Array.from(ids, (id) => this.bytes.get(id)).filter((b) => b !== undefined);
    return Buffer.concat(parts).toString('utf8');
  }

  /** Text of one token, where it is whole characters; otherwise with U+FFFD. */
  textOf(id: number): string {
    return (this.texts[id] ??= this.decode([id]));
  }

  /** Code points that begin in the token; 0 for special ones. */
  charactersOf(id: number): number {
    return this.bytes.get(id)?.reduce((n, byte) => n + Number((byte & 0xc0) !== 0x80), 0) ?? 0;
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
export function byteAlphabet(): ReadonlyMap<string, number> {
  if (alphabet) return alphabet;
  const map = new Map<string, number>();
  let next = 256;
  for (let b = 0; b < 256; b++) {
    const printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
    map.set(String.fromCodePoint(printable ? b : next++), b);
  }
  return (alphabet = map);
}

/** Bytes of every ordinary token. Throws unless ids are unique and every single byte has a token, without which some text has no ids. */
function bytesById(vocab: Readonly<Record<string, number>>, special: ReadonlySet<number>): Map<number, Uint8Array> {
  const bytes = new Map<number, Uint8Array>();
  for (const [token, id] of Object.entries(vocab)) {
    if (special.has(id)) continue;
    if (bytes.has(id)) throw new Error(`two tokens have id ${id}`);
    bytes.set(id, bytesOf(token));
  }
  for (const [character, byte] of byteAlphabet()) {
    const id = vocab[character];
    if (id === undefined || special.has(id)) throw new Error(`it has no token for byte ${byte}`);
  }
  return bytes;
}

function bytesOf(token: string): Uint8Array {
  const map = byteAlphabet();
  return Uint8Array.from(token, (character) => {
    const b = map.get(character);
    if (b === undefined) throw new Error(`token ${JSON.stringify(token)} is not byte-level`);
    return b;
  });
}
