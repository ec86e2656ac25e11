import type { Parameter } from '../parameters';

/** Turns gradients into changed weights. Holds the parameters' own arrays and its moments; nothing else of a run. */
export interface Optimiser {
  /**
   * One update of every parameter, in place, by its gradient (same shape, found by name, only read). Rejects with Error, before anything is changed, if
   * a gradient is missing or of another size.
   */
  update(gradients: ReadonlyMap<string, Float32Array>, learningRate: number): Promise<void>;
  /** The parameters that it changes. */
  readonly parameters: readonly Parameter[];
  /** The moments, live: a checkpoint reads and writes these arrays. Names are unique and do not depend on the order of the parameters. */
  readonly state: readonly Parameter[];
  /** Updates done since the moments were zero; bias corrections count from here. Set when a checkpoint is loaded. */
  updates: number;
  /** Frees what the runtime holds. */
  dispose(): Promise<void>;
}

/** The gradient of a parameter. Throws Error if there is none, or one of another size. */
export function gradientOf(gradients: ReadonlyMap<string, Float32Array>, p: Parameter): Float32Array {
  const found = gradients.get(p.name);
  if (!found) throw new Error(`there is no gradient of ${p.name}`);
  if (found.length !== p.data.length)
    throw new Error(`the gradient of ${p.name} has ${found.length} numbers, the parameter ${p.data.length}`);
  return found;
}

/** Zeros in the shape of a parameter, to hold one of its moments. */
export function momentOf(p: Parameter, kind: string): Parameter {
  return { name: `${kind}.${p.name}`, shape: p.shape, data: new Float32Array(p.data.length) };
}

/**
 * Moments smaller than this are stored as 0. A row of the embedding that no batch holds has a gradient of 0, and its first moment would sink into
 * denormal numbers and, rounded, stay there: slow on most processors, and 0 or not by whether the runtime has switched denormals off in this thread.
 */
export const smallestMoment = 1e-30;
/** The same for squares of gradients: the smallest normal float32. */
export const smallestSquare = 2 ** -126;
