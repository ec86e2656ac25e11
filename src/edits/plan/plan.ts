/** A plan of edits inside of a region: which places, in which order, and which of them can be taken or left by themselves. */
import { fillWording, speaksOfOne, type EditKind, type EditPlace } from '../kind';
import { parses, parseSource, type SourceUnit } from '../source';
import { applyEdits, type Edit } from '../text';
import { applyMarked, changesOf, compose, inBase, type Composition } from './composition';

/** A half-open range of characters. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** One thing to do, wherever it is possible. */
export interface EditTask {
  readonly kind: EditKind;
  /** Places in a source, in the order of the text. Default: all that the kind finds. */
  readonly find?: (unit: SourceUnit) => readonly EditPlace[];
  /** True where an edit may reach beyond the region, because its place was named: a rename of all uses. */
  readonly reaches?: boolean;
}

/** Changes that belong together: taken alone they leave a program that does what it did. */
export interface Hunk {
  /** Names of the kinds that made it. */
  readonly kinds: readonly string[];
  /** What it does, in words. */
  readonly title: string;
  /** In order and disjoint, at offsets of the text that the plan began with. */
  readonly changes: readonly Edit[];
}

export interface PlanOptions {
  /** Called between any two edits: gives way to other work, and throws to end the planning. */
  readonly breathe: () => Promise<void>;
  /** Most places in all. Default 200. */
  readonly most?: number;
}

interface Applied {
  readonly kind: string;
  readonly title: string;
}

/** Does the tasks one after the other, each at every place that lies in the region, and says what changed in hunks, in the order of the text. */
export async function planEdits(
  unit: SourceUnit,
  tasks: readonly EditTask[],
  region: Region,
  { breathe, most = 200 }: PlanOptions,
): Promise<Hunk[]> {
  const applied: Applied[] = [];
  const links = new Links();
  let at = unit;
  let composition = compose(unit.text);
  let within = region;
  for (const task of tasks) {
    const find = task.find ?? task.kind.find.bind(task.kind);
    const first = find(unit);
    while (applied.length < most) {
      await breathe();
      const place = find(at).find((p) => isInside(p, within, task.reaches === true));
      if (!place) break;
      const mark = applied.length;
      for (const other of basisOf(unit, composition, find, first, place, mark)) links.join(mark, other);
      const next = applyMarked(composition, place.edits, mark);
      if (next.text === composition.text) break;
      within = moved(within, place.edits);
      composition = next;
      at = parseSource(unit.ts, unit.fileName, next.text);
      applied.push({ kind: task.kind.name, title: titleOf(task.kind, place) });
    }
  }
  return toHunks(unit, composition, applied, links);
}

/** What a place's edit does, in one of the kind's own wordings. */
export function titleOf(kind: EditKind, place: EditPlace): string {
  const general = kind.wordings.find((w) => !speaksOfOne(w));
  const wording = general ?? kind.wordings.map((w) => fillWording(w, place)).find((w) => w !== undefined) ?? kind.name;
  return wording.replace(/\.$/, '');
}

function isInside(place: EditPlace, within: Region, reaches: boolean): boolean {
  // A place that was named counts where it touches the region: one of its uses may be all that is selected.
  if (reaches) return place.edits.some((e) => e.start <= within.end && e.end >= within.start);
  return place.edits.every((e) => e.start >= within.start && e.end <= within.end);
}

/** The region after edits: what was inside stays inside. */
function moved(region: Region, edits: readonly Edit[]): Region {
  let { start, end } = region;
  for (const edit of edits) {
    const grown = edit.text.length - (edit.end - edit.start);
    if (edit.end <= region.start && edit.start < region.start) start += grown;
    if (edit.start <= region.end) end += grown;
  }
  return { start, end: Math.max(start, end) };
}

/**
 * The earlier edits that made a place possible: none if it is there in the first text as well, else the one without which it is not, else all. (What it
 * touches of their text need not be said: the composition knows.)
 */
function basisOf(
  unit: SourceUnit,
  composition: Composition,
  find: (unit: SourceUnit) => readonly EditPlace[],
  first: readonly EditPlace[],
  place: EditPlace,
  mark: number,
): number[] {
  const edits = inBase(composition, place.edits);
  const all = Array.from({ length: mark }, (_, i) => i);
  if (!edits) return [];
  if (first.some((p) => sameEdits(p.edits, edits))) return [];
  const fewEnough = mark <= 6;
  const changes = changesOf(composition);
  const one = fewEnough
    ? all.find((other) => {
        const its = changes.filter((c) => c.marks.includes(other));
        const text = applyEdits(unit.text, its);
        return find(parseSource(unit.ts, unit.fileName, text)).some((p) => sameEdits(p.edits, shifted(edits, its)));
      })
    : undefined;
  return one === undefined ? all : [one];
}

function sameEdits(a: readonly Edit[], b: readonly Edit[]): boolean {
  const key = (edits: readonly Edit[]): string => JSON.stringify(edits.map((e) => [e.start, e.end, e.text]).sort());
  return a.length === b.length && key(a) === key(b);
}

/** Edits of a text as edits of the text that disjoint others have left. */
function shifted(edits: readonly Edit[], others: readonly Edit[]): Edit[] {
  return edits.map((edit) => {
    const by = others.reduce((sum, o) => (o.end <= edit.start ? sum + o.text.length - (o.end - o.start) : sum), 0);
    return { start: edit.start + by, end: edit.end + by, text: edit.text };
  });
}

function toHunks(unit: SourceUnit, composition: Composition, applied: readonly Applied[], links: Links): Hunk[] {
  const changes = changesOf(composition);
  for (const { marks } of changes) for (const mark of marks) links.join(marks[0]!, mark);
  const groups = new Map<number, Hunk>();
  for (const change of changes) {
    const root = links.rootOf(change.marks[0]!);
    const made = applied.filter((_, mark) => links.rootOf(mark) === root);
    const known = groups.get(root)?.changes ?? [];
    groups.set(root, {
      kinds: [...new Set(made.map((m) => m.kind))],
      title: [...new Set(made.map((m) => m.title))].join('; '),
      changes: [...known, { start: change.start, end: change.end, text: change.text }],
    });
  }
  const hunks = [...groups.values()];
  const alone = hunks.every((h) => parses(unit.ts, unit.fileName, applyEdits(unit.text, h.changes)));
  return alone || hunks.length < 2 ? hunks : [asOne(hunks)];
}

/** Hunks that only make sense together. */
function asOne(hunks: readonly Hunk[]): Hunk {
  return {
    kinds: [...new Set(hunks.flatMap((h) => h.kinds))],
    title: [...new Set(hunks.map((h) => h.title))].join('; '),
    changes: hunks.flatMap((h) => h.changes).sort((a, b) => a.start - b.start),
  };
}

/** Which edits belong together. */
class Links {
  private readonly parents = new Map<number, number>();

  rootOf(mark: number): number {
    const parent = this.parents.get(mark);
    return parent === undefined ? mark : this.rootOf(parent);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.rootOf(a), this.rootOf(b)];
    if (one !== other) this.parents.set(Math.max(one, other), Math.min(one, other));
  }
}
