/**
 * The puzzles' own small vocabulary: tags, numbers, operators, cells of a 4x4 grid with what they hold, and the few words that a trace needs. A number up to 99
 * is one token, and so is a cell with its digit: what is to be learnt is arithmetic and Sudoku, not spelling.
 */
const specials = ['<mask>', '<end>'] as const;
const tags = ['<reasoning>', '</reasoning>', '<answer>', '</answer>'] as const;
const words = ['sudoku', 'countdown', 'facts', ' no', ' ok', ' '] as const;
const signs = Array.from('+-*/()=,;');
const numbers = Array.from({ length: 100 }, (_, n) => String(n));
/** Cells of a 4x4 grid, row by row: letters, since d1's reward takes every digit of an answer for a cell's content. */
const cells = Array.from('ABCDEFGHIJKLMNOP');
/** `C3`: the third cell holds 3; 0 is an empty cell. */
export const filled = (cell: number, digit: number): string => `${cells[cell]!}${digit}`;
const fillings = cells.flatMap((_, cell) => [0, 1, 2, 3, 4].map((digit) => filled(cell, digit)));

export const tokens: readonly string[] = [...specials, ...tags, ...words, ...signs, ...numbers, ...fillings];
export const maskToken = 0;
export const endToken = 1;

const idOf = new Map(tokens.map((text, id) => [text, id]));
/** Longest first, so that a number is one token. */
const byLength = [...tokens].sort((a, b) => b.length - a.length);

/** Token ids of a text. Throws on text that the vocabulary can't write. */
export function encode(text: string): number[] {
  const ids: number[] = [];
  for (let at = 0; at < text.length;) {
    const token = byLength.find((t) => text.startsWith(t, at));
    if (token === undefined) throw new Error(`the puzzle vocabulary cannot write ${JSON.stringify(text.slice(at, at + 12))}`);
    ids.push(idOf.get(token)!);
    at += token.length;
  }
  return ids;
}

/** Text of tokens up to the first end token. */
export function decode(ids: ArrayLike<number>): string {
  const text: string[] = [];
  for (let i = 0; i < ids.length && ids[i] !== endToken; i++) text.push(tokens[ids[i]!]!);
  return text.join('');
}

/** The form of every completion: reasoning, then the answer, as in d1's template. */
export function completionText(reasoning: string, answer: string): string {
  return `<reasoning>${reasoning}</reasoning><answer>${answer}</answer>`;
}

/** Tokens that `completionText` adds to its two parts, and the end token. */
export const frameTokens = 5;

/** The text padded to `width` tokens with blanks in front, so that every prompt of a task has the same length. */
export function paddedPrompt(text: string, width: number): number[] {
  const ids = encode(text);
  if (ids.length > width) throw new Error(`a prompt of ${ids.length} tokens is over the task's ${width}`);
  return [...Array<number>(width - ids.length).fill(idOf.get(' ')!), ...ids];
}
