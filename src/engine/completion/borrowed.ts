/** Lines from elsewhere in the document that could stand at the cursor: what is written there has mostly been written alike before. */
import { imbalance, indentationAt } from './balance';
import { initialLex, lex, type Syntax } from './lex';

/** Characters on either side that lines are taken from, and that brackets are counted in. */
const before = 8_000;
const after = 4_000;
/** Most lines of a text. */
const mostLines = 3;
/** Most texts. Each costs whoever tries it a parse. */
const most = 48;

/**
 * Runs of one to three lines with which brackets are as balanced as any of them make it, those that begin as deep as the gap does first, and then those nearby. None where the
 * cursor is in the middle of a line.
 */
export function borrowedLines(prefix: string, suffix: string, syntax: Syntax): readonly string[] {
  const head = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const atLineEnd = suffix === '' || /^[ \t]*\r?\n/.test(suffix);
  const fresh = head.trim() === '';
  if (!fresh && !atLineEnd) return [];
  const newline = prefix.includes('\r\n') ? '\r\n' : '\n';
  const [left, right] = [prefix.slice(-before), suffix.slice(0, after)];
  const state = lex(initialLex, left, syntax);
  const wanted = head !== '' && fresh ? head : depthAround(prefix, suffix);
  const sides = [left, right].map((side) => side.split(/\r?\n/));
  const found = new Map<
    string,
    { readonly text: string; readonly imbalance: number; readonly foreign: boolean; readonly away: number }
  >();
  for (const [side, lines] of sides.entries()) {
    // The first line of a side may be cut off, and what follows the cursor is not written twice.
    const next = side === 0 ? 0 : lines.findIndex((line, i) => i > 0 && line.trim() !== '');
    for (let first = next + 1; first < lines.length - 1; first++) {
      for (let count = 1; count <= mostLines && first + count < lines.length; count++) {
        const taken = lines.slice(first, first + count);
        if (taken[0]!.trim() === '' || taken.at(-1)!.trim() === '') continue;
        const indentation = /^[ \t]*/.exec(taken[0]!)![0];
        const body = taken.join(newline);
        const text =
          (fresh ? (head === '' ? body : body.slice(indentation.length)) : newline + body) + (atLineEnd ? '' : newline);
        const away = side === 0 ? lines.length - first : first;
        if ((found.get(text)?.away ?? Infinity) <= away) continue;
        found.set(text, { text, imbalance: imbalance(lex(state, text + right, syntax)), foreign: indentation !== wanted, away });
      }
    }
  }
  const all = [...found.values()];
  const least = all.reduce((few, { imbalance: n }) => Math.min(few, n), Infinity);
  return all
    .filter((one) => one.imbalance === least)
    .sort((a, b) => Number(a.foreign) - Number(b.foreign) || a.away - b.away)
    .slice(0, most)
    .map(({ text }) => text);
}

/** White space of the lines around the cursor, of the shallower one: what stands between them opens what the other is in, or closes it. */
function depthAround(prefix: string, suffix: string): string {
  const last = indentationAt(prefix, prefix.trimEnd().length - 1);
  const next = /^\s*?\n([ \t]*)\S/.exec(suffix)?.[1] ?? /^([ \t]*)\S/.exec(suffix)?.[1] ?? last;
  return next.length < last.length ? next : last;
}
