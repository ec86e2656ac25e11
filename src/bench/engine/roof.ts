import { cpuLowering } from '../../model/lowerings/cpu';
import { runtime } from '../../model/runtime';
import { sessionOptions } from '../../model/step-model';
import type { TransformerConfig } from '../../model/config';
import { GraphBuilder } from '../../onnx/graph';
import { matMul } from '../../onnx/ops';
import { serialize } from '../../onnx/serialize';
import { timings } from './timing';

const side = 1024;

/** Multiply-adds, counted as two, of one run of the roof's product. */
export const roofFlops = 2 * side ** 3;

/** A large fp32 matrix product, taken as what the machine can do. Holds a native session: dispose it. */
export interface Roof {
  run(): Promise<unknown>;
  dispose(): Promise<void>;
}

export async function openRoof(threads: number): Promise<Roof> {
  const ort = await runtime();
  const g = new GraphBuilder('roof');
  const x = g.input('x', 'float32', [side, side]);
  g.output('y', matMul(g, x, g.initializer('w', 'float32', [side, side], new Float32Array(side * side).fill(1 / side))));
  const session = await ort.InferenceSession.create(serialize(g.build()), sessionOptions({ lowering: cpuLowering, threads }));
  const feeds = { x: new ort.Tensor('float32', new Float32Array(side * side).fill(0.5), [side, side]) };
  return { run: () => session.run(feeds), dispose: () => session.release() };
}

/** GFLOP/s of the roof on the same threads. Best of the repeats, which noise only lowers. */
export async function measureRoof(threads: number, repeats: number): Promise<number> {
  const roof = await openRoof(threads);
  try {
    const [best] = await timings(repeats, () => roof.run());
    return roofFlops / best! / 1e6;
  } finally {
    await roof.dispose();
  }
}

/** Multiply-adds counted as two, of one forward over `rows` rows that see `columns` columns, with logits for `queries` rows. */
export function stepFlops(c: TransformerConfig, rows: number, columns: number, queries: number): number {
  const attention = c.heads * c.headWidth;
  const matrices = c.width * (2 * attention + 2 * c.kvHeads * c.headWidth + 3 * c.mlpWidth);
  return c.layers * (2 * rows * matrices + 4 * rows * columns * attention) + 2 * queries * c.width * c.vocabulary;
}
