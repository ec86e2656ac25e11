/** Where text is cut before byte pairs are merged, and the tokens that stand for no text. */

/** Tags of a reasoning canvas. They are text like any other, so that rewards and parsers see them, but one token each. */
export const tagTokens = ['<reasoning>', '</reasoning>', '<answer>', '</answer>'] as const;

/**
 * Alternatives, first match wins: tags; a line break with the indentation after it; words, camel case cut before each capital, with one leading blank; numbers,
 * digit by digit; runs of `_` and `$`, which cuts snake case; runs of other characters; blanks. JavaScript's syntax with the flag `u`, which is also the one of
 * `tokenizer.json`'s readers here and in Rust.
 */
export const preTokenPattern =
  '</?(?:reasoning|answer)>|\\n[ \\t]*| ?[A-Z]?[a-z]+| ?[A-Z]+(?![a-z])| ?[0-9]| ?[_$]+| ?[^\\sA-Za-z0-9_$]+|[ \\t]+|\\s';

/** Pieces of a text, in order; together they are the text. */
export function preTokens(text: string): string[] {
  return text.match(new RegExp(preTokenPattern, 'gu')) ?? [];
}

/** Tokens that never come from text, in the order of their ids from 256 on (after the bytes). */
export const specialTokens = [
  '<|mask|>',
  '<|endoftext|>',
  /** A mask that stands for several tokens, and one that stands for none (DreamOn, arXiv 2602.01326). */
  '<|expand|>',
  '<|delete|>',
  '<|pad|>',
  /** ChatML, as Dream's and the Qwen family's: `<|im_start|>role`, a line break, text, `<|im_end|>`. */
  '<|im_start|>',
  '<|im_end|>',
  /** Rows of the embedding that later training may give a meaning. */
  '<|reserved_0|>',
  '<|reserved_1|>',
  '<|reserved_2|>',
  '<|reserved_3|>',
  '<|reserved_4|>',
] as const;

export type SpecialToken = (typeof specialTokens)[number];

export function specialId(token: SpecialToken): number {
  return 256 + specialTokens.indexOf(token);
}

/** Ids of the tags follow the special ones; those of merges follow the tags. */
export const firstMerge = 256 + specialTokens.length + tagTokens.length;
