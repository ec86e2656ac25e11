/** What is said of an edit: how it came about, and what it can be trusted for. */
import type { CodeModel } from '../../diffusion/code-model';
import { editKinds, type EditKind } from '../../edits';
import { sentence } from '../../edits/instruct/tasks';
import type { Hunk } from '../../edits/plan/plan';
import type { Unusable } from './answer/read';

interface Facts {
  /** The model's name. */
  readonly id: string;
  /** Places that it was asked to write anew. */
  readonly places: number;
  /** Of the syntax, in the file as it stood. */
  readonly error: string | undefined;
}

const otherModel = 'A model that follows instructions can be chosen with the setting "unmask.model" (or --model).';

export function done(hunks: readonly Hunk[], problems: readonly string[]): string {
  const others = problems.length === 0 ? '' : ` ${problems.join(' ')}`;
  return `Done by the known edit ${quotedTitles(hunks)}, not by the model: it keeps what the code does.${others}`;
}

export function improved(hunks: readonly Hunk[]): string {
  return `Made simpler by known edits, not by the model; they keep what the code does: ${quotedTitles(hunks)}.`;
}

export function nothingToDo(kinds: readonly string[]): string {
  return `The known edit ${quoted(kinds)} finds no place in this region where it is safe. Nothing was changed.`;
}

export function denoising(open: number): string {
  return open === 0 ? 'Denoising' : `Denoising: ${open} tokens masked`;
}

export function denoised(count: number, { id, error }: Facts): string {
  const what = `${count === 1 ? '1 place was' : `${count} places were`} written anew by ${id}. It parses, but nothing else is proved: read it before you keep it.`;
  return error === undefined ? `No known edit applies here. ${what}` : `The file has a syntax error (${error}), which comes first, whatever was asked for. ${what}`; // prettier-ignore
}

export function nothingBetter({ id, places }: Facts): string {
  const why = places === 0 ? `${id} doubts nothing here` : `${id} found nothing that it believes in more (it looked at ${places} tokens anew)`;
  return `No known edit applies here, and ${why}. Nothing was changed.`;
} // prettier-ignore

export function notUnderstood({ id, capabilities }: Pick<CodeModel['info'], 'id' | 'capabilities'>): string {
  const why = capabilities.includes('revise') ? `is not sure what to change for them` : `can't follow free instructions`;
  return `These words mean none of the ${editKinds.length} known edits, and ${id} ${why}. Nothing was changed. Ask in other words, or for one of the known edits. ${otherModel}`;
}

export function didYouMean(instruction: string): string {
  return `Did you mean “${instruction}”?`;
}

export function notUnderstoodWithoutModel(): string {
  return `These words mean none of the ${editKinds.length} known edits, and no model is loaded. ${otherModel}`;
}

export function nothingWithoutModel(): string {
  return 'No known edit applies here, and no model is loaded (setting "unmask.model", or --model). Nothing was changed.';
}

export function noChatTemplate(id: string): string {
  return `These words mean none of the ${editKinds.length} known edits. The manifest of ${id} says that it follows instructions, but its folder holds no chat template (chat_template.jinja, or "chat_template" in tokenizer_config.json), so it can't be asked. Nothing was changed.`;
}

export function answered(count: number, id: string): string {
  return `${id} did what you asked for as it understood it, in ${count === 1 ? '1 place' : `${count} places`}. It parses, but nothing else is proved: read it before you keep it.`;
}

export const meansNone = 'These words name none of the known edits.';

export function notShownSafe(kinds: readonly string[]): string {
  return `The known edit ${quoted(kinds)} can't be shown to be safe here.`;
}

/** `why` the known edits did not do it. */
export function revised(why: string, count: number, id: string, confidence: number): string {
  const places = count === 1 ? '1 place' : `${count} places`;
  return `${why} ${id} changed ${places} as it understood you (it is sure to ${Math.floor(100 * confidence)} %). It parses, but nothing else is proved: read it before you keep it.`;
}

/** `why`: as above. */
export function takenFor(why: string, edit: EditKind, id: string): string {
  return `${why} ${id} takes them for "${sentence(edit)}", which is one: it keeps what the code does.`;
}

export function sameAnswer(id: string): string {
  return `${id} answered with the same lines. Nothing was changed.`;
}

export function tooLong(id: string, needed: number, most: number): string {
  return `These lines, your words and an answer need ${needed} tokens, but ${id} holds ${most} at once. Select fewer lines. Nothing was changed.`;
}

/** For a model that revises, and writes no answer beside the lines. `why`: as above. */
export function tooLongToRevise(why: string, id: string, needed: number, most: number): string {
  return `${why} ${id} could be asked, but these lines and your words are ${needed} tokens, and it holds ${most} at once. Select fewer lines. Nothing was changed.`;
}

export function unusableAnswer(id: string, unusable: Unusable, answer: string): string {
  return `${whyUnusable(id, unusable, answer)} Nothing was changed. Ask in other words, or for fewer lines.`;
}

function whyUnusable(id: string, unusable: Unusable, answer: string): string {
  switch (unusable.why) {
    case 'unfinished':
      return `${id} did not come to the end of its answer, so it was not used.`;
    case 'no-code':
      return answer.trim() === '' ? `${id} answered nothing.` : `${id} answered without a block of code: ${short(answer)}`;
    case 'broken-text':
      return `${id} answered with broken characters.`;
    case 'syntax':
      return `What ${id} answered does not parse in its place (${unusable.error})`.replace(/\.?\)$/, ').');
    case 'reaches-out':
      return `What ${id} answered would change what the code behind it means.`;
  }
}

function short(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return `“${line.length > 120 ? `${line.slice(0, 119)}…` : line}”.`;
}

export function stillBroken(id: string, error: string): string {
  return `The file has a syntax error (${error}), so no known edit is safe, and ${id} found nothing that parses. Mend the error first.`;
}

export function otherLanguage(file: string): string {
  return `Edits work in JavaScript and TypeScript; ${file} is neither.`;
}

function quotedTitles(hunks: readonly Hunk[]): string {
  return [...new Set(hunks.flatMap((h) => h.title.split('; ')))].map((title) => `"${title}"`).join(', ');
}

function quoted(kinds: readonly string[]): string {
  return kinds.map((name) => `"${nameOf(name)}"`).join(', ');
}

function nameOf(name: string): string {
  const kind = editKinds.find((k) => k.name === name);
  return kind ? sentence(kind).replace(/\{(\w+)\}/g, (_, key: string) => key.toUpperCase()) : name;
}
