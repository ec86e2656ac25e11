/** Vocabulary of the search: what is proposed, and what is known about it. */
import type { Edit } from './source/edits';

export type Source = 'model' | 'mutation';

/** A change as an operator or the model proposes it. */
export interface Proposal {
  /** Disjoint edits on the base text. */
  readonly edits: readonly Edit[];
  /** What kind of change, a key of the priors table. */
  readonly operator: string;
  /** Correction to the operator's prior for this very change (log scale). */
  readonly delta: number;
  readonly source: Source;
  /** Characters of the base text whose suspicion counts: the node that is changed. */
  readonly start: number;
  readonly end: number;
  /** 0..1, where more is known of it than what is executed says. */
  readonly suspicion?: number;
}

/** A proposal with its place in the one priority order. */
export interface Candidate extends Proposal {
  readonly id: number;
  /** 0..1 */
  readonly suspicion: number;
  /** log(suspicion) + prior + what evidence added: all but the model's part. */
  base: number;
  /** log-likelihood of the new text minus that of the old, lengths weighed off, where the model has been asked; and the tokens that it has more. */
  modelGain?: number;
  tokensAdded?: number;
  /** How much likelier right than the text as it stands, in the eyes of a model that proofread it; nats. */
  proofGain?: number;
  /** Total; higher is tried first. */
  priority: number;
  /** Generations of self-correction that led here. */
  readonly generation: number;
}
