/** What a kind of edit is: it finds its places in a source, and says in words what it does there. */
import { namesOf } from './names';
import { syntaxErrors, type SourceUnit } from './source';
import { applyEdits, type Edit } from './text';

/** One place where a kind of edit is safe. */
export interface EditPlace {
  /** What is changed, as a whole: `[start, end)` of the text before. */
  readonly start: number;
  readonly end: number;
  readonly edits: readonly Edit[];
  /** What stands for `{...}` in the wordings. */
  readonly names: Readonly<Record<string, string>>;
}

/**
 * A kind of edit that keeps what the program does. Two things are taken for granted everywhere: reading a property runs no code that
 * matters, and nobody reads a function's source text.
 */
export interface EditKind {
  readonly name: string;
  /** Ways to ask for it. Those with `{name}` speak of one place; those without mean every place in the source. */
  readonly wordings: readonly string[];
  /** Every place where the edit is safe, in the order of the text. Places may overlap: apply one, then look again. */
  find(unit: SourceUnit): readonly EditPlace[];
}

/** A kind that leaves sources alone whose names can't be known (`eval`, `with`) or that do not parse. */
export function editKind(name: string, wordings: readonly string[], find: (unit: SourceUnit) => readonly EditPlace[]): EditKind {
  return {
    name,
    wordings,
    find: (unit) => {
      if (syntaxErrors(unit).length > 0 || namesOf(unit).dynamic) return [];
      return [...find(unit)].sort((a, b) => a.start - b.start || b.end - a.end);
    },
  };
}

/** The source after one edit. */
export function applyPlace(unit: SourceUnit, place: EditPlace): string {
  return applyEdits(unit.text, place.edits);
}

/** True for a wording that speaks of one place. */
export function speaksOfOne(wording: string): boolean {
  return wording.includes('{');
}

/** A wording with its names filled in; undefined where the place has no such name. */
export function fillWording(wording: string, place: EditPlace): string | undefined {
  const keys = [...wording.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!);
  if (keys.some((key) => place.names[key] === undefined)) return undefined;
  return wording.replace(/\{(\w+)\}/g, (_, key: string) => place.names[key]!);
}
