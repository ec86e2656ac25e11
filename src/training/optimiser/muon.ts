/** Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): momentum of each matrix, orthogonalised. */
import type { Shape } from '../../onnx/graph';
import type { Parameter } from '../parameters';
import { adamW, decaysByDefault, type AdamWOptions } from './adamw';
import { NewtonSchulz } from './newton-schulz';
import { gradientOf, momentOf, smallestMoment, type Optimiser } from './optimiser';

export interface MuonOptions {
  /** Default 0.95. */
  readonly momentum?: number;
  /** Look ahead by one momentum step. Default true. */
  readonly nesterov?: boolean;
  /** Newton-Schulz iterations. Default 5. */
  readonly iterations?: number;
  /**
   * What an orthogonal update is multiplied by. `rms` (default): 0.2 sqrt(max(in, out)), which makes updates as large as AdamW's, so that both can share
   * a learning rate (Liu et al., arXiv 2502.16982). `spectral`: sqrt(max(1, out / in)), Jordan's own; rates near 0.02, AdamW's by `adamShare`.
   */
  readonly scale?: 'rms' | 'spectral';
  /** Multiplies the learning rate, for matrices. Default 0. */
  readonly weightDecay?: number;
  /** Parameters that Muon takes; the others get AdamW. Default: matrices other than the embedding and the head. */
  readonly matrices?: (p: Parameter) => boolean;
  readonly adam?: AdamWOptions;
  /** AdamW's learning rate as a multiple of Muon's. Default 1. */
  readonly adamShare?: number;
  /** 0 or absent: the runtime's choice. One thread makes runs repeatable bit for bit. */
  readonly threads?: number;
}

/** Most numbers in one run of the runtime, unless one matrix has more: larger stacks leave the processor's caches and run slower. */
const stackLimit = 1 << 19;

/** Matrices of one shape, orthogonalised together. */
interface Group {
  readonly entries: readonly Entry[];
  readonly size: number;
  readonly scale: number;
  readonly solver: NewtonSchulz;
}

interface Entry {
  readonly parameter: Parameter;
  readonly momentum: Parameter;
}

/**
 * M = momentum M + G; U = G + momentum M (Nesterov) or M; w -= rate (scale orthogonal(U) + decay w), where orthogonal(U) is nearly the closest
 * matrix to U whose singular values are all 1. State: `muon.<name>` and AdamW's. Throws ModelError if the runtime refuses the graph.
 */
export async function muon(parameters: readonly Parameter[], options: MuonOptions = {}): Promise<Optimiser> {
  const { matrices = decaysByDefault, momentum = 0.95, nesterov = true, weightDecay = 0, adamShare = 1 } = options;
  const taken = parameters.filter((p) => p.shape.length === 2 && matrices(p));
  const rest = adamW(
    parameters.filter((p) => !taken.includes(p)),
    options.adam,
  );
  const entries = taken.map((parameter) => ({ parameter, momentum: momentOf(parameter, 'muon') }));
  const groups = await groupsOf(entries, options);
  const longest = Math.max(0, ...groups.map((g) => g.size * perRun(g)));
  const [stack, orthogonal] = [new Float32Array(longest), new Float32Array(longest)];

  async function updateSome(g: Group, some: readonly Entry[], gradients: Gradients, rate: number): Promise<void> {
    const length = some.length * g.size;
    const scales = Float32Array.from(some, ({ parameter, momentum: moment }, i) => {
      const into = stack.subarray(i * g.size, (i + 1) * g.size);
      const norm = accumulate(moment.data, gradientOf(gradients, parameter), into, momentum, nesterov);
      return norm > 0 ? 1 / norm : 0;
    });
    await g.solver.run(stack.subarray(0, length), scales, orthogonal.subarray(0, length));
    some.forEach(({ parameter }, i) => {
      const direction = orthogonal.subarray(i * g.size, (i + 1) * g.size);
      descend(parameter.data, direction, rate * g.scale, 1 - rate * weightDecay);
    });
  }

  return {
    parameters,
    state: [...entries.map((e) => e.momentum), ...rest.state],
    get updates() {
      return rest.updates;
    },
    set updates(count) {
      rest.updates = count;
    },
    async update(gradients, learningRate) {
      for (const p of parameters) gradientOf(gradients, p);
      for (const g of groups) {
        for (let i = 0; i < g.entries.length; i += perRun(g))
          await updateSome(g, g.entries.slice(i, i + perRun(g)), gradients, learningRate);
      }
      await rest.update(gradients, learningRate * adamShare);
    },
    async dispose() {
      await Promise.all(groups.map((g) => g.solver.dispose()));
    },
  };
}

type Gradients = ReadonlyMap<string, Float32Array>;

function perRun(g: Group): number {
  return Math.min(g.entries.length, Math.max(1, Math.floor(stackLimit / g.size)));
}

/** Items whose matrices have one shape, together. */
export function byShape<T>(items: readonly T[], shape: (item: T) => Shape): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = shape(item).join('x');
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

/** `rms` of MuonOptions.scale, for a matrix [inner, outer]. */
export function rmsScale(inner: number, outer: number): number {
  return 0.2 * Math.sqrt(Math.max(inner, outer));
}

async function groupsOf(entries: readonly Entry[], options: MuonOptions): Promise<Group[]> {
  return Promise.all(
    byShape(entries, (e) => e.parameter.shape).map(async (some) => {
      // A parameter is stored [in, out].
      const [inner, outer] = some[0]!.parameter.shape as [number, number];
      return {
        entries: some,
        size: inner * outer,
        scale: options.scale === 'spectral' ? Math.sqrt(Math.max(1, outer / inner)) : rmsScale(inner, outer),
        solver: await NewtonSchulz.create({ rows: inner, columns: outer }, options),
      };
    }),
  );
}

/** The moment moved on, and the direction to be orthogonalised written into `direction`. Returns the direction's Frobenius norm. */
function accumulate(
  moment: Float32Array,
  gradient: Float32Array,
  direction: Float32Array,
  momentum: number,
  nesterov: boolean,
): number {
  const tiny = smallestMoment;
  let squares = 0;
  for (let i = 0; i < moment.length; i++) {
    let m = momentum * moment[i]! + gradient[i]!;
    if (Math.abs(m) < tiny) m = 0;
    const d = nesterov ? gradient[i]! + momentum * m : m;
    moment[i] = m;
    direction[i] = d;
    squares += d * d;
  }
  return Math.sqrt(squares);
}

function descend(weights: Float32Array, direction: Float32Array, rate: number, keep: number): void {
  for (let i = 0; i < weights.length; i++) weights[i] = keep * weights[i]! - rate * direction[i]!;
}
