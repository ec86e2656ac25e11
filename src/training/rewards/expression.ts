/** Arithmetic in the completions' own words, read by a parser of its own: text written by a model is never run as code. */

/** A whole expression of numbers, + - * / and brackets: its value, and the numbers as they stand in it. */
export interface ReadExpression {
  /** NaN where something is divided by zero. */
  readonly value: number;
  readonly numbers: readonly number[];
}

/** Deeper nesting than this is refused: the parser calls itself. */
const deepest = 100;

/**
 * Reads an expression; null where it is not one. What counts as one is what Python, which d1 asks, takes of these characters: signs may stand before a
 * term, numbers are whole and have no leading zeros, and lines may break only inside brackets. Python's `**`, `//`, fractions and separators within
 * numbers are no arithmetic of the puzzle and are refused.
 */
export function readExpression(text: string): ReadExpression | null {
  const numbers: number[] = [];
  let at = 0;
  let depth = 0;
  const peek = (): string => {
    const blank = depth > 0 ? /[ \t\r\n]*/y : /[ \t]*/y;
    blank.lastIndex = at;
    at += blank.exec(text)![0].length;
    return text[at] ?? '';
  };
  const sum = (): number => {
    let value = product();
    for (let sign = peek(); sign === '+' || sign === '-'; sign = peek()) {
      at++;
      value = sign === '+' ? value + product() : value - product();
    }
    return value;
  };
  const product = (): number => {
    let value = signed();
    for (let sign = peek(); sign === '*' || sign === '/'; sign = peek()) {
      at++;
      const right = signed();
      value = sign === '*' ? value * right : right === 0 ? NaN : value / right;
    }
    return value;
  };
  const signed = (): number => {
    let factor = 1;
    for (let sign = peek(); sign === '+' || sign === '-'; sign = peek()) {
      at++;
      if (sign === '-') factor = -factor;
    }
    return factor * primary();
  };
  const primary = (): number => {
    if (peek() !== '(') return number();
    if (++depth > deepest) throw new NotAnExpression();
    at++;
    const value = sum();
    if (peek() !== ')') throw new NotAnExpression();
    depth--;
    at++;
    return value;
  };
  const number = (): number => {
    const digits = /(?:0+|[1-9][0-9]*)(?![0-9])/y;
    digits.lastIndex = at;
    const found = digits.exec(text);
    if (!found) throw new NotAnExpression();
    at += found[0].length;
    numbers.push(Number(found[0]));
    return Number(found[0]);
  };
  try {
    const value = sum();
    return peek() === '' ? { value, numbers } : null;
  } catch (error) {
    if (error instanceof NotAnExpression) return null;
    throw error;
  }
}

/** Ends the reading; never leaves this file. */
class NotAnExpression extends Error {}
