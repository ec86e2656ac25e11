/** `tokenizer.json` and `tokenizer_config.json` in their standard form, and back. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from '../../model/atomic-file';
import { byteAlphabet } from '../../model/tokenizer';
import { preTokenPattern, specialTokens, tagTokens } from './pattern';
import type { Merge } from './train';

/** A tokenizer that was not made here, or by another version. The message is for the user. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';
}

/** Writes the two files into a model folder. `length` is the longest sequence. */
export async function writeTokenizer(folder: string, merges: readonly Merge[], length: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    mask_token: '<|mask|>',
    eos_token: '<|endoftext|>',
    pad_token: '<|pad|>',
    additional_special_tokens: specialTokens.filter((t) => !['<|mask|>', '<|endoftext|>', '<|pad|>'].includes(t)),
    model_max_length: length,
    clean_up_tokenization_spaces: false,
  };
  const write = (name: string, json: unknown): Promise<void> =>
    writeFileAtomically(path.join(folder, name), [Buffer.from(`${JSON.stringify(json, null, 1)}\n`)]);
  await write('tokenizer_config.json', config);
  await write('tokenizer.json', tokenizerJson(merges));
}

function tokenizerJson(merges: readonly Merge[]): Readonly<Record<string, unknown>> {
  const texts = tokenTexts(merges);
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  const vocab: Record<string, number> = {};
  texts.forEach((text, id) => (vocab[text] = id));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, i) => ({
      id: 256 + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex: preTokenPattern }, behavior: 'Isolated', invert: false }, byteLevel],
    },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      // A tag is a token without being made of merges.
      ignore_merges: true,
      vocab,
      merges: merges.map(([left, right]) => [texts.get(left)!, texts.get(right)!]),
    },
  };
}

/** Text in the byte alphabet of every ordinary token, by id. */
function tokenTexts(merges: readonly Merge[]): Map<number, string> {
  const texts = new Map(
    Array.from(byteAlphabet(), ([character, byte]) => [byte, character] as const).sort((a, b) => a[0] - b[0]),
  );
  tagTokens.forEach((tag, i) => texts.set(256 + specialTokens.length + i, tag));
  for (const [left, right, made] of merges) texts.set(made, texts.get(left)! + texts.get(right)!);
  return texts;
}

const own = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.number(), content: z.string() })),
  pre_tokenizer: z.looseObject({
    pretokenizers: z.tuple([z.looseObject({ pattern: z.object({ Regex: z.string() }) })]).rest(z.unknown()),
  }),
  model: z.looseObject({ vocab: z.record(z.string(), z.number()), merges: z.array(z.tuple([z.string(), z.string()])) }),
});

/** The merges of a tokenizer that writeTokenizer wrote. Throws TokenizerError for any other. */
export async function readMerges(folder: string): Promise<Merge[]> {
  const file = path.join(folder, 'tokenizer.json');
  const refuse = (cause?: unknown): never => {
    throw new TokenizerError(`${file} is not a tokenizer that this trainer wrote`, { cause });
  };
  const text = await readFile(file, 'utf8').catch(refuse);
  const parsed = own.safeParse(JSON.parse(text));
  if (!parsed.success) return refuse(parsed.error);
  const { added_tokens: added, pre_tokenizer: pre, model } = parsed.data;
  const sameSpecial = specialTokens.every((content, i) => added.some((t) => t.content === content && t.id === 256 + i));
  if (!sameSpecial || pre.pretokenizers[0].pattern.Regex !== preTokenPattern) return refuse();
  return model.merges.map(([left, right]): Merge => {
    const ids = [left, right, left + right].map((text) => model.vocab[text]);
    const [a, b, made] = ids.every((id) => id !== undefined) ? (ids as [number, number, number]) : refuse();
    return [a, b, made];
  });
}
