/** The transformer as the graph builder needs to know it, whatever the checkpoint calls its fields. */
export interface TransformerConfig {
  readonly architecture: 'llada';
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Key-value heads (grouped-query attention where fewer than `heads`). */
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly mlpWidth: number;
  /** Rows of the embedding table; may be more than the tokenizer knows. */
  readonly vocabulary: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  /** The head is the transposed embedding. */
  readonly tied: boolean;
  readonly maxSequence: number;
  readonly maskToken: number;
  readonly endToken: number;
}

/** Number of weights, embeddings counted once when tied. */
export function parameterCount(c: TransformerConfig): number {
  const attention = 2 * c.width * c.heads * c.headWidth + 2 * c.width * c.kvHeads * c.headWidth;
  const layer = attention + 3 * c.width * c.mlpWidth + 2 * c.width;
  return c.layers * layer + c.width + c.vocabulary * c.width * (c.tied ? 1 : 2);
}
