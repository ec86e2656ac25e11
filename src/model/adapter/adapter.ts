/** Low-rank adapters (LoRA, arXiv 2106.09685): y = x W + (alpha / rank) (x A) B beside frozen weights W. */
import type { TransformerConfig } from '../config';
import { ModelError } from '../errors';
import { lladaModules } from '../llada/modules';
import { blockMatrices, type BlockMatrix } from '../weights';

export interface AdapterOptions {
  /** Inner size of the pair A, B. */
  readonly rank: number;
  /** The update is scaled by alpha / rank. */
  readonly alpha: number;
  /** Matrices that get a pair, in every block. */
  readonly targets: readonly BlockMatrix[];
}

export interface LowRankPair {
  /** [in, rank], row-major. */
  readonly a: Float32Array;
  /** [rank, out], row-major. */
  readonly b: Float32Array;
}

export interface Adapter extends AdapterOptions {
  /** By block; a pair for each target. */
  readonly blocks: readonly Readonly<Partial<Record<BlockMatrix, LowRankPair>>>[];
}

/** What the product x A B is multiplied by. */
export function adapterScale(options: Pick<AdapterOptions, 'rank' | 'alpha'>): number {
  return options.alpha / options.rank;
}

/** The pair of one target of one block. Throws ModelError if the adapter has none. */
export function pairOf(adapter: Adapter, block: number, target: BlockMatrix): LowRankPair {
  const pair = adapter.blocks[block]?.[target];
  if (!pair) throw new ModelError(`the adapter has no ${target} matrices for block ${block}`);
  return pair;
}

/** The architecture's own names of a block's matrices. */
export function moduleNames(architecture: TransformerConfig['architecture']): Readonly<Record<BlockMatrix, string>> {
  return { llada: lladaModules }[architecture];
}

/** Targets by the architecture's own module names. Throws ModelError naming those that it does not have. */
export function targetsNamed(architecture: TransformerConfig['architecture'], names: readonly string[]): BlockMatrix[] {
  const modules = moduleNames(architecture);
  const known = Object.values(modules);
  const unknown = names.filter((n) => !known.includes(n));
  if (unknown.length > 0)
    throw new ModelError(`${architecture} has no modules called ${unknown.join(', ')}; its blocks have ${known.join(', ')}`);
  return blockMatrices.filter((m) => names.includes(modules[m]));
}
