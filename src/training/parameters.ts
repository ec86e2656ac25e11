/** The weights of a network as a list of named arrays: what is trained, saved and resumed. */
import type { TransformerConfig } from '../model/config';
import { blockMatrices, matrixSizes, type BlockWeights, type TransformerWeights } from '../model/weights';

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Parameter extends ParameterShape {
  /** Changed in place by the optimiser. */
  readonly data: Float32Array;
}

const blockNorms = ['attentionNorm', 'mlpNorm'] as const;

/** Names and shapes, in a fixed order; matrices as the graph wants them, [in, out]. */
export function parameterShapes(c: TransformerConfig): ParameterShape[] {
  const sizes = matrixSizes(c);
  const blocks = Array.from({ length: c.layers }, (_, i) => [
    ...blockNorms.map((n) => ({ name: `block${i}.${n}`, shape: [c.width] })),
    ...blockMatrices.map((n) => ({ name: `block${i}.${n}`, shape: sizes[n] })),
  ]);
  return [
    { name: 'embedding', shape: [c.vocabulary, c.width] },
    ...blocks.flat(),
    { name: 'finalNorm', shape: [c.width] },
    ...(c.tied ? [] : [{ name: 'head', shape: [c.vocabulary, c.width] }]),
  ];
}

/** The weights as parameters; the arrays are shared, not copied. */
export function parametersOf(c: TransformerConfig, w: TransformerWeights): Parameter[] {
  return parameterShapes(c).map((p) => ({ ...p, data: arrayOf(w, p.name) }));
}

/** The parameters as weights; the arrays are shared, not copied. */
export function weightsOf(c: TransformerConfig, parameters: readonly Parameter[]): TransformerWeights {
  const byName = new Map(parameters.map((p) => [p.name, p.data]));
  const named = (name: string): Float32Array => {
    const found = byName.get(name);
    if (!found) throw new Error(`parameter ${name} is missing`);
    return found;
  };
  const embedding = named('embedding');
  return {
    embedding,
    blocks: Array.from({ length: c.layers }, (_, i) => {
      const entries = [...blockNorms, ...blockMatrices].map((n) => [n, named(`block${i}.${n}`)] as const);
      return Object.fromEntries(entries) as unknown as BlockWeights;
    }),
    finalNorm: named('finalNorm'),
    head: c.tied ? embedding : named('head'),
  };
}

function arrayOf(w: TransformerWeights, name: string): Float32Array {
  const inBlock = /^block(\d+)\.(\w+)$/.exec(name);
  if (inBlock) return w.blocks[Number(inBlock[1])]![inBlock[2] as keyof BlockWeights];
  return w[name as 'embedding' | 'finalNorm' | 'head'];
}
