/** The weights in the training graph: trained ones are inputs, frozen ones inputs or constants, and an adapter stands beside those that it is for. */
import { adapterScale, type AdapterOptions } from '../../model/adapter/adapter';
import type { TransformerConfig } from '../../model/config';
import type { QuantisedMatrix } from '../../model/quantise';
import { GraphError, type GraphBuilder, type Value } from '../../onnx/graph';
import { add, matMul, mul } from '../../onnx/ops';
import { fusedMatMul } from '../../onnx/ops-microsoft';
import { matMulNBits } from '../../onnx/ops-quantised';
import { adapterName, adapterShapes } from '../lora/parameters';
import { parameterShapes, type ParameterShape } from '../parameters';
import type { TrainingLowering } from './lowering';

/** Frozen weights by parameter name; matrices [in, out] may be quantised. */
export type FrozenWeights = ReadonlyMap<string, Float32Array | QuantisedMatrix>;

export interface WeightOptions {
  readonly lowering: TrainingLowering;
  /** Trains low-rank matrices beside the targets (arXiv 2106.09685); their inputs are named as `adapterShapes` says. */
  readonly adapter?: AdapterOptions;
  /**
   * Weights that are built into the graph as constants instead of being inputs. They cannot be trained. For quantised ones, which must be; others run no
   * faster for it, and the session's own copy makes a peak of memory 1.6 times what an update needs of one 1.25 times it (25M weights).
   */
  readonly frozen?: FrozenWeights;
  /** Parameters to be trained; the others stay as they are and cost no product of their own. Default: the adapter's if there is one, else all inputs. */
  readonly trainable?: (name: string) => boolean;
}

/** What the network is built from. */
export interface NetworkWeights {
  value(name: string): Value;
  /** x [N, in] times the matrix of that name, adapter included: [N, out]. */
  apply(x: Value, name: string): Value;
  /** The inputs to be trained, by name, in the order of the parameters. */
  readonly trained: ReadonlyMap<string, Value>;
}

/** Adds the weights' inputs and constants to the graph. */
export function declareWeights(g: GraphBuilder, c: TransformerConfig, options: WeightOptions): NetworkWeights {
  const { adapter, frozen = new Map<string, never>(), lowering } = options;
  const inputs = new Map<string, Value>();
  const quantised = new Map<string, { packed: Value; scales: Value; matrix: QuantisedMatrix }>();
  const constants = new Map<string, Value>();
  for (const p of parameterShapes(c)) {
    const weight = frozen.get(p.name);
    if (!weight) inputs.set(p.name, g.input(p.name, 'float32', p.shape));
    else if (weight instanceof Float32Array) constants.set(p.name, g.initializer(p.name, 'float32', p.shape, weight));
    else quantised.set(p.name, packedValues(g, p, weight));
  }
  for (const p of adapter ? adapterShapes(c, adapter) : []) inputs.set(p.name, g.input(p.name, 'float32', p.shape));
  const adapterNames = new Set(adapter ? adapterShapes(c, adapter).map((p) => p.name) : []);
  const trains = options.trainable ?? ((name: string): boolean => !adapter || adapterNames.has(name));

  const value = (name: string): Value => {
    const found = inputs.get(name) ?? constants.get(name);
    if (!found) throw new GraphError(`${name} is quantised, or no weight of this network`);
    return found;
  };
  const base = (x: Value, name: string): Value => {
    const q = quantised.get(name);
    return q ? matMulNBits(g, x, q.packed, q.scales, q.matrix) : matMul(g, x, value(name));
  };
  return {
    value,
    apply(x, name) {
      const [a, b] = [inputs.get(adapterName(name, 'A')), inputs.get(adapterName(name, 'B'))];
      const y = base(x, name);
      return adapter && a && b ? add(g, y, lowRank(g, lowering, x, a, b, adapterScale(adapter))) : y;
    },
    trained: new Map([...inputs].filter(([name]) => trains(name))),
  };
}

/** scale (x A) B */
function lowRank(g: GraphBuilder, lowering: TrainingLowering, x: Value, a: Value, b: Value, scale: number): Value {
  const inner = matMul(g, x, a);
  if (scale === 1) return matMul(g, inner, b);
  return lowering.fusedMatMul ? fusedMatMul(g, inner, b, { alpha: scale }) : matMul(g, mul(g, inner, g.float(scale)), b);
}

function packedValues(
  g: GraphBuilder,
  p: ParameterShape,
  matrix: QuantisedMatrix,
): { packed: Value; scales: Value; matrix: QuantisedMatrix } {
  const { inner, outer, block, bits } = matrix;
  if (p.shape.length !== 2 || p.shape[0] !== inner || p.shape[1] !== outer)
    throw new GraphError(`${p.name} is [${p.shape.join(',')}], quantised it is [${inner},${outer}]`);
  return {
    packed: g.initializer(`${p.name}.packed`, 'uint8', [outer, inner / block, (block * bits) / 8], matrix.data),
    scales: g.initializer(`${p.name}.scales`, 'float32', [outer, inner / block], matrix.scales),
    matrix,
  };
}
