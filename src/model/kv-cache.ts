/** Keys and values of computed rows, kept between steps, and what is done with them in JavaScript. */
import type { Ort } from './runtime';

/** Column c holds canvas position `positions[c]` of every canvas in the batch, or nothing (-1). */
export interface KeyValueCache {
  readonly batch: number;
  readonly positions: Int32Array;
  /** `past.k.i` and `past.v.i` by layer, [batch, heads, columns, width]. */
  readonly tensors: Readonly<Record<string, Ort.Tensor>>;
}

export interface CacheShape {
  readonly heads: number;
  /** Numbers in one head's key. */
  readonly width: number;
  /** Base of the rotary angles. */
  readonly theta: number;
}

/** The columns of each canvas that the tensors hold copied `times` times, one after another. */
export function repeatCache(ort: typeof Ort, cache: KeyValueCache, times: number): KeyValueCache {
  const canvases = Object.values(cache.tensors)[0]!.dims[0]!;
  const tensors = Object.entries(cache.tensors).map(([name, t]) => {
    const data = t.data as Float32Array;
    const size = data.length / canvases;
    const repeated = new Float32Array(data.length * times);
    for (let b = 0; b < canvases * times; b++) {
      const from = Math.floor(b / times) * size;
      repeated.set(data.subarray(from, from + size), b * size);
    }
    return [name, new ort.Tensor('float32', repeated, [canvases * times, ...t.dims.slice(1)])] as const;
  });
  return { batch: canvases * times, positions: cache.positions, tensors: Object.fromEntries(tensors) };
}

/**
 * A cache of batch 1 laid out anew: column p holds position p, taken from column `sources[p]` of the old one (-1: left empty) and moved by `shift(p)`
 * positions, which turns its keys by the rotary angles of that distance.
 */
export function gatherCache(
  ort: typeof Ort,
  { heads, width, theta }: CacheShape,
  cache: KeyValueCache,
  sources: readonly number[],
  shift: (position: number) => number,
): KeyValueCache {
  const columns = cache.positions.length;
  const stretches = stretchesOf(sources, shift);
  const tensors: Record<string, Ort.Tensor> = {};
  for (const [name, tensor] of Object.entries(cache.tensors)) {
    const from = tensor.data as Float32Array;
    const to = new Float32Array(heads * sources.length * width);
    const keys = isKey(name);
    for (let h = 0; h < heads; h++) {
      for (const { first, source, count, distance } of stretches) {
        const at = (h * columns + source) * width;
        const target = (h * sources.length + first) * width;
        if (!keys || distance === 0) to.set(from.subarray(at, at + count * width), target);
        else rotateKeys(from.subarray(at, at + count * width), to.subarray(target), rotation(distance, width, theta));
      }
    }
    tensors[name] = new ort.Tensor('float32', to, [1, heads, sources.length, width]);
  }
  return { batch: 1, positions: Int32Array.from(sources.keys()), tensors };
}

/**
 * A cache of batch 1 whose columns are looked at from other positions, again and again: only keys are turned, in a copy of their own, and nothing else is
 * copied. What `at` gives shares that copy: only the newest is right.
 */
export class MovingCache {
  private readonly tensors: Readonly<Record<string, Ort.Tensor>>;
  /** How far each column has been moved. */
  private distances: readonly number[];

  constructor(
    ort: typeof Ort,
    private readonly shape: CacheShape,
    private readonly original: KeyValueCache,
  ) {
    this.distances = Array.from(original.positions, () => 0);
    this.tensors = Object.fromEntries(
      Object.entries(original.tensors).map(([name, t]) => [
        name,
        isKey(name) ? new ort.Tensor('float32', (t.data as Float32Array).slice(), t.dims) : t,
      ]),
    );
  }

  /** Column c at `positions[c]`; -1 hides it. */
  at(positions: Int32Array): KeyValueCache {
    const { heads, width, theta } = this.shape;
    const wanted = Array.from(positions, (p, c) => (p < 0 ? this.distances[c]! : p - this.original.positions[c]!));
    const stretches = stretchesOf(
      wanted.map((distance, c) => (distance === this.distances[c] ? -1 : c)),
      (c) => wanted[c]!,
    );
    for (const [name, tensor] of Object.entries(this.tensors)) {
      if (!isKey(name)) continue;
      const from = this.original.tensors[name]!.data as Float32Array;
      const to = tensor.data as Float32Array;
      for (let h = 0; h < heads; h++) {
        for (const { source, count, distance } of stretches) {
          const at = (h * positions.length + source) * width;
          rotateKeys(from.subarray(at, at + count * width), to.subarray(at), rotation(distance, width, theta));
        }
      }
    }
    this.distances = wanted;
    return { batch: 1, positions, tensors: this.tensors };
  }
}

function isKey(name: string): boolean {
  return name.startsWith('past.k.');
}

/** Columns that stand side by side in both layouts, and move alike. */
interface Stretch {
  readonly first: number;
  readonly source: number;
  readonly distance: number;
  count: number;
}

function stretchesOf(sources: readonly number[], shift: (position: number) => number): Stretch[] {
  const stretches: Stretch[] = [];
  sources.forEach((source, p) => {
    if (source < 0) return;
    const distance = shift(p);
    const last = stretches.at(-1);
    if (last && last.first + last.count === p && last.source + last.count === source && last.distance === distance) last.count++;
    else stretches.push({ first: p, source, distance, count: 1 });
  });
  return stretches;
}

/** Overwrites the columns of the rows just computed, in place; both of batch 1. Every row must have a column already. */
export function mergeCache({ heads, width }: CacheShape, cache: KeyValueCache, fresh: KeyValueCache): void {
  const columnOf = new Map(Array.from(cache.positions, (p, column) => [p, column]));
  for (const [name, tensor] of Object.entries(cache.tensors)) {
    const target = tensor.data as Float32Array;
    const source = fresh.tensors[name]!.data as Float32Array;
    fresh.positions.forEach((position, row) => {
      const column = columnOf.get(position)!;
      for (let h = 0; h < heads; h++) {
        const from = (h * fresh.positions.length + row) * width;
        target.set(source.subarray(from, from + width), (h * cache.positions.length + column) * width);
      }
    });
  }
}

interface Rotation {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

const rotations = new Map<string, Rotation>();

/** cos and sin of distance * theta^(-2j/width) for each j, remembered: a length search turns thousands of keys by a few distances. */
function rotation(distance: number, width: number, theta: number): Rotation {
  const name = `${distance}:${width}:${theta}`;
  let known = rotations.get(name);
  if (!known) {
    const angles = Float64Array.from({ length: width / 2 }, (_, j) => distance * theta ** ((-2 * j) / width));
    known = { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
    rotations.set(name, known);
  }
  return known;
}

/** Half-split rotation of each key: (a, b) -> (a cos - b sin, b cos + a sin). */
function rotateKeys(from: Float32Array, to: Float32Array, { cos, sin }: Rotation): void {
  const half = cos.length;
  for (let at = 0; at < from.length; at += 2 * half) {
    for (let j = at; j < at + half; j++) {
      const [a, b] = [from[j]!, from[j + half]!];
      to[j] = a * cos[j - at]! - b * sin[j - at]!;
      to[j + half] = b * cos[j - at]! + a * sin[j - at]!;
    }
  }
}
