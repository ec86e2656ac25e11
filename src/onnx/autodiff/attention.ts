import { neg } from '../ops';
import { rotaryEmbedding } from '../ops-microsoft';
import { intAttribute, outputGradient, type GradientRule } from './rule';

export const attentionRules: Readonly<Record<string, GradientRule>> = {
  /** A rotation; its transpose is the rotation by the negative angle. */
  RotaryEmbedding: (c) => {
    const [positions, cos, sin] = [c.inputs[1]!, c.inputs[2]!, c.inputs[3]!];
    const back = rotaryEmbedding(c.g, outputGradient(c), positions, cos, neg(c.g, sin), intAttribute(c, 'num_heads', 0));
    return [back, null, null, null];
  },
};
