/** Adapters written into the weights, which then run as fast as ever, and taken out again. */
import { GraphBuilder } from '../../onnx/graph';
import { add, matMul, mul } from '../../onnx/ops';
import { serialize } from '../../onnx/serialize';
import type { TransformerConfig } from '../config';
import { runtime } from '../runtime';
import { matrixSizes, type TransformerWeights } from '../weights';
import { adapterScale, pairOf, type Adapter } from './adapter';

/** W + (alpha / rank) A B in place of every target's W; the arrays of `weights` are changed. Products are the runtime's: JavaScript would need minutes for billions of weights. */
export async function mergeAdapter(c: TransformerConfig, weights: TransformerWeights, adapter: Adapter): Promise<void> {
  await addScaled(c, weights, adapter, adapterScale(adapter));
}

/** Weights with the adapter merged; `weights` stay as they are, and share all arrays that the adapter does not touch. */
export async function mergedWeights(
  c: TransformerConfig,
  weights: TransformerWeights,
  adapter: Adapter,
): Promise<TransformerWeights> {
  const blocks = weights.blocks.map((block) => ({
    ...block,
    ...Object.fromEntries(adapter.targets.map((t) => [t, block[t].slice()] as const)),
  }));
  const merged = { ...weights, blocks };
  await mergeAdapter(c, merged, adapter);
  return merged;
}

/** Undoes `mergeAdapter`, up to the rounding of float32 (a unit in the last place of W or of the update, whichever is larger). */
export async function unmergeAdapter(c: TransformerConfig, weights: TransformerWeights, adapter: Adapter): Promise<void> {
  await addScaled(c, weights, adapter, -adapterScale(adapter));
}

async function addScaled(c: TransformerConfig, weights: TransformerWeights, adapter: Adapter, factor: number): Promise<void> {
  const ort = await runtime();
  const session = await ort.InferenceSession.create(serialize(updateGraph(factor)), { logSeverityLevel: 3 });
  try {
    const sizes = matrixSizes(c);
    for (const [i, block] of weights.blocks.entries()) {
      for (const target of adapter.targets) {
        const [inner, outer] = sizes[target];
        const { a, b } = pairOf(adapter, i, target);
        const { merged } = await session.run({
          w: new ort.Tensor('float32', block[target], [inner, outer]),
          a: new ort.Tensor('float32', a, [inner, adapter.rank]),
          b: new ort.Tensor('float32', b, [adapter.rank, outer]),
        });
        block[target].set(merged!.data as Float32Array);
      }
    }
  } finally {
    await session.release();
  }
}

/** merged = w + factor a b */
function updateGraph(factor: number): ReturnType<GraphBuilder['build']> {
  const g = new GraphBuilder('merge');
  const w = g.input('w', 'float32', ['in', 'out']);
  const product = matMul(g, g.input('a', 'float32', ['in', 'rank']), g.input('b', 'float32', ['rank', 'out']));
  g.output('merged', add(g, w, mul(g, product, g.float(factor))));
  return g.build();
}
