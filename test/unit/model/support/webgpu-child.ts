/**
 * What webgpu.test.ts asks, run in a process of its own: the driver is chosen by the environment before the native library loads, and
 * a crash of that library must not take the tests down. Usage: webgpu-child.ts JOB [MODEL]; prints one line of JSON.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadCodeModel } from '../../../../src/diffusion/load';
import type { Lowering } from '../../../../src/model/lowering';
import { cpuLowering } from '../../../../src/model/lowerings/cpu';
import { webgpuLowering } from '../../../../src/model/lowerings/webgpu';
import { readNetwork } from '../../../../src/model/network';
import { runtime } from '../../../../src/model/runtime';
import { StepModel, type KeyValueCache } from '../../../../src/model/step-model';
import { probeWebgpu } from '../../../../src/model/webgpu-probe';
import { GraphBuilder } from '../../../../src/onnx/graph';
import { serialize } from '../../../../src/onnx/serialize';
import { goldenFolder } from '../../helpers/golden';
import { embeddedModelFolder } from '../../helpers/model-folder';
import { openGate } from '../../../../src/diffusion/run-gate';

export interface GoldenInput {
  readonly name: string;
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask: readonly (readonly number[])[] | null;
}

/** Largest differences between the two providers, over everything that was compared. */
export interface Comparison {
  readonly cases: number;
  readonly full: number;
  readonly cached: number;
  readonly batched: number;
  readonly topIdsDiffer: number;
}

interface Predicted {
  readonly full: readonly Float32Array[];
  readonly cached: Float32Array;
  readonly batched: Float32Array;
  readonly topIds: Int32Array;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

async function predict(folder: string, cases: readonly GoldenInput[], lowering: Lowering): Promise<Predicted> {
  const { config, weights } = await readNetwork(folder);
  const model = await StepModel.create(config, weights, { lowering, segments: 2, noFallback: lowering.provider === 'webgpu' });
  try {
    const full: Float32Array[] = [];
    for (const c of cases) {
      const [batch, length] = [c.input_ids.length, c.input_ids[0]!.length];
      const shown = c.attention_mask?.flat();
      const { logits } = await model.step({
        batch,
        ids: c.input_ids.flat(),
        rows: range(0, length),
        hidden: shown && { mask: Uint8Array.from(shown, (m) => 1 - m), length },
        queries: range(0, batch * length).filter((i) => shown?.[i] !== 0),
        want: { logits: true },
      });
      full.push(logits!);
    }
    const ids = cases[0]!.input_ids[0]!;
    const [from, to] = [5, 11];
    const whole = await model.step({ batch: 1, ids, rows: range(0, ids.length), queries: [0], want: { cache: true } });
    // Other tokens in a block of rows, seeing all else through the cache: the stale columns of these rows must be hidden.
    const block = (batch: number, cache: KeyValueCache): ReturnType<StepModel['step']> =>
      model.step({
        batch,
        ids: range(0, batch * (to - from)).map(
          (i) => (ids[from + (i % (to - from))]! + 7 * Math.floor(i / (to - from)) + 1) % 256,
        ),
        rows: range(from, to),
        cache,
        queries: range(0, batch * (to - from)),
        want: { logits: true },
      });
    const cached = await block(1, whole.cache!);
    const batched = await block(3, model.repeatCache(whole.cache!, 3));
    return { full, cached: cached.logits!, batched: batched.logits!, topIds: batched.topId.filter((_, i) => i % 16 === 0) };
  } finally {
    await model.dispose();
  }
}

function worst(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length || a.length === 0) throw new Error(`${a.length} and ${b.length} logits`);
  // Not Math.max, which would lose a NaN that comes first.
  return a.reduce((most, v, i) => (Math.abs(v - b[i]!) <= most ? most : Math.abs(v - b[i]!)), 0);
}

async function compare(name: string): Promise<Comparison> {
  const folder = path.join(goldenFolder, name);
  const { cases } = JSON.parse(await readFile(path.join(folder, 'golden.json'), 'utf8')) as { cases: GoldenInput[] };
  const [cpu, gpu] = [await predict(folder, cases, cpuLowering), await predict(folder, cases, webgpuLowering)];
  return {
    cases: cases.length,
    full: Math.max(...cpu.full.map((logits, i) => worst(logits, gpu.full[i]!))),
    cached: worst(cpu.cached, gpu.cached),
    batched: worst(cpu.batched, gpu.batched),
    topIdsDiffer: cpu.topIds.filter((id, i) => id !== gpu.topIds[i]).length,
  };
}

/** Whether forbidding the fallback really forbids it: a graph with an operator that WebGPU lacks. */
async function fallbackIsRefused(): Promise<{ refused: string | null }> {
  const ort = await runtime();
  const g = new GraphBuilder('unsupported');
  const x = g.input('x', 'float32', [2, 3]);
  g.output('y', g.node({ op: 'LogSoftmax', inputs: [x], outputs: [{ dtype: 'float32', shape: [2, 3] }] })[0]!);
  const extra = { session: { disable_cpu_ep_fallback: '1' } };
  return ort.InferenceSession.create(serialize(g.build()), { executionProviders: ['webgpu'], logSeverityLevel: 3, extra }).then(
    () => ({ refused: null }),
    (error: unknown) => ({ refused: String(error) }),
  );
}

async function load(device: 'auto' | 'webgpu'): Promise<object> {
  try {
    const loaded = await loadCodeModel({ dir: embeddedModelFolder, device, threads: 2, gate: openGate });
    await loaded.dispose();
    return { device: loaded.device };
  } catch (error) {
    return { error: String(error) };
  }
}

async function main(job: string, argument: string): Promise<unknown> {
  switch (job) {
    case 'compare':
      return compare(argument);
    case 'probe':
      return probeWebgpu(argument === 'insisted');
    case 'fallback':
      return fallbackIsRefused();
    case 'load':
      return load(argument === 'webgpu' ? 'webgpu' : 'auto');
    default:
      throw new Error(`no job called ${job}`);
  }
}

void main(process.argv[2]!, process.argv[3] ?? '').then((result) => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
