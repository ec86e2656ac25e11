import { initialLex, lex, openCount, type LexState, type Syntax } from './lex';

/** The code around the gap, as far as balance is judged: the rest is too far away to be closed or opened by a completion. */
const prefixWindow = 8_000;
const suffixWindow = 2_000;
const mostClosers = 3;
/** Places that are tried to cut a completion at; each costs a scan of what surrounds it. */
const mostCuts = 64;

/**
 * The completion, or the most of it, that leaves brackets and quotes no less balanced than they are without it: with
 * missing closers added, or cut before the part that breaks. Empty where nothing of it can stay.
 */
export function balance(completion: string, prefix: string, suffix: string, syntax: Syntax): string {
  const before = lex(initialLex, lineStartTail(prefix), syntax);
  const after = suffix.slice(0, suffixWindow);
  const allowed = imbalance(lex(before, after, syntax));
  const fits = (text: string): boolean => imbalance(lex(before, text + after, syntax)) <= allowed;
  if (fits(completion)) return completion;
  const closed = withClosers(completion, prefix, before, syntax, fits);
  if (closed !== undefined) return closed;
  let tried = 0;
  for (const end of cutPoints(completion)) {
    if (++tried > mostCuts) break;
    const kept = completion.slice(0, end);
    if (kept.trim() !== '' && fits(kept)) return kept;
  }
  return '';
}

/** How far a text is from balanced: what closes nothing, and what is never closed. */
export function imbalance(state: LexState): number {
  return state.errors + openCount(state);
}

/** Adds the closers of brackets and quotes that the completion itself opened, innermost first, as few as do. */
function withClosers(
  completion: string,
  prefix: string,
  before: LexState,
  syntax: Syntax,
  fits: (text: string) => boolean,
): string | undefined {
  const end = lex(before, completion, syntax);
  const opened = end.stack.slice(before.stack.length).reverse();
  let text = completion.trimEnd();
  for (const { symbol, at } of opened.slice(0, mostClosers)) {
    const closer = closers[symbol];
    if (closer === undefined) return undefined;
    const from = at - before.length;
    const sameLine = !completion.slice(from).trimEnd().includes('\n');
    text += sameLine ? closer : `\n${indentationAt(prefix + completion, prefix.length + from)}${closer}`;
    if (fits(text)) return text;
  }
  return undefined;
}

/** What closes what `lex` holds open. */
export const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', $: '}', '`': '`', "'": "'", '"': '"' };

/** White space that the offset's line begins with. */
export function indentationAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1);
  return /^[ \t]*/.exec(line)![0];
}

/** Places to cut, longest first: ends of whole lines, then (in a completion of one line) ends of words and symbols. */
function* cutPoints(text: string): Generator<number> {
  for (let at = text.lastIndexOf('\n'); at > 0; at = text.lastIndexOf('\n', at - 1)) yield at;
  const firstLine = text.includes('\n') ? text.indexOf('\n') : text.length;
  for (let at = firstLine - 1; at > 0; at--) {
    if (!splits(text, at)) yield at;
  }
}

/** True inside a word, a surrogate pair, or a letter or picture with its marks: nothing is cut there. */
function splits(text: string, at: number): boolean {
  const [left, right] = [text[at - 1]!, text[at]!];
  if (/[\udc00-\udfff]/.test(right) || /[\p{M}\u200d]/u.test(right) || left === '\u200d') return true;
  return /[\p{L}\p{M}\p{N}_$]/u.test(left) && /[\p{L}\p{N}_$]/u.test(right);
}

function lineStartTail(prefix: string): string {
  if (prefix.length <= prefixWindow) return prefix;
  const tail = prefix.slice(-prefixWindow);
  return tail.slice(tail.indexOf('\n') + 1);
}
