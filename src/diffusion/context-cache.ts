/**
 * Keys and values of the text on both sides of a gap, computed once, for gaps of any length. The text after the gap moves when the length changes:
 * its keys are turned to their new positions (rotary embedding is a rotation, so this is exact); that they were computed beside a gap of another
 * length is an approximation of the same kind as the dual cache's.
 */
import type { MovingCache } from '../model/kv-cache';
import type { KeyValueCache, RunTurn, StepModel } from '../model/step-model';

export interface GapContext {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Cache for a gap of `length` masks: a column for each position of that canvas; the gap's own columns are empty until computed. */
  forLength(length: number): KeyValueCache;
  /** As `forLength`, for one step that computes the whole gap: without columns for it, and right only until the next call, being all in one memory. */
  lendForLength(length: number): KeyValueCache;
}

/** One full forward with `probeLength` masks in the gap. */
export async function openContext(
  model: StepModel,
  before: readonly number[],
  after: readonly number[],
  probeLength: number,
  turn: RunTurn,
): Promise<GapContext> {
  const canvas = [...before, ...Array<number>(probeLength).fill(model.config.maskToken), ...after];
  const { cache } = await model.step(
    { batch: 1, ids: canvas, rows: canvas.map((_, i) => i), queries: [before.length], want: { cache: true } },
    turn,
  );
  let moving: MovingCache | undefined;
  return {
    before,
    after,
    forLength: (length) => relay(model, cache!, before.length, probeLength, after.length, length),
    lendForLength: (length) => (moving ??= model.movingCache(cache!)).at(movedTo(cache!, before.length, probeLength, length)),
  };
}

/** Where the columns of a cache stand when its gap at `start` is `length` long instead of `probed`; -1 for the gap's own. */
function movedTo(cache: KeyValueCache, start: number, probed: number, length: number): Int32Array {
  return cache.positions.map((p) => (p < start ? p : p < start + probed ? -1 : p - probed + length));
}

function relay(
  model: StepModel,
  cache: KeyValueCache,
  start: number,
  probed: number,
  afterCount: number,
  length: number,
): KeyValueCache {
  const total = start + length + afterCount;
  const columnOf = new Map(Array.from(cache.positions, (p, column) => [p, column]));
  const sources = Array.from({ length: total }, (_, p) => {
    if (p < start) return columnOf.get(p)!;
    return p < start + length ? -1 : columnOf.get(p - length + probed)!;
  });
  return model.gatherCache(cache, sources, (p) => (p < start ? 0 : length - probed));
}
