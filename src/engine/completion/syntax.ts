/** Whether a completion would put a syntax error where there was none. The text around it may be cut from a larger document, or be broken itself while it is typed. */
import { loadTypescript, parseSource, syntaxErrorStarts } from '../../edits/source';

/** File endings by VS Code's id of the language; others are not judged. */
const endings: Readonly<Record<string, string>> = {
  javascript: 'jsx',
  javascriptreact: 'jsx',
  typescript: 'ts',
  typescriptreact: 'tsx',
};

/** Characters around a completion that are parsed: more is not sent by an editor. */
const longestText = 60_000;

export interface Completed {
  readonly prefix: string;
  readonly text: string;
  readonly suffix: string;
  readonly languageId: string;
}

/** True if there are more syntax errors with the text than without it, or as many and one of them is in the text or at what follows it. */
export function breaksSyntax({ prefix, text, suffix, languageId }: Completed): boolean {
  const ending = endings[languageId];
  if (ending === undefined || prefix.length + suffix.length > longestText) return false;
  const errors = (whole: string): number[] => syntaxErrorStarts(parseSource(loadTypescript(), `completed.${ending}`, whole));
  const found = errors(prefix + text + suffix);
  if (found.length === 0) return false;
  const before = errors(prefix + suffix).length;
  if (found.length !== before) return found.length > before;
  const next = prefix.length + text.length + /^\s*/.exec(suffix)![0].length;
  return found.some((at) => at >= prefix.length && at <= next);
}
