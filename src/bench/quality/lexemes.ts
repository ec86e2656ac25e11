/** Code cut into words and signs, by no tokenizer of any model: what tasks are drawn by and the n-gram model reads. */

const operators = ['===', '!==', '...', '=>', '==', '!=', '<=', '>=', '&&', '||', '??', '?.', '++', '--', '+=', '-=', '*=', '/='];
const quoted = operators.map((o) => o.replace(/[.*+?^${}()|]/g, '\\$&')).join('|');
const lexeme = new RegExp(`\\n[ \\t]*| ?(?:[A-Za-z_$][\\w$]*|\\d+|${quoted}|\\S)|\\s`, 'gu');

/** All of the text: a blank belongs to the word after it, the indentation to the line break before it. */
export function lexemesOf(text: string): string[] {
  return text.match(lexeme) ?? [];
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Identifiers, keywords and numbers, with no blanks. */
export function wordsOf(text: string): Span[] {
  return Array.from(text.matchAll(/[A-Za-z_$][\w$]*|\d+/g), ({ 0: word, index }) => ({ start: index, end: index + word.length }));
}
