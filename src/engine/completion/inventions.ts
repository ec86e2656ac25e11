/** Names that a completion makes up: nothing declares them, nothing in the text mentions them, and no language or environment knows them. */
import globals from 'globals';
import { namesOf } from '../../edits/names';
import { loadTypescript, parseSource, syntaxErrorStarts } from '../../edits/source';
import { wordsOf } from '../../edits/text';
import { judgedAs, type Completed } from './syntax';

const environments = ['builtin', 'browser', 'node', 'worker', 'commonjs', 'amd', 'mocha', 'jest', 'vitest', 'jquery', 'bunBuiltin', 'denoBuiltin'] as const; // prettier-ignore
/** Types that TypeScript declares by itself. */
const utilityTypes = [
  'ArrayLike', 'AsyncIterable', 'AsyncIterableIterator', 'Awaited', 'Capitalize', 'ConstructorParameters', 'Exclude', 'Extract', 'InstanceType', 'Iterable', 'IterableIterator', 'Lowercase', 'NodeJS',
  'NonNullable', 'Omit', 'OmitThisParameter', 'Parameters', 'Partial', 'Pick', 'PromiseLike', 'PropertyKey', 'Readonly', 'ReadonlyArray', 'ReadonlyMap', 'ReadonlySet', 'Record', 'Required', 'ReturnType',
  'ThisParameterType', 'ThisType', 'Uncapitalize', 'Uppercase', 'any', 'const', 'undefined',
]; // prettier-ignore
let known: ReadonlySet<string> | undefined;

/**
 * A name that the text would use and that exists nowhere, or undefined; `context` is text of other files. Of 870 offers at cursors in training packages 31 had one, and none of those was
 * right; of 2,000 that stood there none has one. Asks nothing of texts that do not parse: in them names can't be told from other words.
 */
export function inventedName({ prefix, text, suffix, languageId }: Completed, context = ''): string | undefined {
  const ending = judgedAs({ prefix, suffix, languageId });
  if (ending === undefined) return undefined;
  const head = /[\w$]*$/.exec(prefix)![0];
  const tail = /^[\w$]*/.exec(suffix)![0];
  const before = prefix.slice(0, prefix.length - head.length);
  const mentioned = new Set([...wordsOf(before), ...wordsOf(suffix.slice(tail.length)), ...wordsOf(context)]);
  known ??= new Set([...environments.flatMap((name) => Object.keys(globals[name])), ...utilityTypes]);
  const fresh = wordsOf(head + text + tail).filter((word) => !mentioned.has(word) && !known!.has(word));
  if (fresh.length === 0) return undefined;
  const unit = parseSource(loadTypescript(), `completed.${ending}`, prefix + text + suffix);
  if (syntaxErrorStarts(unit).length > 0) return undefined;
  const { free } = namesOf(unit);
  return fresh.find((word) => free.has(word));
}
