/** One interface for the policy objectives, so that a GRPO loop can switch between them by name. */
import type { Batch } from '../batch';
import { clippedPolicyLoss, unitPolicyLoss, type LossBuilder } from '../graph/losses';
import type { Random } from '../random';
import { coupledDraw } from './coupled';
import { espoDraw } from './espo';
import { diffuGrpoDraw } from './grpo';
import type { DrawnPart, PolicyOptions, Rollouts } from './rollouts';

export type { DrawnPart, PolicyOptions, Rollouts } from './rollouts';

export type PolicyObjectiveName = 'diffu-grpo' | 'coupled' | 'espo';

/** The masks of one inner update. Old, reference and current weights are all evaluated on the same draw. */
export interface PolicyDraw {
  /** What is fed, but for advantages and the other weights' log-probabilities. */
  readonly parts: readonly DrawnPart[];
}

export interface PolicyTargets {
  /** [B], of all rollouts. */
  readonly advantages: ArrayLike<number>;
  /** Log-probabilities of each part's rows under the weights that sampled; not needed by `onPolicyLoss`. */
  readonly oldLogp?: readonly Float32Array[];
  /** The same under the reference weights; not needed where beta is 0. */
  readonly refLogp?: readonly Float32Array[];
}

export interface PolicyObjective {
  readonly name: PolicyObjectiveName;
  /** Loss of `batches`; wants oldLogp and, unless beta is 0, refLogp. */
  readonly loss: LossBuilder;
  /** The same where the weights are those that sampled: the ratio is 1 and its gradient that of logp. */
  readonly onPolicyLoss: LossBuilder;
  /** Fresh masks, for one inner update. */
  draw(rollouts: Rollouts, random: Random): PolicyDraw;
  /** Batches for a forward pass: the `logp` of their steps are what `batches` takes as oldLogp and refLogp. */
  logp(draw: PolicyDraw): Batch[];
  /** Batches for one update. Weights are shares of the whole draw: the losses (and metrics, and gradients) of the batches *add up* to those of the draw. */
  batches(draw: PolicyDraw, targets: PolicyTargets): Batch[];
}

/** The objective of that name. `diffu-grpo` is d1's, exactly. */
export function policyObjective(name: PolicyObjectiveName, options: PolicyOptions): PolicyObjective {
  const tokenwise = name !== 'espo';
  const epsilon = options.epsilon ?? (tokenwise ? 0.5 : 0.2);
  const beta = options.beta ?? (name === 'diffu-grpo' ? 0.04 : 0.01);
  const loss = (onPolicy: boolean): LossBuilder =>
    name === 'diffu-grpo'
      ? clippedPolicyLoss({ epsilon, beta, onPolicy })
      : unitPolicyLoss({ epsilon, beta, onPolicy, kl: tokenwise ? 'k3' : 'k2' });
  const drawer = { 'diffu-grpo': diffuGrpoDraw, coupled: coupledDraw, espo: espoDraw }[name];
  return {
    name,
    loss: loss(false),
    onPolicyLoss: loss(true),
    draw: (rollouts, random) => {
      const part = drawer(rollouts, options, random);
      const size = options.rolloutsPerBatch ?? rollouts.batch;
      const count = Math.ceil(rollouts.batch / size);
      return {
        parts: Array.from({ length: count }, (_, i) => part(i * size, Math.min((i + 1) * size, rollouts.batch))),
      };
    },
    logp: (draw) => draw.parts.map((p) => p.batch),
    batches: (draw, targets) => draw.parts.map((p, i) => completed(p, i, targets)),
  };
}

function completed(part: DrawnPart, i: number, targets: PolicyTargets): Batch {
  const [old, ref] = [targets.oldLogp?.[i], targets.refLogp?.[i]];
  for (const given of [old, ref]) {
    if (given && given.length !== part.batch.rows.length)
      throw new Error(`${given.length} log-probabilities for the ${part.batch.rows.length} rows of part ${i}`);
  }
  return {
    ...part.batch,
    values: {
      ...part.batch.values,
      advantages: Float32Array.from(part.rollout, (b) => targets.advantages[b]!),
      ...(old ? { old_logp: old } : {}),
      ...(ref ? { ref_logp: ref } : {}),
    },
  };
}
