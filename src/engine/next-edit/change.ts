/** What a stretch of typing changed, in whole tokens. Pure. */

/** A replaced stretch: `oldText` stood at `start`, and `newText` stands there now. */
export interface Change {
  /** Offset in the text as it is now (and as it was: before it nothing changed). */
  readonly start: number;
  readonly oldText: string;
  readonly newText: string;
}

const token = /#?[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}[\p{L}\p{N}_.]*|\s+|=>|\?\.|\?\?|\.\.\.|[=!]==?|[<>]=|&&|\|\||\+\+|--|[^]/gu;
/** A change of more tokens than this on either side is no pattern. */
const mostTokens = 8;
/** Characters of a line that are looked at on either side. */
const longestLine = 1_000;

export function tokensOf(text: string): string[] {
  return text.match(token) ?? [];
}

/** The text before the change. */
export function textBefore(text: string, { start, oldText, newText }: Change): string {
  return text.slice(0, start) + oldText + text.slice(start + newText.length);
}

/**
 * The smallest run of tokens on one line that was replaced by another. What was only added or taken away carries the token after it along, so that there
 * is something to find elsewhere. Undefined where the change is nothing, is larger, or crosses lines.
 */
export function changedRun(text: string, change: Change): Change | undefined {
  const { start, oldText, newText } = change;
  if (oldText === newText || /[\r\n]/.test(oldText + newText)) return undefined;
  const before = textBefore(text, change);
  const from = Math.max(0, start - longestLine);
  const lineStart = from + /[^\r\n]*$/.exec(text.slice(from, start))!.index;
  const [was, is] = [lineAt(before, lineStart), lineAt(text, lineStart)].map(tokensOf) as [string[], string[]];
  let head = 0;
  while (head < was.length && head < is.length && was[head] === is[head]) head++;
  let tail = 0;
  while (tail < Math.min(was.length, is.length) - head && was.at(-1 - tail) === is.at(-1 - tail)) tail++;
  const cut = (tokens: readonly string[]): string[] => tokens.slice(head, tokens.length - tail);
  while ((cut(was).join('').trim() === '' || cut(is).join('').trim() === '') && tail > 0) tail--;
  const [old, fresh] = [cut(was), cut(is)];
  if (old.length === 0 || fresh.length === 0 || Math.max(old.length, fresh.length) > mostTokens) return undefined;
  return { start: lineStart + was.slice(0, head).join('').length, oldText: old.join(''), newText: fresh.join('') };
}

function lineAt(text: string, start: number): string {
  return /^[^\r\n]*/.exec(text.slice(start, start + 2 * longestLine))![0];
}

/** True for a single name. */
export function isName(text: string): boolean {
  return /^#?[\p{L}_$][\p{L}\p{M}\p{N}_$]*$/u.test(text);
}
