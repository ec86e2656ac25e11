/**
 * Telling names for what is called `x` or `tmp`. A rename can't change what a program does, so that this is the one thing a small model may write by itself: it
 * denoises a doubted name at its declaration, with the uses in sight but not their name, and believes in the new one at all of them.
 */
import type ts from 'typescript';
import type { CodeModel } from '../../../diffusion/code-model';
import { enclosingFunction, parseSource, walk, type SourceUnit } from '../../../edits/source';
import { applyEdits } from '../../../edits/text';
import { plainText } from '../../edit/line-breaks';
import type { RefactorHunk } from '../change';
import { isName } from '../names';
import type { Part } from '../scope';
import type { ProjectThread } from '../thread';

/** Names that are looked at: those that the model doubts most. */
const mostNames = 10;
const samples = 10;
/** Nats by which the new name must be likelier, over all the places that are looked at together. */
const leastGain = 2;
/** Names that are compared at all places: the likeliest at the declaration. */
const mostCompared = 4;
/** Common names, which the model may choose from beside what it writes itself. */
const common =
  'total sum count result items list values entry item name text line lines path file error data callback index key value options rate factor amount price user ' +
  'id node parent child start end width height first second last next previous left right message response request element source target length size query';
/** Uses at which both names are compared, beside the declaration. */
const mostUses = 4;

/** Names that tell nothing, beside those of one or two letters; those of loop counters do. A good name is never touched: a small model would only make it worse. */
const cryptic = /^(?:[a-zA-Z$]{1,2}|[a-z]\d|tmp\w?|arr|obj|val|vals|str|num|cnt|foo|bar|baz|data\d|res|ret|elem|func|temp)$/;
const telling = /^(?:i|j|k|id|fn|cb|ok|db|to|by|fs|ts)$/;

/** "better names", "improve the variable names", "rename the variables". */
export function asksForNames(instruction: string): boolean {
  return /^(?:(?:use|find|give|choose|suggest|pick|with)\s+)?(?:it\s+)?(?:better|clearer|more (?:telling|descriptive|meaningful)|improve(?: the)?)\s+(?:(?:variable|local|parameter)\s+)*names?\b|^(?:improve|rename)\s+(?:all\s+)?(?:the\s+)?(?:local\s+)?(?:variables?|names?|locals|parameters?)$/i.test(
    instruction.trim().replace(/[.!]$/, ''),
  );
}

export interface NamesAsked {
  readonly project: ProjectThread;
  readonly model: CodeModel;
  readonly parts: readonly Part[];
  readonly signal: AbortSignal;
  /** True for hunks that something speaks against: then the model is asked for another name. */
  readonly isWrong: (hunk: RefactorHunk) => Promise<boolean>;
  /** True when no further name should be looked at, so that there is time to check. */
  readonly isLate: () => boolean;
  readonly breathe: () => Promise<void>;
}

/** One hunk for each name that the model would change, most doubted first, none of which meets another. */
export async function proposeNames(asked: NamesAsked): Promise<RefactorHunk[]> {
  const found: RefactorHunk[] = [];
  for (const part of asked.parts) {
    const doubted = await doubtedNames(asked, part);
    const taken = new Set<string>();
    for (const identifier of doubted) {
      await asked.breathe();
      if (asked.isLate()) return found;
      const better = await betterName(asked, part, identifier, taken);
      if (!better) continue;
      taken.add(better.name);
      found.push(better.hunk);
    }
  }
  return found;
}

/** Declarations of variables and parameters of functions in the part, those that surprise the model most first. */
async function doubtedNames({ project, model, signal }: NamesAsked, part: Part): Promise<ts.Identifier[]> {
  const unit = await originalOf(project, part);
  const { ts: api } = unit;
  const declared: ts.Identifier[] = [];
  const [start, end] = [part.plain.toOriginal(part.region.start), part.plain.toOriginal(part.region.end)];
  walk(unit, unit.file, (node) => {
    if (node.pos > end || node.end < start) return false;
    const named = api.isVariableDeclaration(node) || api.isParameter(node) || (api.isBindingElement(node) && !!node.propertyName);
    if (named && api.isIdentifier(node.name) && isCryptic(node.name.text) && inside(unit, node.name, start, end) && enclosingFunction(unit, node))
      declared.push(node.name);
    return undefined;
  }); // prettier-ignore
  if (declared.length === 0) return [];
  const { text } = part.plain;
  const [first, last] = [declared[0]!, declared.at(-1)!];
  const range = { start: part.plain.toPlain(first.getStart(unit.file)), end: part.plain.toPlain(last.end) };
  const surprises = await model.surprise({ text, ...range, strides: 4 }, { signal, priority: 'interactive' });
  const doubt = (node: ts.Identifier): number => {
    const [from, to] = [part.plain.toPlain(node.getStart(unit.file)), part.plain.toPlain(node.end)];
    return surprises.filter((s) => s.start < to && s.end > from).reduce((sum, s) => sum + s.logp, 0);
  };
  return declared
    .map((node) => ({ node, doubt: doubt(node) }))
    .sort((a, b) => a.doubt - b.doubt)
    .slice(0, mostNames)
    .map(({ node }) => node);
}

