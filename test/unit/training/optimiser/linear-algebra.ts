/** Plain float64 matrices, row-major lists of rows, for references. */
export type Rows = readonly (readonly number[])[];

export function rowsOf(data: ArrayLike<number>, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => data[r * columns + c]!));
}

export function times(a: Rows, b: Rows): number[][] {
  return a.map((row) => b[0]!.map((_, c) => row.reduce((sum, x, k) => sum + x * b[k]![c]!, 0)));
}

export function transpose(a: Rows): number[][] {
  return a[0]!.map((_, c) => a.map((row) => row[c]!));
}

export function combine(a: Rows, b: Rows, f: (x: number, y: number) => number): number[][] {
  return a.map((row, r) => row.map((x, c) => f(x, b[r]![c]!)));
}

export function norm(a: Rows): number {
  return Math.sqrt(a.flat().reduce((sum, x) => sum + x * x, 0));
}

/** Singular values, largest first, by one-sided Jacobi rotations of the columns until they are orthogonal (Hestenes 1958). */
export function singularValues(a: Rows): number[] {
  const columns = (a.length >= a[0]!.length ? transpose(a) : a).map((c) => [...c]);
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  for (let sweep = 0; sweep < 60; sweep++) {
    let largest = 0;
    for (let p = 0; p < columns.length; p++) {
      for (let q = p + 1; q < columns.length; q++) {
        const [x, y] = [columns[p]!, columns[q]!];
        const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
        if (Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy)) continue;
        largest = Math.max(largest, Math.abs(xy) / Math.sqrt(xx * yy));
        const zeta = (yy - xx) / (2 * xy);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cos = 1 / Math.sqrt(1 + t * t);
        columns[p] = x.map((v, i) => cos * (v - t * y[i]!));
        columns[q] = y.map((v, i) => cos * (v + t * x[i]!));
      }
    }
    if (largest < 1e-14) break;
  }
  return columns.map((c) => Math.sqrt(dot(c, c))).sort((x, y) => y - x);
}

/** Muon's iteration as its author writes it, on the longer side throughout. */
export function newtonSchulz(g: Rows, iterations = 5): number[][] {
  const [a, b, c] = [3.4445, -4.775, 2.0315];
  const tall = g.length > g[0]!.length;
  let x = (tall ? transpose(g) : g).map((row) => row.map((v) => v / norm(g)));
  for (let k = 0; k < iterations; k++) {
    const gram = times(x, transpose(x));
    const poly = combine(gram, times(gram, gram), (u, v) => b * u + c * v);
    x = combine(x, times(poly, x), (u, v) => a * u + v);
  }
  return tall ? transpose(x) : x;
}
