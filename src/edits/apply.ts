/** A kind of edit at all of its places. */
import type { EditKind } from './kind';
import { applyPlace } from './kind';
import { parseSource, type SourceUnit } from './source';

export interface AppliedAll {
  readonly unit: SourceUnit;
  readonly places: number;
}

/**
 * Applies a kind until it finds no more places, one at a time: each is judged in the source that the one before has left. `within` says which
 * places count. Undefined if more than `most` were needed, as of a kind that never ends (a rename finds its own result).
 */
export function applyAll(
  kind: EditKind,
  unit: SourceUnit,
  parse: (text: string) => SourceUnit = (text) => parseSource(unit.ts, unit.fileName, text),
  most = 200,
): AppliedAll | undefined {
  let at = unit;
  for (let places = 0; places <= most; places++) {
    const [place] = kind.find(at);
    if (!place) return { unit: at, places };
    at = parse(applyPlace(at, place));
  }
  return undefined;
}
