/** From what an instruction means to what is to be done in a source, or to why it can't be done there. */
import type ts from 'typescript';
import { editKind, speaksOfOne, type EditKind, type EditPlace } from '../kind';
import { extractPlaces, renamePlace } from '../kinds/names';
import { isDeclared, isFresh, namesOf } from '../names';
import type { EditTask } from '../plan/plan';
import { textOf, walk, type SourceUnit } from '../source';
import { matchKinds, nearKinds, type Match } from './match';

/** Why an instruction that was understood can't be followed; for people. */
export interface Problem {
  readonly problem: string;
}

export interface Understood {
  readonly tasks: readonly EditTask[];
  /** What stands in the way of those kinds that are meant and can do nothing. */
  readonly problems: readonly string[];
}

/** Names and literals of a source, as one would write them in an instruction. */
export function wordsOfSource(unit: SourceUnit): ReadonlySet<string> {
  const words = new Set(namesOf(unit).texts);
  walk(unit, unit.file, (node) => {
    if (unit.ts.isNumericLiteral(node) || unit.ts.isStringLiteral(node)) words.add(textOf(unit, node));
    return undefined;
  });
  return words;
}

/**
 * What an instruction asks for, in the order in which it asks. One that means nothing as a whole may be several: "use const and template strings".
 * Undefined where it, or a part of it, means no kind.
 */
export function understand(instruction: string, kinds: readonly EditKind[], unit: SourceUnit): Understood | undefined {
  const isName = isNameOf(unit);
  const whole = matchKinds(instruction, kinds, isName);
  const certain = whole.some(({ score, names }) => score === 1 || Object.keys(names).length > 0);
  const parts = certain ? [] : partsOf(instruction).map((part) => matchKinds(part, kinds, isName));
  const several = parts.length > 0 && parts.every((matches) => matches.length > 0);
  if (!several && whole.length === 0) return undefined;
  const found = (several ? parts.flat() : whole).map((match) => taskOf(match, unit));
  return {
    tasks: found.filter((f) => 'kind' in f),
    problems: found.filter((f) => 'problem' in f).map(({ problem }) => problem),
  };
}

/** The kinds that an instruction which means none comes near to, nearest first. */
export function nearlyMeant(instruction: string, kinds: readonly EditKind[], unit: SourceUnit): EditKind[] {
  return nearKinds(instruction, kinds, isNameOf(unit));
}

/** Whether a word of an instruction is a name or a literal of the source; quoted in whichever way. */
function isNameOf(unit: SourceUnit): (word: string) => boolean {
  const words = wordsOfSource(unit);
  return (word) => words.has(word) || words.has(`'${word.slice(1, -1)}'`) || words.has(`"${word.slice(1, -1)}"`);
}

function partsOf(instruction: string): string[] {
  const parts = instruction
    .split(/\s*(?:[,;\n]|\b(?:and then|and|then|also|plus)\b|\.(?=\s))\s*/i)
    .filter((p) => p.trim() !== '');
  return parts.length > 1 ? parts : [];
}

function taskOf(match: Match, unit: SourceUnit): EditTask | Problem {
  const { kind, names, mentioned } = match;
  if (kind.name === 'rename') return renameTask(kind, names, unit);
  if (kind.name === 'extract-constant' && names['literal'] !== undefined)
    return extractTask(kind, { literal: names['literal'], name: names['name'] }, unit);
  const places = kind.find(unit);
  const named = Object.entries(names).filter(([key]) => key !== 'keyword' && key !== 'to').map(([, value]) => value); // prettier-ignore
  const wanted = [...named, ...mentioned];
  if (kind.name === 'extract-constant' && wanted.length === 0)
    return { problem: 'Say which number or text shall get a name, for example: extract 40 into a constant named limit.' };
  if (wanted.length === 0) return { kind };
  const fits = (u: SourceUnit, place: EditPlace): boolean => wanted.every((word) => speaksOf(u, place, word));
  if (places.some((place) => fits(unit, place)))
    return { kind, find: (u) => kind.find(u).filter((place) => fits(u, place)), reaches: named.length > 0 };
  // What is mentioned may only say where; a kind for one named place must have it.
  const onlyNamed = kind.wordings.every(speaksOfOne);
  if (named.length === 0 && !onlyNamed) return { kind };
  return { problem: `"${sentence(kind)}" is not safe, or not possible, for ${wanted.join(', ')}.` };
}

/** A kind's wording, to name it by. */
export function sentence(kind: EditKind): string {
  return (kind.wordings.find((w) => !speaksOfOne(w)) ?? kind.wordings[0]!).replace(/\.$/, '');
}

function speaksOf(unit: SourceUnit, place: EditPlace, word: string): boolean {
  if (Object.values(place.names).some((value) => value === word || value.split(/[,\s]+/).includes(word))) return true;
  const { text } = unit;
  const at = text.slice(place.start, place.end).indexOf(word);
  return Object.keys(place.names).length === 0 && at >= 0;
}

function renameTask(kind: EditKind, { from, to }: Readonly<Record<string, string>>, unit: SourceUnit): EditTask | Problem {
  if (from === undefined || to === undefined)
    return { problem: 'Say which name shall become which, for example: rename total to sum.' };
  if (!namesOf(unit).texts.has(from)) return { problem: `There is no name "${from}" in this file.` };
  if (!isFresh(unit, to)) return { problem: `"${to}" can't be the new name: it is used in this file already, or is no name.` };
  const one = editKind(kind.name, [`Rename ${from} to ${to}.`], (u) => uniquePlaces(renames(u, from, to)));
  if (one.find(unit).length === 0)
    return { problem: `"${from}" can't be renamed safely here: only variables and parameters of functions can, and no functions or exports.` };
  return { kind: one, reaches: true };
} // prettier-ignore

function renames(unit: SourceUnit, from: string, to: string): EditPlace[] {
  const found: EditPlace[] = [];
  const visit = (node: ts.Node): undefined => {
    if (!unit.ts.isIdentifier(node) || node.text !== from || !isDeclared(unit, node)) return undefined;
    const place = renamePlace(unit, node, to);
    if (place) found.push(place);
    return undefined;
  };
  walk(unit, unit.file, visit);
  return found;
}

/** One place for each variable: `var` may declare it twice. */
function uniquePlaces(places: readonly EditPlace[]): EditPlace[] {
  return places.filter((p, i) => places.findIndex((q) => q.start === p.start) === i);
}

function extractTask(kind: EditKind, asked: { literal: string; name: string | undefined }, unit: SourceUnit): EditTask | Problem {
  const { literal, name } = asked;
  const same = (text: string): boolean => text === literal || text.slice(1, -1) === literal.replace(/^(["'])(.*)\1$/, '$2');
  if (name !== undefined && !isFresh(unit, name))
    return { problem: `"${name}" can't be the constant's name: it is used in this file already, or is no name.` };
  const find = (u: SourceUnit): readonly EditPlace[] =>
    name === undefined
      ? kind.find(u).filter((place) => same(place.names['literal'] ?? ''))
      : extractPlaces(u, (text) => (same(text) ? name : undefined));
  const one = editKind(
    kind.name,
    name === undefined ? kind.wordings : [`Extract ${literal} into a constant named ${name}.`],
    find,
  );
  if (one.find(unit).length === 0)
    return { problem: `${literal} can't be given a name here: it stands in no function, or where a literal is needed.` };
  return { kind: one, reaches: true };
}