function isCryptic(name: string): boolean {
  return cryptic.test(name) && !telling.test(name);
}

function inside(unit: SourceUnit, node: ts.Node, start: number, end: number): boolean {
  return node.getStart(unit.file) >= start && node.end <= end;
}

async function betterName(
  asked: NamesAsked,
  part: Part,
  identifier: ts.Identifier,
  taken: ReadonlySet<string>,
): Promise<{ readonly name: string; readonly hunk: RefactorHunk } | undefined> {
  const { project, model, signal, isWrong } = asked;
  const unit = await originalOf(project, part);
  const old = identifier.text;
  const place = { file: part.file, position: identifier.getStart(), name: old };
  const probe = await project.ask('renameAt', place, freshName(unit, old));
  if ('problem' in probe) return undefined;
  const places = probe.hunk.files[0]!.edits;
  // Other files, or properties that keep their name, have readers that nobody sees here.
  if (probe.hunk.files.length > 1 || places.some((p) => p.end - p.start !== old.length)) return undefined;
  const hidden = (name: string): { text: string; at: number } => {
    const text = plainText(applyEdits(unit.text, places.map((p) => ({ ...p, text: name })))).text; // prettier-ignore
    const shift = places.filter((p) => p.start < identifier.getStart(unit.file)).length * (name.length - old.length);
    return { text, at: part.plain.toPlain(identifier.getStart(unit.file)) + shift };
  };
  const blank = hidden('x');
  const request = { prefix: blank.text.slice(0, blank.at), suffix: blank.text.slice(blank.at + 1), samples, temperature: 0.8 };
  const drawn = await model.infill({ ...request, lengths: [1, 2, 3], maxTokens: 3, maxLines: 1 }, { signal, priority: 'interactive' }); // prettier-ignore
  const written = drawn
    .map((d) => d.text.trim())
    .filter((n) => n.length > 2 && !isCryptic(n) && /^[a-z]/i.test(n) && isName(unit.ts, n));
  const names = [...new Set([...written, ...common.split(' ')])].filter(
    (n) => !isCryptic(n) && !taken.has(n) && !new RegExp(`\\b${n}\\b`).test(unit.text),
  );
  const first = await model.score(
    { prefix: request.prefix, suffix: request.suffix, candidates: names },
    { signal, priority: 'interactive' },
  );
  const likeliest = names.map((name, i) => ({ name, logp: first[i]!.logp })).sort((a, b) => b.logp - a.logp).slice(0, mostCompared); // prettier-ignore
  const scored: { name: string; gain: number }[] = [];
  for (const { name } of likeliest) scored.push({ name, gain: await gainOf(asked, part, identifier, places, name) });
  for (const { name, gain } of scored.sort((a, b) => b.gain - a.gain)) {
    if (gain < leastGain) return undefined;
    const renamed = await project.ask('renameAt', place, name);
    if ('problem' in renamed || (await isWrong(renamed.hunk))) continue;
    return { name, hunk: renamed.hunk };
  }
  return undefined;
}

/** How much likelier the new name is than the old one, with each everywhere, summed over the declaration and some uses. */
async function gainOf(
  { project, model, signal }: NamesAsked,
  part: Part,
  identifier: ts.Identifier,
  places: readonly { readonly start: number; readonly end: number }[],
  name: string,
): Promise<number> {
  const text = await textOf(project, part);
  const own = identifier.getStart();
  const looked = [...places.filter((p) => p.start === own), ...places.filter((p) => p.start !== own).slice(0, mostUses)];
  let gain = 0;
  for (const place of looked) {
    const others = places.filter((p) => p !== place);
    for (const [candidate, sign] of [[name, 1], [identifier.text, -1]] as const) {
      const at = place.start + others.filter((p) => p.start < place.start).length * (candidate.length - identifier.text.length);
      const changed = applyEdits(text, others.map((p) => ({ ...p, text: candidate })));
      const [prefix, suffix] = [changed.slice(0, at), changed.slice(at + identifier.text.length)].map((t) => t.replaceAll('\r\n', '\n'));
      const [score] = await model.score({ prefix: prefix!, suffix: suffix!, candidates: [candidate] }, { signal, priority: 'interactive' });
      gain += sign * score!.logp;
    }
  } // prettier-ignore
  return gain;
}

/** A part's whole file as it is, `\r\n` and all: there the places of renames are. */
async function originalOf(project: ProjectThread, part: Part): Promise<SourceUnit> {
  return parseSource(part.unit.ts, part.file, await textOf(project, part));
}

async function textOf(project: ProjectThread, { file }: Part): Promise<string> {
  return (await project.textsOf([file])).get(file) ?? '';
}

function freshName(unit: SourceUnit, old: string): string {
  let name = `${old}_`;
  while (unit.text.includes(name)) name += '_';
  return name;
}
