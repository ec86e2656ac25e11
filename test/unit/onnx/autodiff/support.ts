/** Gradients of a graph against central finite differences of the same graph, run by the real runtime. */
import assert from 'node:assert/strict';
import { mulberry32 } from '../../../../src/model/weights';
import { runtime, type Ort } from '../../../../src/model/runtime';
import { gradients } from '../../../../src/onnx/autodiff/gradients';
import type { GradientOptions } from '../../../../src/onnx/autodiff/rule';
import { GraphBuilder, type Shape, type Value } from '../../../../src/onnx/graph';
import { mul, reshape } from '../../../../src/onnx/ops';
import { reduceSumAxes } from '../../../../src/onnx/ops-backward';
import { serialize } from '../../../../src/onnx/serialize';

export interface Variable {
  readonly shape: readonly number[];
  /** As the graph declares it, where sizes are to be unknown. */
  readonly declared?: Shape;
  /** Default: normal numbers of deviation about 1. */
  readonly values?: readonly number[];
}

export interface Problem {
  readonly inputs: Readonly<Record<string, Variable>>;
  readonly build: (g: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Value;
  readonly options?: GradientOptions;
  readonly step?: number;
  readonly tolerance?: number;
}

export function randomValues(count: number, seed: number): Float32Array {
  const uniform = mulberry32(seed);
  return Float32Array.from({ length: count }, () => uniform() + uniform() + uniform() + uniform() - 2).map((v) => v * 1.7);
}

/** A session over a graph with float32 inputs, run on one thread. On WebGPU no node may go to the CPU. */
export async function session(bytes: Uint8Array, provider: 'cpu' | 'webgpu' = 'cpu'): Promise<Ort.InferenceSession> {
  const ort = await runtime();
  return ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    executionProviders: [provider],
    ...(provider === 'webgpu' ? { extra: { session: { disable_cpu_ep_fallback: '1' } } } : {}),
  });
}

/** The graph of `sum(out * c)` and its gradients `d.<input>`, and the names of the operators that the backward pass is made of. */
function gradientGraph(problem: Problem): { readonly bytes: Uint8Array; readonly backward: string[] } {
  const names = Object.keys(problem.inputs);
  const g = new GraphBuilder('check');
  const values = Object.fromEntries(
    names.map((n) => [n, g.input(n, 'float32', problem.inputs[n]!.declared ?? problem.inputs[n]!.shape)]),
  );
  const out = problem.build(g, values);
  const loss = reshape(
    g,
    reduceSumAxes(g, mul(g, out, g.input('c', 'float32', out.shape)), [...out.shape.keys()], false),
    [],
    [],
  );
  g.output('loss', loss);
  const forward = g.appended.length;
  gradients(
    g,
    loss,
    names.map((n) => values[n]!),
    problem.options,
  ).forEach((d, i) => {
    g.output(`d.${names[i]!}`, d);
  });
  return { bytes: serialize(g.build()), backward: g.appended.slice(forward).map((n) => n.op) };
}

/** Arrays to start from, by input, and what makes feeds of them; `c` is fixed and random. */
async function problemData(problem: Problem): Promise<{
  readonly data: Readonly<Record<string, Float32Array>>;
  readonly feeds: () => Record<string, Ort.Tensor>;
}> {
  const ort = await runtime();
  const names = Object.keys(problem.inputs);
  const data = Object.fromEntries(
    names.map((n, i) => {
      const { shape, values: given } = problem.inputs[n]!;
      const size = shape.reduce((a, b) => a * b, 1);
      return [n, given ? Float32Array.from(given) : randomValues(size, 11 * i + 5)];
    }),
  );
  const dims = await outputShape(problem, data);
  const weights = randomValues(
    dims.reduce((a, b) => a * b, 1),
    99,
  );
  const feeds = (): Record<string, Ort.Tensor> => ({
    c: new ort.Tensor('float32', weights, dims),
    ...Object.fromEntries(names.map((n) => [n, new ort.Tensor('float32', data[n]!, problem.inputs[n]!.shape)])),
  });
  return { data, feeds };
}

/** The gradients by all inputs, as the provider computes them. */
export async function gradientsOn(problem: Problem, provider: 'cpu' | 'webgpu'): Promise<Record<string, Float32Array>> {
  const { feeds } = await problemData(problem);
  const s = await session(gradientGraph(problem).bytes, provider);
  try {
    const found = await s.run(feeds());
    return Object.fromEntries(Object.keys(problem.inputs).map((n) => [n, found[`d.${n}`]!.data as Float32Array]));
  } finally {
    await s.release();
  }
}

/** Checks every element of every gradient of `sum(out * c)`. Returns the names of the operators that the backward pass is made of. */
export async function checkGradients(problem: Problem): Promise<string[]> {
  const names = Object.keys(problem.inputs);
  const { bytes, backward } = gradientGraph(problem);
  const { data, feeds } = await problemData(problem);
  const s = await session(bytes);
  try {
    const at = async (): Promise<number> => Number((await s.run(feeds(), ['loss']))['loss']!.data[0]);
    const found = await s.run(feeds());
    const step = problem.step ?? 1e-2;
    const tolerance = problem.tolerance ?? 3e-3;
    for (const name of names) {
      const analytic = found[`d.${name}`]!;
      assert.deepEqual([...analytic.dims], [...problem.inputs[name]!.shape], `shape of the gradient by ${name}`);
      const x = data[name]!;
      const numeric = new Float32Array(x.length);
      for (let i = 0; i < x.length; i++) {
        const kept = x[i]!;
        x[i] = kept + step;
        const [above, high] = [await at(), x[i]!];
        x[i] = kept - step;
        const [below, low] = [await at(), x[i]!];
        x[i] = kept;
        numeric[i] = (above - below) / (high - low);
      }
      const scale = Math.max(1, ...numeric.map(Math.abs));
      numeric.forEach((n, i) => {
        const a = Number(analytic.data[i]);
        assert.ok(Math.abs(a - n) <= tolerance * scale, `d/d ${name}[${i}]: ${a}, by finite differences ${n}`);
      });
      assert.ok(
        numeric.some((n) => Math.abs(n) > 1e-3),
        `the gradient by ${name} is nothing but zeros, so the check says nothing`,
      );
    }
    return backward;
  } finally {
    await s.release();
  }
}

async function outputShape(problem: Problem, data: Readonly<Record<string, Float32Array>>): Promise<readonly number[]> {
  const ort = await runtime();
  const g = new GraphBuilder('shape');
  const inputs = Object.entries(problem.inputs);
  const values = Object.fromEntries(inputs.map(([n, v]) => [n, g.input(n, 'float32', v.declared ?? v.shape)]));
  g.output('out', problem.build(g, values));
  const s = await session(serialize(g.build()));
  try {
    const feeds = Object.fromEntries(inputs.map(([n, v]) => [n, new ort.Tensor('float32', data[n]!, v.shape)]));
    return [...(await s.run(feeds))['out']!.dims];
  } finally {
    await s.release();
  }
}
