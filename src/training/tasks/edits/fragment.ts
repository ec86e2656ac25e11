/** Functions cut out of files: methods and properties need something around them to be a program. */
import { parseSource, syntaxErrors, type SourceUnit, type Ts } from '../../../edits/source';

/** A text with what was put around it, so that it could be parsed. */
export interface Fragment {
  readonly unit: SourceUnit;
  readonly before: string;
  readonly after: string;
}

const frames = [
  { before: '', after: '' },
  { before: 'class Holder {\n', after: '\n}' },
  { before: 'const holder = {\n', after: '\n};' },
] as const;

/** Parses a text as a file, as a member of a class, or as a property of an object. Undefined where it is none of these. */
export function parseFragment(api: Ts, fileName: string, text: string): Fragment | undefined {
  // `name: (x) => ...` would pass for a statement with a label.
  const property = /^\s*(?:[\w$]+|'[^'\n]*'|"[^"\n]*")\s*:/.test(text);
  for (const { before, after } of property ? [frames[2]] : frames) {
    const unit = parseSource(api, fileName, before + text + after);
    if (syntaxErrors(unit).length === 0) return { unit, before, after };
  }
  return undefined;
}

/** The text of a fragment, without what was put around it; undefined where an edit has touched that. */
export function textOfFragment(fragment: Fragment, text: string): string | undefined {
  const { before, after } = fragment;
  if (!text.startsWith(before) || !text.endsWith(after)) return undefined;
  return text.slice(before.length, text.length - after.length);
}
