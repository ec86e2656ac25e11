import { GraphBuilder, type DType, type Shape, type Value } from '../../../../src/onnx/graph';
import { serialize } from '../../../../src/onnx/serialize';
import { runtime, type Ort } from '../../../../src/model/runtime';

/** Sizes of the symbols that shapes in these tests use. */
export type Sizes = Readonly<Record<string, number>>;

/** A symbolic shape with numbers put in: sums and products of names, as `addDims` and `mulDims` write them. */
export function concrete(shape: Shape, sizes: Sizes): number[] {
  const factor = (name: string): number => sizes[name] ?? Number(name);
  return shape.map((dim) =>
    typeof dim === 'number'
      ? dim
      : dim.split('+').reduce((sum, term) => sum + term.split('*').reduce((product, name) => product * factor(name), 1), 0),
  );
}

export interface Ran {
  /** As the builder inferred it, with numbers put in. */
  readonly inferred: number[];
  readonly dtype: DType;
  readonly actual: Ort.Tensor;
}

/** Elements of an input: small repeatable numbers, integers below 2 for integer types (so that they serve as indices). */
function dataOf(ort: typeof Ort, dtype: DType, dims: readonly number[]): Ort.Tensor {
  const length = dims.reduce((a, b) => a * b, 1);
  if (dtype === 'float32')
    return new ort.Tensor(
      dtype,
      Float32Array.from({ length }, (_, i) => ((i * 37) % 19) / 10 + 0.1),
      dims,
    );
  if (dtype === 'int64')
    return new ort.Tensor(
      dtype,
      BigInt64Array.from({ length }, (_, i) => BigInt(i % 2)),
      dims,
    );
  throw new Error(`no test data of type ${dtype}`);
}

export type Inputs = Readonly<Record<string, readonly [dtype: DType, shape: Shape]>>;

/** Builds a graph of the given inputs, runs it, and gives each result beside what the builder said of it. */
export async function runGraph(
  inputs: Inputs,
  sizes: Sizes,
  build: (g: GraphBuilder, v: Record<string, Value>) => Value | readonly Value[],
  feeds: Readonly<Record<string, Ort.Tensor>> = {},
): Promise<Ran[]> {
  const ort = await runtime();
  const g = new GraphBuilder('test');
  const values = Object.fromEntries(Object.entries(inputs).map(([name, [dtype, shape]]) => [name, g.input(name, dtype, shape)]));
  const built = build(g, values);
  const outputs = Array.isArray(built) ? (built as readonly Value[]) : [built as Value];
  outputs.forEach((value, i) => {
    g.output(`out_${i}`, value);
  });
  const session = await ort.InferenceSession.create(serialize(g.build()), { executionProviders: ['cpu'], logSeverityLevel: 3 });
  try {
    const all = Object.fromEntries(
      Object.entries(inputs).map(([name, [dtype, shape]]) => [name, feeds[name] ?? dataOf(ort, dtype, concrete(shape, sizes))]),
    );
    const found = await session.run(all);
    return outputs.map((value, i) => ({
      inferred: concrete(value.shape, sizes),
      dtype: value.dtype,
      actual: found[`out_${i}`]!,
    }));
  } finally {
    await session.release();
  }
}
