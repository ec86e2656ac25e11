import { GraphError, type Dim, type Shape } from './graph';

/** Sum of two sizes; symbolic where one is. */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  return `${a}+${b}`;
}

export function mulDims(dims: Shape): Dim {
  const product = dims.reduce<number>((p, d) => (typeof d === 'number' ? p * d : p), 1);
  const names = dims.filter((d) => typeof d === 'string');
  if (names.length === 0) return product;
  return product === 1 ? names.join('*') : `${product}*${names.join('*')}`;
}

/** NumPy broadcasting. A symbolic size meets an equal symbol or 1; anything else is a bug in the caller. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new GraphError(`shapes [${a.join(',')}] and [${b.join(',')}] do not broadcast`);
  });
}

/** Turns a possibly negative axis into an index and checks it. */
export function axisOf(shape: Shape, axis: number): number {
  const index = axis < 0 ? axis + shape.length : axis;
  if (index < 0 || index >= shape.length) throw new GraphError(`axis ${axis} is outside [${shape.join(',')}]`);
  return index;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}
