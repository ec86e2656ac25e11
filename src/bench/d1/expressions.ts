/** Expressions over three numbers, each used once: what Countdown is solved with. */

export const operators = ['+', '-', '*', '/'] as const;
export type Operator = (typeof operators)[number];

/** `first.left first.operator first.right`, and that result beside the third number. */
export interface Expression {
  readonly first: { readonly left: number; readonly operator: Operator; readonly right: number; readonly value: number };
  readonly operator: Operator;
  readonly third: number;
  /** The third number stands on the left. */
  readonly flipped: boolean;
  readonly value: number;
}

/** Largest value that is written, in between or at the end. */
export const largest = 99;

/** The result, if it is a whole number from 1 to `largest`. */
export function calculate(left: number, operator: Operator, right: number): number | null {
  const value = operator === '+' ? left + right : operator === '-' ? left - right : operator === '*' ? left * right : left / right; // prettier-ignore
  return Number.isInteger(value) && value >= 1 && value <= largest ? value : null;
}

/** Every expression over the three numbers whose values are all in range. */
export function expressionsOf([a, b, c]: readonly [number, number, number]): Expression[] {
  const found: Expression[] = [];
  const orders = [[a, b, c], [b, a, c], [a, c, b], [c, a, b], [b, c, a], [c, b, a]] as const; // prettier-ignore
  for (const [left, right, third] of orders) {
    for (const inner of operators) {
      const value = calculate(left, inner, right);
      if (value === null || (commutes(inner) && left > right)) continue;
      const first = { left, operator: inner, right, value };
      for (const operator of operators) {
        for (const flipped of commutes(operator) ? [false] : [false, true]) {
          const result = flipped ? calculate(third, operator, value) : calculate(value, operator, third);
          if (result !== null) found.push({ first, operator, third, flipped, value: result });
        }
      }
    }
  }
  return found;
}

const commutes = (operator: Operator): boolean => operator === '+' || operator === '*';

/** `(3+4)*5` or `5-(3+1)`. */
export function writtenOut({ first, operator, third, flipped }: Expression): string {
  const inner = `(${first.left}${first.operator}${first.right})`;
  return flipped ? `${third}${operator}${inner}` : `${inner}${operator}${third}`;
}

/** `3+4=7,7*5=35`: the expression worked out step by step. */
export function workedOut({ first, operator, third, flipped, value }: Expression): string {
  const second = flipped ? `${third}${operator}${first.value}` : `${first.value}${operator}${third}`;
  return `${first.left}${first.operator}${first.right}=${first.value},${second}=${value}`;
}
