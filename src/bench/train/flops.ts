/**
 * The work of an update that the share of the roof is of: multiply-adds of matrix products, counted as two, forward and backward, attention (all columns,
 * hidden or not) and head included. Nothing else is counted: no elementwise work, no norms, no optimiser.
 */
import type { TransformerConfig } from '../../model/config';
import { blockMatrices, matrixSizes } from '../../model/weights';
import { stepFlops } from '../engine/roof';

export interface UpdateSizes {
  readonly sequences: number;
  readonly length: number;
  /** Rows that enter the loss; the head is applied to these alone. */
  readonly rows: number;
}

/** Every product has two of its size in the backward pass: one by each factor. */
export function fullFlops(c: TransformerConfig, s: UpdateSizes): number {
  return 3 * forwardFlops(c, s);
}

/**
 * With the base frozen, its matrices (and the head) have one product in the backward pass, by their input; the first layer's queries, keys and values, with
 * only the embedding below them, have none.
 * An adapter x A B of rank r on every matrix has all three, but for the products by the input where there is nothing to be trained below.
 */
export function loraFlops(c: TransformerConfig, s: UpdateSizes, rank: number): number {
  const tokens = s.sequences * s.length;
  const sizes = matrixSizes(c);
  const attention = 4 * tokens * s.length * c.heads * c.headWidth * c.layers;
  const products = forwardFlops(c, s) - attention;
  const inner = blockMatrices.reduce((sum, m) => sum + sizes[m][0], 0);
  const outer = blockMatrices.reduce((sum, m) => sum + sizes[m][1], 0);
  const adapters = 3 * 2 * tokens * rank * (inner + outer) * c.layers;
  const first = (['query', 'key', 'value'] as const).reduce((sum, m) => sum + 2 * tokens * sizes[m][0] * (sizes[m][1] + rank), 0);
  return 2 * products + 3 * attention + adapters - first;
}

function forwardFlops(c: TransformerConfig, s: UpdateSizes): number {
  return stepFlops(c, s.sequences * s.length, s.length, s.rows);
}
