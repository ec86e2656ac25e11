/** Milliseconds of each of `repeats` runs after `warmups`, sorted. */
export async function timings(repeats: number, work: () => Promise<unknown>, warmups = 2): Promise<number[]> {
  for (let i = 0; i < warmups; i++) await work();
  const out: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await work();
    out.push(performance.now() - start);
  }
  return out.sort((a, b) => a - b);
}

/** The q-quantile of sorted values. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
