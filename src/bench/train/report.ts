/** The figures of `unmask bench train`, for programs and for people. */
import { rounded } from '../engine/timing';
import type { Measured } from './bench';
import { kinds, sizes } from './networks';

/**
 * `roof_share_<kind>_<size>`: the least of the objectives' (AdamW). `memory_ratio_*`: peak over the sum of weights, gradients, moments and one batch's
 * activations; `memory_ratio_net_*` with what the process held before there were weights taken off the peak. Megabytes are of 10^6 bytes.
 */
export function figuresOf(measured: readonly Measured[]): Record<string, unknown> {
  const figures: Record<string, number> = {};
  for (const size of sizes) {
    for (const kind of kinds) {
      const of = measured.filter(({ job }) => job.size === size && job.kind === kind && job.optimiser === 'adamw');
      if (of.length > 0) figures[`roof_share_${kind}_${size}`] = rounded(Math.min(...of.map((m) => m.roofShare)));
    }
  }
  for (const m of measured) {
    const { name } = m;
    figures[`tokens_per_second_${name}`] = rounded(m.tokens / m.seconds, 4);
    figures[`roof_share_${name}`] = rounded(m.roofShare);
    figures[`roof_share_gradients_${name}`] = rounded(m.roofShareGradients);
    figures[`roof_gflops_${name}`] = rounded(m.roofGflops);
    figures[`optimiser_share_${name}`] = rounded(m.optimiserShare);
    figures[`peak_mb_${name}`] = megabytes(m.memory.peak);
    figures[`memory_sum_mb_${name}`] = megabytes(sumOf(m));
    figures[`memory_ratio_${name}`] = rounded(m.memory.peak / sumOf(m));
    figures[`memory_ratio_net_${name}`] = rounded((m.memory.peak - m.memory.before) / sumOf(m));
  }
  return figures;
}

/** Bytes that memory is measured against. */
export function sumOf({ memory }: Measured): number {
  return memory.weights + memory.gradients + memory.moments + memory.activations;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

const columns: readonly (readonly [title: string, cell: (m: Measured) => string])[] = [
  ['configuration', (m) => m.name],
  ['tokens/s', (m) => (m.tokens / m.seconds).toFixed(0)],
  ['of the roof', (m) => `${(100 * m.roofShare).toFixed(0)}%`],
  ['optimiser', (m) => `${(100 * m.optimiserShare).toFixed(1)}%`],
  ['peak MB', (m) => String(megabytes(m.memory.peak))],
  ['weights', (m) => String(megabytes(m.memory.weights))],
  ['gradients', (m) => String(megabytes(m.memory.gradients))],
  ['moments', (m) => String(megabytes(m.memory.moments))],
  ['activations', (m) => String(megabytes(m.memory.activations))],
  ['ratio', (m) => (m.memory.peak / sumOf(m)).toFixed(2)],
  ['net', (m) => ((m.memory.peak - m.memory.before) / sumOf(m)).toFixed(2)],
];

export function tableOf(measured: readonly Measured[]): string[] {
  const cells = [columns.map(([title]) => title), ...measured.map((m) => columns.map(([, cell]) => cell(m)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map((row) => row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '));
}
