/** Which kinds of edits could be asked for in a region, in words that ask for them. */
import { editKinds, fillWording, speaksOfOne, type EditKind, type EditPlace } from '../../edits';
import type { Region } from '../../edits/plan/plan';
import type { SourceUnit } from '../../edits/source';
import type { EditOffer } from '../../protocol/edit';

/** Named places of one kind that are offered one by one. */
const mostNamed = 2;

/** Kinds with places in the region first (those that need no name before those that do), then all others, each once. */
export async function offersFor(unit: SourceUnit, region: Region, breathe: () => Promise<void>): Promise<EditOffer[]> {
  const here: EditOffer[] = [];
  const named: EditOffer[] = [];
  const others: EditOffer[] = [];
  for (const kind of editKinds) {
    await breathe();
    const places = kind.find(unit).filter((p) => p.edits.every((e) => e.start >= region.start && e.end <= region.end));
    if (places.length === 0) others.push({ kind: kind.name, instruction: plainWording(kind), places: 0 });
    else if (kind.wordings.every(speaksOfOne)) named.push(...places.slice(0, mostNamed).map((p) => namedOffer(kind, p)));
    else here.push({ kind: kind.name, instruction: plainWording(kind), places: places.length });
  }
  return [...here, ...named, ...others];
}

function namedOffer(kind: EditKind, place: EditPlace): EditOffer {
  const wording = kind.wordings.map((w) => fillWording(w, place)).find((w) => w !== undefined);
  return { kind: kind.name, instruction: bare(wording ?? kind.wordings[0]!), places: 1 };
}

function plainWording(kind: EditKind): string {
  const wording = kind.wordings.find((w) => !speaksOfOne(w)) ?? kind.wordings[0]!;
  return bare(wording.replace(/\{(\w+)\}/g, (_, key: string) => key.toUpperCase()));
}

function bare(text: string): string {
  return text.replace(/\.$/, '');
}

/** Those of given kinds that find a place, in the order of the kinds. */
export function offersOf(kinds: readonly EditKind[], offers: readonly EditOffer[]): EditOffer[] {
  return kinds.flatMap(({ name }) => offers.filter(({ kind, places }) => kind === name && places > 0));
}
