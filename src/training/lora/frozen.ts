/** Base weights that an adapter is trained beside, as constants of the training graph. */
import { quantise, type QuantisationOptions } from '../../model/quantise';
import { blockMatrices } from '../../model/weights';
import type { FrozenWeights } from '../graph/weights';
import type { Parameter } from '../parameters';

/** All of them as they are; the arrays are shared, not copied. */
export function frozenWeights(parameters: readonly Parameter[]): FrozenWeights {
  return new Map(parameters.map((p) => [p.name, p.data]));
}

/**
 * Block matrices quantised, the rest (embedding, head, norms) as it is: QLoRA (arXiv 2305.14314) with whole-number blocks in place of its NF4.
 * Throws ModelError where a matrix cannot be cut into blocks.
 */
export function quantisedWeights(parameters: readonly Parameter[], options: QuantisationOptions): FrozenWeights {
  const isBlockMatrix = (name: string): boolean => blockMatrices.some((m) => name.endsWith(`.${m}`));
  return new Map(
    parameters.map((p) => [p.name, isBlockMatrix(p.name) ? quantise(p.data, p.shape[0]!, p.shape[1]!, options) : p.data]),
  );
}
