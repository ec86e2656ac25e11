/** What is done to a raw infill before it may be shown: each a pure function of texts. */

/** The line break of a document, by the first one in it. */
export function eolOf(prefix: string, suffix: string): '\n' | '\r\n' {
  const at = prefix.includes('\n') ? prefix : suffix;
  return at.includes('\r\n') ? '\r\n' : '\n';
}

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
  const typed = /[A-Za-z_$][\w$]+$/.exec(prefix)?.[0];
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

/** Stops where the completion begins to say what follows the cursor's line anyway. */
export function dropFollowingLines(text: string, suffix: string): string {
  const following = significantLines(suffix.slice(suffix.indexOf('\n') + 1)).slice(0, 3);
  if (!suffix.includes('\n') || following.length === 0) return text;
  const lines = text.split('\n');
  const repeat = lines.findIndex((line) => isTelling(line) && line.trim() === following[0]);
  if (repeat >= 0) return lines.slice(0, repeat).join('\n');
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
  if (!isTelling(said)) return false;
  const onOwnLine = /(^|\n)[ \t]*$/.test(prefix);
  const above = significantLines(prefix.slice(0, prefix.lastIndexOf('\n') + 1)).at(-1);
  const below = significantLines(suffix.slice(suffix.indexOf('\n') + 1))[0];
  return onOwnLine && (said === above || (suffix.includes('\n') && said === below));
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
  let previous = 0;
  for (const [, lead] of document.matchAll(/^([ \t]*)\S/gm)) {
    const columns = lead!.length;
    if (lead!.startsWith('\t')) tabs++;
    else if (columns > 0) spaces++;
    const step = columns - previous;
    if (!lead!.startsWith('\t') && step >= 2) width = Math.min(width, step);
    previous = columns;
  }
  if (tabs + spaces === 0) return undefined;
  return { tabs: tabs > spaces, width: width === 8 && spaces === 0 ? 4 : width };
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

function significantLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Brackets alone, or `break;`, may well be repeated; a line that says something is news only once. */
function isTelling(line: string): boolean {
  const said = line.trim();
  return said.length >= 4 && /\w/.test(said) && !/^(break|continue|return|else|try|default|do|pass)\W?$/.test(said);
}
