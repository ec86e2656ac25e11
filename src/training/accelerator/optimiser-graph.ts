/** Muon and AdamW as part of a graph: the same updates as `optimiser/`, for weights and moments that stay where the graph runs. */
import type { GraphBuilder, Value } from '../../onnx/graph';
import { add, concat, div, mul, reshape, split, sub, unsqueeze } from '../../onnx/ops';
import { max, min, reduceSumAxes, sqrt } from '../../onnx/ops-backward';
import { decaysByDefault } from '../optimiser/adamw';
import { byShape, rmsScale } from '../optimiser/muon';
import { orthogonalised } from '../optimiser/newton-schulz';

export interface OptimiserGraphOptions {
  /** Largest norm of all gradients together. */
  readonly clip: number;
  /** Multiplies the learning rate, for matrices other than embedding and head. */
  readonly weightDecay: number;
  /** Muon's. Default 0.95. */
  readonly momentum?: number;
}

/** A weight or moment before and after the update, in one shape. */
export interface Kept {
  readonly name: string;
  readonly before: Value;
  readonly after: Value;
}

export interface OptimiserGraph {
  readonly kept: readonly Kept[];
  /** Before clipping; scalar. */
  readonly gradientNorm: Value;
}

/** Inputs of the schedule, scalars: the learning rate, and AdamW's bias corrections 1 / (1 - beta1^k) and 1 / sqrt(1 - beta2^k), k counting updates from 1. */
export const scheduleInputs = ['learning_rate', 'first_correction', 'second_correction'] as const;

/** AdamW's, for embedding, head and norms. */
export const betas = { first: 0.9, second: 0.95 } as const;
const epsilon = 1e-8;
const iterations = 5;
/** Keeps a gradient of zeros from being divided by its norm. */
const tinyNorm = 1e-20;

interface Learnt {
  readonly name: string;
  readonly weight: Value;
  readonly gradient: Value;
}

/**
 * One update of `weights` by `gradients` (same names and shapes): matrices by Muon (0.2 sqrt(max(in, out)) times the orthogonalised look-ahead momentum), the rest by
 * AdamW, all with one learning rate; see optimiser/muon.ts and optimiser/adamw.ts for formulas and sources. Adds the moments and the schedule as inputs.
 */
export function optimiserGraph(
  g: GraphBuilder,
  weights: ReadonlyMap<string, Value>,
  gradients: ReadonlyMap<string, Value>,
  options: OptimiserGraphOptions,
): OptimiserGraph {
  const [rate, first, second] = scheduleInputs.map((name) => g.input(name, 'float32', [])) as [Value, Value, Value];
  const { gradientNorm, clipped } = clip(g, gradients, options.clip);
  const learnt = [...weights].map(([name, weight]) => ({ name, weight, gradient: clipped(gradients.get(name)!) }));
  const isMatrix = ({ name, weight }: Learnt): boolean => decaysByDefault({ name, shape: weight.shape as number[] });
  const kept: Kept[] = [];
  for (const some of byShape(learnt.filter(isMatrix), (l) => l.weight.shape)) kept.push(...muonStep(g, some, rate, options));
  for (const one of learnt.filter((l) => !isMatrix(l))) kept.push(...adamStep(g, one, { rate, first, second }));
  return { kept, gradientNorm };
}

function clip(
  g: GraphBuilder,
  gradients: ReadonlyMap<string, Value>,
  limit: number,
): { readonly gradientNorm: Value; readonly clipped: (gradient: Value) => Value } {
  const squares = [...gradients.values()].map((d) => reduceSumAxes(g, mul(g, d, d), Array.from(d.shape.keys()), false));
  const gradientNorm = sqrt(
    g,
    squares.reduce((a, b) => add(g, a, b)),
  );
  const factor = min(g, g.float(1), div(g, g.float(limit), max(g, gradientNorm, g.float(tinyNorm))));
  return { gradientNorm, clipped: (d) => mul(g, d, factor) };
}

/** Matrices of one shape, orthogonalised as one stack. */
function muonStep(g: GraphBuilder, some: readonly Learnt[], rate: Value, o: OptimiserGraphOptions): Kept[] {
  const momentum = g.float(o.momentum ?? 0.95);
  const moments = some.map(({ name, weight, gradient }) => {
    const before = g.input(`muon.${name}`, 'float32', weight.shape);
    return { before, after: add(g, mul(g, before, momentum), gradient) };
  });
  const directions = some.map(({ gradient }, i) => unsqueeze(g, add(g, gradient, mul(g, moments[i]!.after, momentum)), 0));
  const stack = directions.length > 1 ? concat(g, directions, 0) : directions[0]!;
  const norms = sqrt(g, reduceSumAxes(g, mul(g, stack, stack), [1, 2], true));
  const orthogonal = orthogonalised(g, div(g, stack, max(g, norms, g.float(tinyNorm))), iterations);
  const [inner, outer] = some[0]!.weight.shape as [number, number];
  const step = mul(g, orthogonal, mul(g, rate, g.float(rmsScale(inner, outer))));
  const steps = some.length > 1 ? split(g, step, some.map(() => 1), 0) : [step]; // prettier-ignore
  const keep = sub(g, g.float(1), mul(g, rate, g.float(o.weightDecay)));
  return some.flatMap(({ name, weight }, i) => [
    { name, before: weight, after: sub(g, mul(g, weight, keep), reshape(g, steps[i]!, [inner, outer], [inner, outer])) },
    { name: `muon.${name}`, ...moments[i]! },
  ]);
}

interface AdamSchedule {
  readonly rate: Value;
  readonly first: Value;
  readonly second: Value;
}

function adamStep(g: GraphBuilder, { name, weight, gradient }: Learnt, s: AdamSchedule): Kept[] {
  const moment = (kind: string): Value => g.input(`adam.${kind}.${name}`, 'float32', weight.shape);
  const [m, v] = [moment('first'), moment('second')];
  const mixed = (old: Value, beta: number, fresh: Value): Value =>
    add(g, mul(g, old, g.float(beta)), mul(g, fresh, g.float(1 - beta)));
  const [newM, newV] = [mixed(m, betas.first, gradient), mixed(v, betas.second, mul(g, gradient, gradient))];
  const root = add(g, mul(g, sqrt(g, newV), s.second), g.float(epsilon));
  return [
    { name, before: weight, after: sub(g, weight, div(g, mul(g, newM, mul(g, s.rate, s.first)), root)) },
    { name: `adam.first.${name}`, before: m, after: newM },
    { name: `adam.second.${name}`, before: v, after: newV },
  ];
}
