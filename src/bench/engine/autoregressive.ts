/**
 * The opponent: the same network decoding token by token, with a KV cache and arg-max in the graph, under the same session options. The cache is
 * a fixed buffer that each step writes one column of, so that nothing is copied or grown: as fast as we know how to make it.
 */
import type { TransformerConfig } from '../../model/config';
import { cpuLowering } from '../../model/lowerings/cpu';
import { runtime, type Ort } from '../../model/runtime';
import { buildStepGraphs } from '../../model/step-graph';
import { sessionOptions } from '../../model/step-model';
import type { TransformerWeights } from '../../model/weights';
import { serialize } from '../../onnx/serialize';

const hiddenScore = -3e4;

export class AutoregressiveDecoder {
  private constructor(
    private readonly c: TransformerConfig,
    private readonly ort: typeof Ort,
    private readonly session: Ort.InferenceSession,
  ) {}

  static async create(c: TransformerConfig, weights: TransformerWeights, threads: number): Promise<AutoregressiveDecoder> {
    const ort = await runtime();
    const [graph] = buildStepGraphs(c, weights, cpuLowering, { segments: 1, maxPositions: 2 * c.maxSequence, head: 'argmax' });
    return new AutoregressiveDecoder(
      c,
      ort,
      await ort.InferenceSession.create(serialize(graph!), sessionOptions({ lowering: cpuLowering, threads })),
    );
  }

  /** Tokens after a prompt: one forward for the prompt, then one for each token. */
  async decode(prompt: readonly number[], count: number): Promise<number[]> {
    const total = prompt.length + count;
    const cache = this.buffers(total);
    const bias = new Float32Array(total + 1).fill(hiddenScore);
    bias[total] = 0;
    let next = await this.run(prompt, 0, this.buffers(1), new Float32Array([hiddenScore, ...prompt.map(() => 0)]), cache, total);
    bias.fill(0, 0, prompt.length);
    const out = [next];
    while (out.length < count) {
      const at = prompt.length + out.length - 1;
      next = await this.run([next], at, cache, bias, cache, total);
      bias[at] = 0;
      out.push(next);
    }
    return out;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  /** Runs rows at positions from `at` on against `past`, and writes their keys and values into `cache` (of `columns` columns). */
  private async run(
    tokens: readonly number[],
    at: number,
    past: Float32Array[],
    bias: Float32Array,
    cache: Float32Array[],
    columns: number,
  ): Promise<number> {
    const { Tensor } = this.ort;
    const { layers, kvHeads, headWidth } = this.c;
    const rows = tokens.length;
    const pastColumns = past[0]!.length / (kvHeads * headWidth);
    const int64 = (values: readonly number[], dims: number[]): Ort.Tensor =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const pastName = (i: number): string => `past.${i % 2 === 0 ? 'k' : 'v'}.${Math.floor(i / 2)}`;
    const feeds: Record<string, Ort.Tensor> = {
      ids: int64(tokens, [1, rows]),
      positions: int64(
        tokens.map((_, i) => at + i),
        [1, rows],
      ),
      bias: new Tensor('float32', bias, [1, 1, 1, pastColumns + rows]),
      queries: int64([rows - 1], [1]),
    };
    for (let i = 0; i < 2 * layers; i++)
      feeds[pastName(i)] = new Tensor('float32', past[i]!, [1, kvHeads, pastColumns, headWidth]);
    const result = await this.session.run(feeds);
    for (let i = 0; i < 2 * layers; i++) {
      const fresh = result[pastName(i).replace('past', 'present')]!.data as Float32Array;
      for (let h = 0; h < kvHeads; h++)
        cache[i]!.set(fresh.subarray(h * rows * headWidth, (h + 1) * rows * headWidth), (h * columns + at) * headWidth);
    }
    return Number((result['next']!.data as BigInt64Array)[0]);
  }

  /** Keys and values of every layer, in turn, [1, kvHeads, columns, headWidth] each. */
  private buffers(columns: number): Float32Array[] {
    return Array.from({ length: 2 * this.c.layers }, () => new Float32Array(this.c.kvHeads * columns * this.c.headWidth));
  }
}
