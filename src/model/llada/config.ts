import * as z from 'zod';
import type { TransformerConfig } from '../config';
import { ModelError } from '../errors';

/** Sizes beyond these are damage, not models: they are refused before anything is allocated. */
const atMost = (limit: number): z.ZodNumber => z.number().int().positive().max(limit);
const width = atMost(1 << 16);
const heads = atMost(1 << 10);
/** A step returns the sixteen best tokens. */
const vocabularySize = atMost(1 << 22).min(16);
const token = z.number().int().nonnegative();

/** LLaDA's `config.json`, as far as it decides the network. Unknown fields are let through. */
const schema = z.object({
  model_type: z.literal('llada'),
  d_model: width,
  n_heads: heads,
  n_kv_heads: heads.nullish(),
  n_layers: atMost(1 << 10),
  mlp_hidden_size: atMost(1 << 18).nullish(),
  mlp_ratio: z.number().positive().max(64).optional(),
  vocab_size: vocabularySize,
  embedding_size: vocabularySize.nullish(),
  // The rotary tables hold a row a position.
  max_sequence_length: atMost(1 << 17),
  rms_norm_eps: z.number().positive().max(1).default(1e-5),
  rope: z.literal(true),
  rope_theta: z.number().positive().default(10000),
  weight_tying: z.boolean().default(false),
  layer_norm_type: z.literal('rms'),
  activation_type: z.enum(['silu', 'swiglu']).default('silu'),
  block_type: z.literal('llama').default('llama'),
  include_bias: z.literal(false).default(false),
  include_qkv_bias: z.literal(false).nullish(),
  attention_layer_norm: z.literal(false).default(false),
  alibi: z.literal(false).default(false),
  scale_logits: z.literal(false).default(false),
  input_emb_norm: z.literal(false).default(false),
  mask_token_id: token,
  eos_token_id: token,
});

/** Reads LLaDA's config. Throws ModelError naming every field that does not fit. */
export function parseLladaConfig(json: unknown): TransformerConfig {
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new ModelError(`config.json is not a LLaDA configuration we can run: ${z.prettifyError(parsed.error)}`);
  const c = parsed.data;
  if (c.d_model % c.n_heads !== 0)
    throw new ModelError(`config.json: d_model ${c.d_model} is not a multiple of n_heads ${c.n_heads}`);
  if ((c.d_model / c.n_heads) % 2 !== 0)
    throw new ModelError(`config.json: heads are ${c.d_model / c.n_heads} wide; rotary embedding needs an even width`);
  const kvHeads = c.n_kv_heads ?? c.n_heads;
  if (c.n_heads % kvHeads !== 0)
    throw new ModelError(`config.json: n_heads ${c.n_heads} is not a multiple of n_kv_heads ${kvHeads}`);
  const vocabulary = c.embedding_size ?? c.vocab_size;
  if (vocabulary < c.vocab_size)
    throw new ModelError(`config.json: embedding_size ${vocabulary} is less than vocab_size ${c.vocab_size}`);
  for (const [name, id] of Object.entries({ mask_token_id: c.mask_token_id, eos_token_id: c.eos_token_id })) {
    if (id >= vocabulary) throw new ModelError(`config.json: ${name} ${id} is outside the vocabulary of ${vocabulary}`);
  }
  if (c.mask_token_id === c.eos_token_id)
    throw new ModelError(`config.json: mask_token_id and eos_token_id are both ${c.mask_token_id}`);
  return {
    architecture: 'llada',
    layers: c.n_layers,
    width: c.d_model,
    heads: c.n_heads,
    kvHeads,
    headWidth: c.d_model / c.n_heads,
    mlpWidth: c.mlp_hidden_size ?? Math.round((c.mlp_ratio ?? 4) * c.d_model),
    vocabulary,
    normEpsilon: c.rms_norm_eps,
    ropeTheta: c.rope_theta,
    tied: c.weight_tying,
    maxSequence: c.max_sequence_length,
    maskToken: c.mask_token_id,
    endToken: c.eos_token_id,
  };
}
