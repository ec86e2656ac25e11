/** Whether a completion would put a syntax error where there was none. The text around it may be cut from a larger document, or be broken itself while it is typed. */
import type { FillCheck } from '../../diffusion/code-model';
import { loadTypescript, parseSource, syntaxErrorStarts } from '../../edits/source';
import { borrowedLines } from './borrowed';
import { missingBrackets, type Scaffold } from './brackets';
import { syntaxOf } from './lex';

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

/**
 * What the parser says of texts in a gap, and what brackets they need; null where it isn't asked. Errors that stand behind the gap without any text in it count
 * only where brackets are missing there: others a text in the gap neither makes nor mends.
 */
export function syntaxCheck({ prefix, suffix, languageId }: Omit<Completed, 'text'>): FillCheck | null {
  const ending = judgedAs({ prefix, suffix, languageId });
  if (ending === undefined) return null;
  const needsAfter = (kept: string): readonly Scaffold[] => missingBrackets(prefix + kept, suffix, syntaxOf(languageId));
  const errorsOf = (fill: string): number[] => errorStarts(prefix + fill + suffix, ending).map((at) => at - prefix.length);
  const next = leadingSpace(suffix);
  const elsewhere = new Set(needsAfter('').length > 0 ? [] : errorsOf('').filter((at) => at > next));
  return {
    faultsOf: (fill) =>
      errorsOf(fill)
        .filter((at) => at >= 0 && !elsewhere.has(at - fill.length))
        .map((at) => Math.min(at, fill.length)),
    needsAfter,
    // The bare brackets come last: they say little, but what was begun is whole.
    elsewhere: () => [borrowedLines(prefix, suffix, syntaxOf(languageId)), needsAfter('').map((texts) => texts.join(''))],
  };
}

/** True if there are more syntax errors with the text than without it, or as many and one of them is in the text or at what follows it. */
export function breaksSyntax({ prefix, text, suffix, languageId }: Completed): boolean {
  const ending = judgedAs({ prefix, suffix, languageId });
  if (ending === undefined) return false;
  const found = errorStarts(prefix + text + suffix, ending);
  if (found.length === 0) return false;
  const before = errorStarts(prefix + suffix, ending).length;
  if (found.length !== before) return found.length > before;
  const next = prefix.length + text.length + leadingSpace(suffix);
  return found.some((at) => at >= prefix.length && at <= next);
}

/** The file ending by whose grammar a text is judged; undefined where it is not. */
export function judgedAs({ prefix, suffix, languageId }: Omit<Completed, 'text'>): string | undefined {
  return prefix.length + suffix.length > longestText ? undefined : endings[languageId];
}

function leadingSpace(text: string): number {
  return /^\s*/.exec(text)![0].length;
}

function errorStarts(code: string, ending: string): number[] {
  return syntaxErrorStarts(parseSource(loadTypescript(), `completed.${ending}`, code));
}
