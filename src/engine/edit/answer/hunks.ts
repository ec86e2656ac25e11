/** The difference between a region's lines and those that an answer makes of them, in hunks of which every choice parses. */
import { diffArrays } from 'diff';
import type { Hunk, Region } from '../../../edits/plan/plan';
import { parses, syntaxErrors, type SourceUnit } from '../../../edits/source';
import { applyEdits, type Edit } from '../../../edits/text';

/** Most hunks of which every choice is looked at. */
const mostHunks = 5;
/** Most characters that are parsed to find hunks that don't need each other. */
const mostParsed = 3e6;

/** None where the lines are the same. `breathe` is called between any two parses. */
export async function hunksOf(unit: SourceUnit, region: Region, lines: string, breathe: () => Promise<void>): Promise<Hunk[]> {
  const present = unit.text.slice(region.start, region.end);
  let groups = changedLines(present, lines).map((edit) => [{ ...edit, start: edit.start + region.start, end: edit.end + region.start }]); // prettier-ignore
  const most = syntaxErrors(unit).length > 0 ? 1 : Math.min(mostHunks, Math.floor(Math.log2(mostParsed / Math.max(1, unit.text.length)))); // prettier-ignore
  while (groups.length > Math.max(1, most)) groups = joined(groups, () => true);
  while (groups.length > 1) {
    const bad = await choiceThatFails(unit, groups, breathe);
    if (!bad) break;
    groups = joined(groups, (i) => bad.has(i) !== bad.has(i + 1));
  }
  return groups.map((changes) => ({ kinds: [], title: titleOf(unit.text, changes), changes }));
}

/** Joins the two neighbours with the least between them, among those that may be joined with the one behind. */
function joined(groups: readonly Edit[][], may: (index: number) => boolean): Edit[][] {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i + 1 < groups.length; i++) {
    const gap = groups[i + 1]![0]!.start - groups[i]!.at(-1)!.end;
    if (may(i) && gap < least) [best, least] = [i, gap];
  }
  return groups.flatMap((group, i) => (i === best ? [[...group, ...groups[i + 1]!]] : i === best + 1 ? [] : [group]));
}

async function choiceThatFails(
  unit: SourceUnit,
  groups: readonly Edit[][],
  breathe: () => Promise<void>,
): Promise<ReadonlySet<number> | undefined> {
  // None and all are known to parse.
  for (let choice = 1; choice < 2 ** groups.length - 1; choice++) {
    await breathe();
    const taken = groups.filter((_, i) => (choice >> i) & 1);
    if (!parses(unit.ts, unit.fileName, applyEdits(unit.text, taken.flat())))
      return new Set(groups.flatMap((_, i) => ((choice >> i) & 1 ? [i] : [])));
  }
  return undefined;
}

/** Runs of lines that differ, as edits of the text; line breaks go and come with whole lines. */
export function changedLines(present: string, lines: string): Edit[] {
  const [old, fresh] = [present.split('\n'), lines.split('\n')];
  const starts: number[] = [0];
  for (const line of old) starts.push(starts.at(-1)! + line.length + 1);
  const edits: Edit[] = [];
  let at = 0;
  let run: { gone: number; come: string[] } = { gone: 0, come: [] };
  const close = (): void => {
    if (run.gone > 0 || run.come.length > 0) edits.push(editOf(old, starts, at - run.gone, at, run.come));
    run = { gone: 0, come: [] };
  };
  for (const part of diffArrays(old, fresh)) {
    if (part.removed) {
      run.gone += part.value.length;
      at += part.value.length;
    } else if (part.added) run.come.push(...part.value);
    else {
      close();
      at += part.value.length;
    }
  }
  close();
  return edits;
}

function editOf(old: readonly string[], starts: readonly number[], from: number, to: number, come: readonly string[]): Edit {
  const text = come.join('\n');
  const last = starts[old.length]! - 1;
  if (to > from && come.length > 0) return { start: starts[from]!, end: starts[to]! - 1, text };
  if (to === from) return from < old.length ? { start: starts[from]!, end: starts[from]!, text: `${text}\n` } : { start: last, end: last, text: `\n${text}` }; // prettier-ignore
  if (to < old.length) return { start: starts[from]!, end: starts[to]!, text };
  return { start: Math.max(0, starts[from]! - 1), end: last, text };
}

function titleOf(text: string, changes: readonly Edit[]): string {
  const gone = changes.map((c) => text.slice(c.start, c.end)).join('\n');
  const come = changes.map((c) => c.text).join('\n');
  if (gone.trim() === '') return `Model: adds ${short(come)}`;
  if (come.trim() === '') return `Model: removes ${short(gone)}`;
  return `Model: ${short(gone)} → ${short(come)}`;
}

/** The first line that says anything. */
function short(text: string): string {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
  const [line = ''] = lines;
  return `\`${line.length > 40 || lines.length > 1 ? `${line.slice(0, 39)}…` : line}\``;
}
