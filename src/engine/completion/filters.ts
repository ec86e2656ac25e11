/** What is done to a raw infill before it may be shown: each a pure function of texts. */

/** The line break that is nearest to the cursor, before it if there is one: a document may mix them. */
export function eolOf(prefix: string, suffix: string): '\n' | '\r\n' {
  const before = prefix.lastIndexOf('\n');
  const [text, at] = before >= 0 ? [prefix, before] : [suffix, suffix.indexOf('\n')];
  return text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** Characters that are not seen and change how the text around them is read or run: controls other than tab and line break, and overrides of direction. */
export function holdsControls(text: string): boolean {
  return /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/u.test(text.replaceAll(/[\t\n]/g, ''));
}

const longestWord = 100;

/** At most this many lines, counted from the cursor's. */
export function limitLines(text: string, maxLines: number): string {
  return text.split('\n').slice(0, maxLines).join('\n');
}

/** No spaces at the ends of lines, no empty lines at the end. */
export function trimLineEnds(text: string): string {
  return text.replace(/[ \t]+$/gm, '').replace(/\n+$/, '');
}

/** Where only indentation stands before the cursor, the completion must not bring its own. */
export function dropDoubledIndentation(text: string, prefix: string): string {
  return /(^|\n)[ \t]+$/.test(prefix) ? text.replace(/^[ \t]+/, '') : text;
}

/** Models that see a half-typed word tend to begin the word again: `retu` + `return x` gives `rn x`. */
export function dropRepeatedWord(text: string, prefix: string): string {
  const typed = /[\p{L}_$][\p{L}\p{M}\p{N}_$]+$/u.exec(prefix.slice(-longestWord))?.[0];
  if (typed === undefined || !text.startsWith(typed)) return text;
  return text.slice(typed.length);
}

/** Drops the end of the completion that the text after the cursor says already, on the same line. */
export function dropSuffixOverlap(text: string, suffix: string): string {
  const restOfLine = /^[^\n]*/.exec(suffix)![0].trimEnd();
  if (restOfLine.trim() === '') return text;
  const trimmed = text.trimEnd();
  for (let length = Math.min(restOfLine.length, trimmed.length); length > 0; length--) {
    const shared = restOfLine.slice(0, length);
    if (!trimmed.endsWith(shared)) continue;
    // Parts of a word, or one closing bracket, may be there by chance: those are left to the balance of brackets.
    if (length === restOfLine.length || (length >= 3 && /\W$/.test(shared))) return trimmed.slice(0, -length);
    return text;
  }
  return text;
}

/** Stops where the completion begins to say what follows the cursor's line anyway, be it only the beginning of that. */
export function dropFollowingLines(text: string, prefix: string, suffix: string): string {
  const following = lineAfter(suffix);
  if (following === undefined) return text;
  const lines = text.split('\n');
  const repeat = lines.findIndex((line) => isTelling(line) && line.trim() === following);
  if (repeat >= 0) return lines.slice(0, repeat).join('\n');
  // A canvas has a length of its own, so the last line may be the following one without its end.
  const last = lines.at(-1)!.trim();
  const whole = lines.length > 1 || startsLine(prefix);
  if (whole && last.length >= 3 && isTelling(following) && following.startsWith(last)) return lines.slice(0, -1).join('\n');
  return text;
}

/** Stops a loop: a telling line that comes again at once, or a third time at all. */
export function cutLoops(text: string): string {
  const lines = text.split('\n');
  const seen = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const key = line.trim();
    if (!isTelling(line)) continue;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times > 2 || (index > 0 && lines[index - 1]!.trim() === key)) return lines.slice(0, index).join('\n');
  }
  return text;
}

/** True if the whole completion only repeats the line above the cursor, or the one below. */
export function repeatsNeighbour(text: string, prefix: string, suffix: string): boolean {
  const said = text.trim();
  if (!isTelling(said) || !startsLine(prefix)) return false;
  return said === lineBefore(prefix) || said === lineAfter(suffix);
}

