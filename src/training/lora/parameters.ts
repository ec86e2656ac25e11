/** The matrices of a low-rank adapter as parameters, so that optimisers and checkpoints take them like any others. */
import type { Adapter, AdapterOptions } from '../../model/adapter/adapter';
import type { TransformerConfig } from '../../model/config';
import { blockMatrices, matrixSizes, type BlockMatrix } from '../../model/weights';
import type { Parameter, ParameterShape } from '../parameters';
import type { Random } from '../random';

/** Every matrix of a block: what LoRA is best put on (d1's own list of names misses half of LLaDA's). */
export const allTargets: readonly BlockMatrix[] = blockMatrices;

/** Name of the matrix A or B beside the parameter `name`. */
export function adapterName(name: string, side: 'A' | 'B'): string {
  return `${name}.lora${side}`;
}

/** Names and shapes in a fixed order: `block0.query.loraA` [in, rank], `block0.query.loraB` [rank, out], .. */
export function adapterShapes(c: TransformerConfig, { rank, targets }: AdapterOptions): ParameterShape[] {
  const sizes = matrixSizes(c);
  const ordered = blockMatrices.filter((m) => targets.includes(m));
  return Array.from({ length: c.layers }, (_, i) =>
    ordered.flatMap((target) => {
      const [inner, outer] = sizes[target];
      const name = `block${i}.${target}`;
      return [
        { name: adapterName(name, 'A'), shape: [inner, rank] },
        { name: adapterName(name, 'B'), shape: [rank, outer] },
      ];
    }),
  ).flat();
}

/**
 * A fresh adapter, which changes nothing yet: B is 0, A Kaiming uniform with a = sqrt(5), that is U(-1/sqrt(in), 1/sqrt(in)), as PEFT draws it.
 * Repeatable by the state of `random`.
 */
export function initialAdapter(c: TransformerConfig, options: AdapterOptions, random: Random): Parameter[] {
  if (!Number.isInteger(options.rank) || options.rank < 1)
    throw new Error(`the rank of an adapter is at least 1, not ${options.rank}`);
  if (options.targets.length === 0) throw new Error('an adapter needs at least one target');
  return adapterShapes(c, options).map((p) => {
    const data = new Float32Array(p.shape.reduce((a, b) => a * b, 1));
    if (!p.name.endsWith('.loraA')) return { ...p, data };
    const bound = 1 / Math.sqrt(p.shape[0]!);
    return { ...p, data: data.map(() => bound * (2 * random.uniform() - 1)) };
  });
}

/** The parameters as an adapter for the engine, for merging and for saving; the arrays are shared, not copied. */
export function adapterOf(c: TransformerConfig, options: AdapterOptions, parameters: readonly Parameter[]): Adapter {
  const byName = new Map(parameters.map((p) => [p.name, p.data]));
  const named = (name: string): Float32Array => {
    const found = byName.get(name);
    if (!found) throw new Error(`parameter ${name} is missing`);
    return found;
  };
  return {
    ...options,
    blocks: Array.from({ length: c.layers }, (_, i) =>
      Object.fromEntries(
        options.targets.map((t) => {
          const name = `block${i}.${t}`;
          return [t, { a: named(adapterName(name, 'A')), b: named(adapterName(name, 'B')) }] as const;
        }),
      ),
    ),
  };
}

/** An adapter as parameters, to go on training it; the arrays are shared, not copied. */
export function parametersOfAdapter(c: TransformerConfig, adapter: Adapter): Parameter[] {
  return adapterShapes(c, adapter).map((p) => {
    const [, block, target, side] = /^block(\d+)\.(\w+)\.lora([AB])$/.exec(p.name)!;
    const pair = adapter.blocks[Number(block)]![target as BlockMatrix]!;
    return { ...p, data: side === 'A' ? pair.a : pair.b };
  });
}
