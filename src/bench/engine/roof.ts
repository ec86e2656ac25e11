import { cpuLowering } from '../../model/lowerings/cpu';
import { runtime } from '../../model/runtime';
import { sessionOptions } from '../../model/step-model';
import type { TransformerConfig } from '../../model/config';
import { GraphBuilder } from '../../onnx/graph';
import { matMul } from '../../onnx/ops';
import { serialize } from '../../onnx/serialize';
import { timings } from './timing';

const side = 1024;

/** GFLOP/s of a large fp32 matrix product on the same threads, taken as what the machine can do. Best of the repeats, which noise only lowers. */
export async function measureRoof(threads: number, repeats: number): Promise<number> {
  const ort = await runtime();
  const g = new GraphBuilder('roof');
  const x = g.input('x', 'float32', [side, side]);
  g.output('y', matMul(g, x, g.initializer('w', 'float32', [side, side], new Float32Array(side * side).fill(1 / side))));
  const session = await ort.InferenceSession.create(serialize(g.build()), sessionOptions({ lowering: cpuLowering, threads }));
  try {
    const feeds = { x: new ort.Tensor('float32', new Float32Array(side * side).fill(0.5), [side, side]) };
    const [best] = await timings(repeats, () => session.run(feeds));
    return (2 * side ** 3) / best! / 1e6;
  } finally {
    await session.release();
  }
}

/** Multiply-adds counted as two, of one forward over `rows` rows that see `columns` columns, with logits for `queries` rows. */
export function stepFlops(c: TransformerConfig, rows: number, columns: number, queries: number): number {
  const attention = c.heads * c.headWidth;
  const matrices = c.width * (2 * attention + 2 * c.kvHeads * c.headWidth + 3 * c.mlpWidth);
  return c.layers * (2 * rows * matrices + 4 * rows * columns * attention) + 2 * queries * c.width * c.vocabulary;
}
