/** The four arms of d1's table and the ablations: what each is trained by, and for how much of an arm's compute. */
import type { PolicyObjectiveName } from '../../training/objectives/policy';

export interface Arm {
  readonly name: string;
  /** Shares of an arm's budget. */
  readonly sft: number;
  readonly grpo: number;
  readonly objective: PolicyObjectiveName;
  /** Probability with which prompt tokens are masked when log-probabilities are taken. */
  readonly promptMask: number;
}

const arm = (name: string, sft: number, grpo: number, change: Partial<Arm> = {}): Arm => ({ name, sft, grpo, objective: 'diffu-grpo', promptMask: 0.15, ...change }); // prettier-ignore

/** The combined arm gets what either alone gets, some of it for SFT. */
export const arms = {
  base: arm('base', 0, 0),
  sft: arm('SFT', 1, 0),
  grpo: arm('Diffu-GRPO', 0, 1),
  d1: arm('SFT + Diffu-GRPO', 0.15, 0.85),
  unmasked: arm('Diffu-GRPO, prompt not masked', 0, 1, { promptMask: 0 }),
  coupled: arm('coupled', 0, 1, { objective: 'coupled' }),
  espo: arm('ESPO', 0, 1, { objective: 'espo' }),
} as const satisfies Record<string, Arm>;

export type ArmName = keyof typeof arms;
export const mainArms: readonly ArmName[] = ['base', 'sft', 'grpo', 'd1'];
export const ablationArms: readonly ArmName[] = ['unmasked', 'coupled', 'espo'];
