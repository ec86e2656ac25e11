import type { Batch } from '../batch';
import type { Json } from '../checkpoint';

/** Batches without end, from a place that can be said and found again: the same state gives the same batches. */
export interface BatchStream {
  /** The batches of the next update, whose gradients are added up. */
  next(): readonly Batch[] | Promise<readonly Batch[]>;
  /** Where the next call goes on: positions, order, random state. */
  readonly state: Json;
  /** Goes to a place. Throws Error if that is no state of this stream. */
  restore(state: Json): void;
}