export interface Indentation {
  readonly tabs: boolean;
  /** Columns of one level, for documents indented by spaces. */
  readonly width: number;
}

/** How a document indents, by its indented lines; undefined where it has none. */
export function indentationOf(document: string): Indentation | undefined {
  let tabs = 0;
  let spaces = 0;
  let width = 8;
  /** Columns of the line before, if it is indented by spaces or not at all. */
  let previous: number | undefined = 0;
  for (const [, lead] of document.matchAll(/^([ \t]*)\S/gm)) {
    if (lead!.startsWith('\t')) {
      tabs++;
      previous = undefined;
      continue;
    }
    const columns = lead!.length;
    if (columns > 0) spaces++;
    if (previous !== undefined && columns - previous >= 2) width = Math.min(width, columns - previous);
    previous = columns;
  }
  if (tabs + spaces === 0) return undefined;
  return { tabs: tabs > spaces, width: width === 8 && (spaces === 0 || tabs > spaces) ? 4 : width };
}

/** Indents all lines but the first as the document does: tabs or spaces. The first continues the cursor's line. */
export function matchIndentation(text: string, indentation: Indentation | undefined): string {
  if (!indentation) return text;
  const level = ' '.repeat(indentation.width);
  const [first, ...rest] = text.split('\n');
  const converted = rest.map((line) =>
    line.replace(/^[ \t]+/, (lead) => (indentation.tabs ? lead.replaceAll(level, '\t') : lead.replaceAll('\t', level))),
  );
  return [first!, ...converted].join('\n');
}

/**
 * In a document indented by spaces: lines that a model indents by a step of its own (two where the document has four) get the document's step.
 * Only lines off the document's grid are a sign of that, and only if all of them lie on the model's own.
 */
export function ontoGrid(text: string, prefix: string, indentation: Indentation | undefined): string {
  const lines = text.split('\n');
  if (!indentation || indentation.tabs || lines.length < 2) return text;
  const base = /^ */.exec(prefix.slice(prefix.lastIndexOf('\n') + 1))![0].length;
  const offsets = lines.slice(1).flatMap((line) => (line.trim() === '' ? [] : [/^ */.exec(line)![0].length - base]));
  const step = offsets.filter((offset) => offset !== 0).reduce((least, offset) => Math.min(least, Math.abs(offset)), Infinity);
  const { width } = indentation;
  if (!Number.isFinite(step) || step % width === 0 || offsets.some((offset) => offset % step !== 0)) return text;
  const moved = (line: string): string => {
    const lead = /^ */.exec(line)![0].length;
    return line.trim() === '' ? line : ' '.repeat(Math.max(0, base + ((lead - base) / step) * width)) + line.slice(lead);
  };
  return [lines[0]!, ...lines.slice(1).map(moved)].join('\n');
}

/** True where only blanks stand before the cursor on its line. */
function startsLine(prefix: string): boolean {
  return /(^|\n)[ \t]*$/.test(prefix);
}

/** The first line with something on it below the cursor's line, trimmed. */
function lineAfter(suffix: string): string | undefined {
  const next = suffix.indexOf('\n');
  if (next < 0) return undefined;
  return /^\s*(\S[^\n]*)/.exec(suffix.slice(next + 1))?.[1]!.trimEnd();
}

/** The last line with something on it above the cursor's line, trimmed. */
function lineBefore(prefix: string): string | undefined {
  const above = prefix.slice(0, prefix.lastIndexOf('\n') + 1).trimEnd();
  const line = above.slice(above.lastIndexOf('\n') + 1).trim();
  return line === '' ? undefined : line;
}

/** Brackets alone, or `break;`, may well be repeated; a line that says something is news only once. */
function isTelling(line: string): boolean {
  const said = line.trim();
  return said.length >= 4 && /\w/.test(said) && !/^(break|continue|return|else|try|default|do|pass)\W?$/.test(said);
}
