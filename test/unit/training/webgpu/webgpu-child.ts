/** Training steps on WebGPU and on the CPU, compared, in a process of its own (see test/unit/model/webgpu.test.ts). Prints JSON: what was found, by case. */
import type { TransformerConfig } from '../../../../src/model/config';
import type { Batch } from '../../../../src/training/batch';
import { clippedPolicyLoss } from '../../../../src/training/graph/losses';
import { cpuTraining, webgpuTraining, type TrainingLowering } from '../../../../src/training/graph/lowering';
import type { TrainingSessionOptions } from '../../../../src/training/graph/training-session';
import { frozenWeights, quantisedWeights } from '../../../../src/training/lora/frozen';
import { allTargets } from '../../../../src/training/lora/parameters';
import type { Parameter } from '../../../../src/training/parameters';
import { livelyAdapter, livelyParameters, tinyConfig, withSession } from '../support';

export interface TrainingComparison {
  readonly loss: number;
  readonly lossDifference: number;
  readonly parameters: number;
  /** Largest difference of any gradient, relative to the largest element of the gradient by the same parameter; and that parameter. */
  readonly worst: number;
  readonly worstName: string;
  /** Smallest of the largest elements: none of the gradients is nothing but zeros. */
  readonly smallest: number;
}

interface Case {
  readonly config?: Partial<TransformerConfig>;
  readonly options: (base: readonly Parameter[]) => Partial<TrainingSessionOptions>;
  readonly parameters: (c: TransformerConfig) => Parameter[];
  readonly batch?: Partial<Batch>;
}

const adapter = { rank: 4, alpha: 8, targets: allTargets };
const small = { width: 64, headWidth: 32, mlpWidth: 96, vocabulary: 40, maskToken: 38, endToken: 39 };

/** Weights of moderate size for the wider network. */
const base = (c: TransformerConfig): Parameter[] =>
  livelyParameters(c).map((p) => ({ ...p, data: p.shape.length === 2 ? p.data.map((v) => v / 4) : p.data }));
const trained = (c: TransformerConfig): Parameter[] =>
  livelyAdapter(c, adapter).map((p) => ({ ...p, data: p.data.map((v) => v / 4) }));

const cases: Readonly<Record<string, Case>> = {
  full: { options: () => ({}), parameters: base },
  'full, grouped queries, tied, causal': {
    config: { kvHeads: 1, tied: true },
    options: () => ({}),
    parameters: base,
    batch: { causal: true },
  },
  'policy loss': {
    options: () => ({ loss: clippedPolicyLoss({ epsilon: 0.5, beta: 0.04, onPolicy: false }) }),
    parameters: base,
    batch: {
      values: {
        row_weights: Float32Array.of(0.5, 0.25, 0.25),
        advantages: Float32Array.of(1, -0.5, 0.75),
        old_logp: Float32Array.of(-3, -4, -3.5),
        ref_logp: Float32Array.of(-3.2, -3.8, -3.4),
      },
    },
  },
  recompute: { config: { layers: 3 }, options: () => ({ recompute: true }), parameters: base },
  adapter: { options: (b) => ({ adapter, frozen: frozenWeights(b) }), parameters: trained },
  'adapter, int4': { options: (b) => ({ adapter, frozen: quantisedWeights(b, { bits: 4 }) }), parameters: trained },
  'adapter, int8': { options: (b) => ({ adapter, frozen: quantisedWeights(b, { bits: 8 }) }), parameters: trained },
};

/** Names, for the tests. */
export const caseNames = Object.keys(cases);

async function compare({ config, options, parameters, batch }: Case): Promise<TrainingComparison> {
  const c = tinyConfig({ ...small, ...config });
  const fed: Batch = {
    batch: 2,
    length: 4,
    ids: Int32Array.of(1, 2, 38, 4, 5, 38, 2, 38),
    hidden: Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0),
    rows: Int32Array.of(2, 5, 7),
    targets: Int32Array.of(3, 6, 8),
    values: { row_weights: Float32Array.of(0.5, 1, 0.25) },
    ...batch,
  };
  const run = (lowering: TrainingLowering): Promise<{ loss: number; gradients: Map<string, Float32Array> }> =>
    withSession(c, parameters(c), { ...options(base(c)), lowering, noFallback: lowering.provider === 'webgpu' }, async (s) => {
      const { loss } = await s.step(fed);
      return { loss, gradients: new Map([...s.gradients].map(([n, g]) => [n, g.slice()])) };
    });
  const [expected, found] = [await run(cpuTraining), await run(webgpuTraining)];
  let [worst, worstName, smallest] = [0, '', Infinity];
  for (const [n, reference] of expected.gradients) {
    const scale = Math.max(...reference.map(Math.abs));
    smallest = Math.min(smallest, scale);
    reference.forEach((v, i) => {
      const difference = Math.abs(v - found.gradients.get(n)![i]!) / scale;
      if (!(difference <= worst)) [worst, worstName] = [difference, n];
    });
  }
  const lossDifference = Math.abs(found.loss - expected.loss);
  return { loss: expected.loss, lossDifference, parameters: expected.gradients.size, worst, worstName, smallest };
}

async function main(): Promise<void> {
  const found: Record<string, TrainingComparison> = {};
  for (const [name, case_] of Object.entries(cases)) found[name] = await compare(case_);
  process.stdout.write(`${JSON.stringify(found)}\n`);
}

if (require.main === module) void main();
