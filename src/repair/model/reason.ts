/** Repairs that a reasoning model writes: the suspicious function and a failing call in, reasons and changed lines out. */
import type ts from 'typescript';
import type { CodeModel, Completion, RunControl } from '../../diffusion/code-model';
import type { TestCase } from '../../workspace';
import type { Suspicion } from '../localise/suspicion';
import { lineOf, startOf, walk, type SourceUnit } from '../source/parse';
import type { Edit } from '../source/edits';
import type { Proposal } from '../types';
import { applyChange, readAnswer, repairPrompt, type FailingCall } from './canvas';

export interface Reasoned {
  readonly proposals: readonly Proposal[];
  /** The surest reasons, for the trace. */
  readonly reasons: string | null;
  readonly line: number;
}

const samples = 10;
const temperature = 0.7;
/** Of a completion's mean log-probability in its priority. */
const doubtWeight = 1.5;

/** Functions that a model can hold, the most suspicious first. */
export function suspectFunctions(
  unit: SourceUnit,
  suspicion: Suspicion,
  model: Pick<CodeModel, 'countTokens' | 'info'>,
): ts.Node[] {
  const { ts: api } = unit;
  const found: { node: ts.Node; weight: number }[] = [];
  walk(unit, unit.file, (node) => {
    const holds =
      api.isFunctionDeclaration(node) ||
      api.isMethodDeclaration(node) ||
      (api.isVariableStatement(node) &&
        node.declarationList.declarations.some((d) => d.initializer && api.isFunctionLike(d.initializer)));
    if (!holds) return undefined;
    const weight = suspicion.at(startOf(unit, node), node.end);
    if (weight > 0 && model.countTokens(unit.text.slice(startOf(unit, node), node.end)) <= model.info.maxSequence * 0.6)
      found.push({ node, weight });
    return undefined;
  });
  return found.sort((a, b) => b.weight - a.weight || startOf(unit, a.node) - startOf(unit, b.node)).map(({ node }) => node);
}

/** What a failing test shows, as a prompt has it. Null for one that says neither what it got nor what it wanted. */
export function failingCallOf({ title, failure }: Pick<TestCase, 'title' | 'failure'>): FailingCall | null {
  if (failure?.expected === undefined || failure.actual === undefined) return null;
  return { call: title, expected: failure.expected, actual: failure.actual };
}

/** One turn: ten completions about one function. */
export async function proposeReasoned(
  model: CodeModel,
  unit: SourceUnit,
  node: ts.Node,
  failing: FailingCall,
  seed: number,
  control: RunControl,
): Promise<Reasoned> {
  const prompt = repairPrompt(shownOf(unit, node).text, failing);
  const completions = await model.complete({ prompt, samples, temperature, seed }, control);
  const ranked = [...completions].sort((x, y) => y.meanLogp - x.meanLogp);
  const reasons = ranked.map(({ text }) => /<reasoning>([^]*?)<\/reasoning>/.exec(text)?.[1]?.trim());
  return {
    proposals: proposalsOf(unit, node, ranked),
    reasons: reasons.find((text) => text !== undefined && text !== '') ?? null,
    line: lineOf(unit, startOf(unit, node)),
  };
}

/** The function as the prompt shows it: as if it stood at the start of a line. */
function shownOf(unit: SourceUnit, node: ts.Node): { readonly text: string; readonly indent: string; readonly start: number } {
  const start = startOf(unit, node);
  const before = unit.text.slice(unit.text.lastIndexOf('\n', start - 1) + 1, start);
  const indent = before.trim() === '' ? before : '';
  return { text: dedented(unit.text.slice(start, node.end), indent), indent, start };
}

/** What completions about a function ask for, as the smallest edits that do it. */
export function proposalsOf(
  unit: SourceUnit,
  node: ts.Node,
  completions: readonly Pick<Completion, 'text' | 'meanLogp'>[],
): Proposal[] {
  const shown = shownOf(unit, node);
  const old = unit.text.slice(shown.start, node.end);
  return completions.flatMap(({ text, meanLogp }): Proposal[] => {
    const changed = changedText(shown.text, text);
    if (changed === null) return [];
    const edit = smallestEdit(shown.start, old, indented(changed, shown.indent));
    const delta = Math.max(-5, doubtWeight * meanLogp);
    return [
      {
        edits: [edit],
        operator: 'model.reason',
        delta,
        source: 'model',
        start: edit.start,
        end: Math.max(edit.end, edit.start + 1),
      },
    ];
  });
}

/** Without what both texts begin and end with. */
function smallestEdit(start: number, old: string, becomes: string): Edit {
  const shorter = Math.min(old.length, becomes.length);
  let head = 0;
  while (head < shorter && old[head] === becomes[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === becomes[becomes.length - 1 - tail]) tail++;
  return { start: start + head, end: start + old.length - tail, text: becomes.slice(head, becomes.length - tail) };
}

/** The function as a completion's answer makes it; null where it asks for nothing that can be done. */
export function changedText(shown: string, completion: string): string | null {
  const answer = readAnswer(completion);
  if (answer === null || answer === 'keep') return null;
  const changed = applyChange(shown, answer);
  return changed === shown ? null : changed;
}

/** The text as if it stood at the start of a line. Lines that are indented less stay as they are. */
function dedented(text: string, indent: string): string {
  if (indent === '') return text;
  return text.split('\n').map((line, i) => (i > 0 && line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n'); // prettier-ignore
}

function indented(text: string, indent: string): string {
  if (indent === '') return text;
  return text.split('\n').map((line, i) => (i > 0 && line.trim() !== '' ? indent + line : line)).join('\n'); // prettier-ignore
}
