/** Instructed edits for tuning: what is asked, the code before, and the code after, made by kinds of edits that keep what the code does. */
import { applyAll, applyPlace, editKinds, fillWording, speaksOfOne, type EditKind, type EditPlace } from '../../../edits';
import { parseSource, type Ts } from '../../../edits/source';
import type { Random } from '../../random';
import { parseFragment, textOfFragment, type Fragment } from './fragment';

export interface EditPair {
  /** Name of the kind. */
  readonly kind: string;
  readonly instruction: string;
  readonly before: string;
  readonly after: string;
}

export interface EditSource {
  /** Decides the grammar (TypeScript or JavaScript). */
  readonly path: string;
  readonly text: string;
}

/**
 * At most one pair for every kind that finds a place in the source, in the order of the kinds: half the time about one place that the instruction names, if
 * there is one that only it fits, otherwise about all places. Sources that do not parse, as a file or as a member, give none.
 */
export function* editPairs(
  api: Ts,
  source: EditSource,
  random: Random,
  kinds: readonly EditKind[] = editKinds,
): Generator<EditPair> {
  const fragment = parseFragment(api, source.path, source.text);
  if (!fragment) return;
  for (const kind of kinds) {
    const places = kind.find(fragment.unit);
    if (places.length === 0) continue;
    const one = namedOnes(kind, places);
    const all = kind.wordings.filter((w) => !speaksOfOne(w));
    const single = one.length > 0 && (all.length === 0 || random.uniform() < 0.5);
    const pair = single ? pick(one, random) : all.length > 0 && { instruction: pick(all, random), place: undefined };
    if (!pair) continue;
    const text = pair.place ? applyPlace(fragment.unit, pair.place) : everywhere(api, kind, fragment);
    const after = text === undefined ? undefined : textOfFragment(fragment, text);
    if (after === undefined || after === source.text) continue;
    yield { kind: kind.name, instruction: pair.instruction, before: source.text, after };
  }
}

/** Instructions about one place that fit no other. */
function namedOnes(kind: EditKind, places: readonly EditPlace[]): { instruction: string; place: EditPlace }[] {
  const asked = new Map<string, EditPlace | undefined>();
  for (const place of places)
    for (const wording of kind.wordings.filter(speaksOfOne)) {
      const instruction = fillWording(wording, place);
      // A name found twice is no name.
      if (instruction !== undefined) asked.set(instruction, asked.has(instruction) ? undefined : place);
    }
  return [...asked].flatMap(([instruction, place]) => (place ? [{ instruction, place }] : []));
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)]!;
}

function everywhere(api: Ts, kind: EditKind, { unit }: Fragment): string | undefined {
  return applyAll(kind, unit, (text) => parseSource(api, unit.fileName, text))?.unit.text;
}
