import type { GraphBuilder, Value } from '../onnx/graph';
import type { TransformerConfig } from './config';

/** Sizes known only at run time, by the names that they carry in the graph. */
export const dims = {
  /** Canvases in the batch. */
  batch: 'B',
  /** Rows (positions) computed in this step, per canvas. */
  rows: 'R',
  /** Cached key/value columns, at least 1 (a hidden dummy where there is no cache). */
  past: 'P',
  /** Rows whose predictions are wanted, over the whole batch. */
  queries: 'N',
  /** Target tokens scored per query. */
  targets: 'T',
} as const;

export interface AttentionInputs {
  /** [B,R,heads*hd] before rotation; k and v [B,R,kvHeads*hd]. */
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
  /** int64 [B,R]. */
  readonly positions: Value;
  /** Rotary tables [max, hd/2]. */
  readonly cos: Value;
  readonly sin: Value;
  /** [B,cacheHeads,P,hd]. */
  readonly past: readonly [keys: Value, values: Value];
  /** Added to the scores; broadcasts to [B,1,R,P+R]. */
  readonly bias: Value;
}

/** How one provider wants the network written: the same mathematics in the operators that it runs fastest (runtime measurements in ARCHITECTURE.md). */
export interface Lowering {
  readonly provider: 'cpu' | 'webgpu';
  /** Heads that the cache stores: `kvHeads` where the provider handles grouped queries, else `heads`. */
  cacheHeads(c: TransformerConfig): number;
  /** Rows of the bias that the provider wants: 1 broadcasts over queries, 'R' is written out. */
  readonly biasRows: 1 | 'R';
  /** Whether a past of batch 1 serves any batch. */
  readonly broadcastsPast: boolean;
  /** Whether the keys and values that come out are those of the new rows alone, or past and new ones joined. */
  readonly presentHolds: 'new' | 'all';
  /** Attention of the new rows over past and new columns: [attended [B,R,heads*hd], keys [B,cacheHeads,R or P+R,hd], values]. */
  attention(g: GraphBuilder, c: TransformerConfig, x: AttentionInputs): [attended: Value, keys: Value, values: Value];
  /** Output projection of rows h [N,width] to logits [N,vocabulary]; `weight` is [vocabulary,width], row-major. `table` is the embedding initialiser when tied. */
  head(g: GraphBuilder, h: Value, weight: Float32Array, table: Value | null): Value;
}
