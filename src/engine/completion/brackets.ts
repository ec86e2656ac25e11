/** The brackets that a text at the cursor has to close and to open, so that what stands around it fits together. */
import { closers, imbalance, indentationAt } from './balance';
import { initialLex, lex, type LexState, type Syntax } from './lex';

/** Characters on either side that are looked at. */
const before = 8_000;
const after = 2_000;
/** Most brackets that are missing of either kind. */
const most = 4;

/** Texts in their order, each to be held somewhere. */
export type Scaffold = readonly string[];

/**
 * What stands at the cursor has to hold one of these: what closes brackets, and then what opens some, the fewest with which both sides are as balanced as any can
 * make them. Mostly there are none.
 */
export function missingBrackets(prefix: string, suffix: string, syntax: Syntax): readonly Scaffold[] {
  const left = prefix.slice(-before);
  const state = lex(initialLex, left, syntax);
  const right = suffix.slice(0, after);
  const closing = closings(left, state);
  let [close, open] = ['', ''];
  let least = imbalance(lex(state, right, syntax));
  for (let count = 1; count <= 2 * most && least > 0; count++) {
    for (const [k, closed] of closing.slice(0, count + 1).entries()) {
      for (const opened of openings(count - k)) {
        const remaining = imbalance(lex(state, closed + opened + right, syntax));
        if (remaining < least) [close, open, least] = [closed, opened, remaining];
      }
    }
  }
  if (close === '' && open === '') return [];
  return waysToOpen(open).map((texts) => (close === '' ? texts : [close, ...texts]));
}

/** How brackets are mostly opened in code, longest first. A token holds the blank before it. */
const idioms: readonly (readonly [brackets: string, ways: readonly Scaffold[]])[] = [
  ['({', [['(', ' => {'], ['(function (', ') {'], ['({']]],
  ['{', [[' {'], ['(', ') {'], ['const ', ' = {']]],
  ['(', [['(']]],
  ['[', [['[']]],
];

function waysToOpen(brackets: string): Scaffold[] {
  if (brackets === '') return [[]];
  return idioms
    .filter(([start]) => brackets.startsWith(start))
    .flatMap(([start, ways]) => waysToOpen(brackets.slice(start.length)).flatMap((rest) => ways.map((way) => [...way, ...rest])));
}

/** What closes the innermost brackets: none of them, one, two... A block is closed on a line of its own. */
function closings(text: string, { stack }: LexState): string[] {
  const out = [''];
  for (const { symbol, at } of stack.slice(-most).reverse()) {
    const closer = closers[symbol];
    // Quotes close themselves, and hold no brackets.
    if (closer === undefined || closer === symbol) break;
    const own = symbol === '{' && out.at(-1) === '' ? `\n${indentationAt(text, at)}` : '';
    out.push(out.at(-1)! + own + closer);
  }
  return out;
}

/** All strings of so many opening brackets; none of more than `most`. */
function openings(count: number): string[] {
  if (count > most) return [];
  let all = [''];
  for (let i = 0; i < count; i++) all = all.flatMap((text) => ['(', '[', '{'].map((bracket) => text + bracket));
  return all;
}
