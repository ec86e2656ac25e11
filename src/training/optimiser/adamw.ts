/** AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", arXiv 1711.05101, Algorithm 2). */
import type { Parameter, ParameterShape } from '../parameters';
import { gradientOf, momentOf, smallestMoment, smallestSquare, type Optimiser } from './optimiser';

export interface AdamWOptions {
  /** Decay of the first moment. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment. Default 0.999; 0.95 follows short trainings faster. */
  readonly beta2?: number;
  /** Added to the root of the second moment. Default 1e-8. */
  readonly epsilon?: number;
  /** Multiplies the learning rate, as in PyTorch: the paper's lambda divided by its alpha. Default 0. */
  readonly weightDecay?: number;
  /** Parameters that decay. Default: matrices other than the embedding and the head; never norms. */
  readonly decays?: (p: Parameter) => boolean;
}

/** Whether a parameter decays unless told otherwise: no vector, no table of tokens. */
export function decaysByDefault(p: ParameterShape): boolean {
  return p.shape.length > 1 && p.name !== 'embedding' && p.name !== 'head';
}

interface Entry {
  readonly parameter: Parameter;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly decay: number;
}

/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate (m / (1 - b1^k) / (sqrt(v / (1 - b2^k)) + epsilon) + decay w), k counting updates
 * from 1. Arithmetic in float64, moments and weights stored in float32. State: `adam.first.<name>`, `adam.second.<name>`.
 */
export function adamW(parameters: readonly Parameter[], options: AdamWOptions = {}): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decays = decaysByDefault } = options;
  const moments = parameters.map((p) => [momentOf(p, 'adam.first'), momentOf(p, 'adam.second')] as const);
  const entries = parameters.map((parameter, i): Entry => {
    const [first, second] = moments[i]!;
    return { parameter, first: first.data, second: second.data, decay: decays(parameter) ? weightDecay : 0 };
  });
  return {
    parameters,
    state: moments.flat(),
    updates: 0,
    update(gradients, learningRate) {
      return new Promise((done) => {
        const fed = entries.map((e) => gradientOf(gradients, e.parameter));
        this.updates++;
        const rate = learningRate / (1 - beta1 ** this.updates);
        const root = 1 / Math.sqrt(1 - beta2 ** this.updates);
        entries.forEach((e, i) => {
          step(e, fed[i]!, { beta1, beta2, epsilon, rate, root, keep: 1 - learningRate * e.decay });
        });
        done();
      });
    },
    dispose: () => Promise.resolve(),
  };
}

interface StepNumbers {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Learning rate with the first moment's bias taken out. */
  readonly rate: number;
  /** 1 / sqrt of the second moment's bias. */
  readonly root: number;
  /** What decay leaves of a weight. */
  readonly keep: number;
}

/** The whole of a training's time outside of the runtime is spent here: one pass, no calls, no allocation. */
function step(e: Entry, gradient: Float32Array, n: StepNumbers): void {
  const { first, second } = e;
  const weights = e.parameter.data;
  const { beta1, beta2, epsilon, rate, root, keep } = n;
  const [rest1, rest2] = [1 - beta1, 1 - beta2];
  // Locals: an imported binding would be looked up anew for every weight. And no branch below goes by a sign, which no processor predicts.
  const [tiny, tinySquare] = [smallestMoment, smallestSquare];
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]!;
    let m = beta1 * first[i]! + rest1 * g;
    let v = beta2 * second[i]! + rest2 * g * g;
    if (Math.abs(m) < tiny) m = 0;
    if (v < tinySquare) v = 0;
    first[i] = m;
    second[i] = v;
    weights[i] = keep * weights[i]! - (rate * m) / (Math.sqrt(v) * root + epsilon);
  }
}
