import type { BlockMatrix } from '../weights';

/** LLaDA's own names of a block's matrices, below `model.transformer.blocks.N`. `ff_out` is also the name of the output head, outside the blocks. */
export const lladaModules: Readonly<Record<BlockMatrix, string>> = {
  query: 'q_proj',
  key: 'k_proj',
  value: 'v_proj',
  attentionOut: 'attn_out',
  gate: 'ff_proj',
  up: 'up_proj',
  down: 'ff_out',
};
