/** What is said of a refactoring: what came of it, what was checked, and what would help. */
import { editKinds } from '../../edits';
import { didYouMean } from '../edit/words';
import type { RefactorResult } from '../../protocol/refactor';
import type { RefactorHunk } from './change';
import type { TestBed } from './tests';

const otherModel = 'A model that follows instructions can be chosen with the setting "unmask.model" (or --model).';

/** How many changes in how many files, and by whom. */
export function summary(hunks: readonly RefactorHunk[], proof: string, dropped: RefactorResult['dropped']): string {
  const files = new Set(hunks.flatMap((h) => h.files.map((f) => f.file))).size;
  const places = hunks.reduce((sum, h) => sum + h.files.reduce((n, f) => n + f.edits.length, 0), 0);
  const titles = [...new Set(hunks.flatMap((h) => h.title.split('; ')))];
  const shown = titles.length > 4 ? `${titles.slice(0, 4).join('; ')}; and ${titles.length - 4} other kinds` : titles.join('; ');
  const count = `${places} ${places === 1 ? 'change' : 'changes'} in ${files} ${files === 1 ? 'file' : 'files'}`;
  return `${shown}: ${count}.${takenBack(dropped)} ${proof}`;
}

function takenBack(dropped: RefactorResult['dropped']): string {
  if (dropped.length === 0) return '';
  const [first] = dropped;
  const more = dropped.length > 1 ? ` (and ${dropped.length - 1} more)` : '';
  return ` Taken back: ${first!.title}${more}, because ${first!.why}.`;
}

/** What the tests have shown of changes of which some are run by them. */
export function testsProof(bed: TestBed, tested: number, all: number): string {
  const count = `${bed.passing.size} ${bed.passing.size === 1 ? 'test that passed passes' : 'tests that passed pass'} still`;
  if (tested === all) return `${count}; they run all of the changed code.`;
  if (tested === 0) return `${count}, but none of them runs the changed code: they prove nothing about it. Read it.`;
  return `${count}; they run ${tested} of the ${all} changed places. Read the others.`;
}

export function typesProof(why: string): string {
  return `The parser and the type checker see no new problem. No test has checked it: ${why}`;
}

export function notUnderstood(model: string | undefined, suggestion?: string): string {
  const who = model === undefined ? 'No model is loaded' : `${model} can't follow free instructions`;
  return `These words mean none of the ${editKinds.length} known edits, no rename, and nothing that the language service offers here. ${who}. Nothing was changed. ${otherModel}${suggestion === undefined ? '' : ` ${didYouMean(suggestion)}`}`;
}

export function nothing(instruction: string, problems: readonly string[]): string {
  if (problems.length > 0) return `${problems.join(' ')} Nothing was changed.`;
  return instruction === ''
    ? 'No known edit that makes code simpler applies in this scope. Nothing was changed.'
    : 'There is no place in this scope where that is possible and safe. Nothing was changed.';
}

export function namesNeedModel(): string {
  return 'Names are written by a model, and none is loaded (setting "unmask.model", or --model). Nothing was changed.';
}

export function noBetterNames(id: string): string {
  return `${id} knows no name here that it would believe in more. Nothing was changed.`;
}

export function noAnswer(id: string, unusable: number): string {
  const why = unusable > 0 ? 'answered nothing that fits into the code' : 'would leave the code as it is';
  return `${id} ${why}. Nothing was changed.`;
}

export function allTakenBack(dropped: RefactorResult['dropped']): string {
  return `Every change was taken back by what was checked.${takenBack(dropped)} Nothing was changed.`;
}

export function late(seconds: number): string {
  return `${seconds} s were not enough to check it, so nothing is offered. A larger budget (setting "unmask.fix.budget", or --budget) leaves more time.`;
}

export function otherLanguage(file: string): string {
  return `Refactor works in JavaScript and TypeScript; ${file} is neither.`;
}
