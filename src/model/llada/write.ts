import type { TransformerConfig } from '../config';
import { ModelError } from '../errors';
import { toFloat16 } from '../float16';
import type { TensorToWrite } from '../safetensors-write';
import { blockMatrices, matrixSizes, transposed, type TransformerWeights } from '../weights';
import { parseLladaConfig } from './config';
import { lladaModules } from './modules';

/**
 * `config.json` as LLaDA's own has it (GSAI-ML/LLaDA-8B), so that the reference code loads it too. Throws ModelError on a network that such a file cannot
 * describe.
 */
export function lladaConfigJson(c: TransformerConfig): Readonly<Record<string, unknown>> {
  if (c.heads * c.headWidth !== c.width)
    throw new ModelError(
      `${c.heads} heads of width ${c.headWidth} do not make up the network's width ${c.width}, as LLaDA's must`,
    );
  const json = {
    activation_type: 'silu',
    alibi: false,
    alibi_bias_max: 8,
    architectures: ['LLaDAModelLM'],
    attention_dropout: 0,
    attention_layer_norm: false,
    attention_layer_norm_with_affine: true,
    auto_map: {
      AutoConfig: 'configuration_llada.LLaDAConfig',
      AutoModelForCausalLM: 'modeling_llada.LLaDAModelLM',
      AutoModel: 'modeling_llada.LLaDAModelLM',
    },
    bias_for_layer_norm: false,
    block_group_size: 1,
    block_type: 'llama',
    d_model: c.width,
    embedding_dropout: 0,
    embedding_size: c.vocabulary,
    eos_token_id: c.endToken,
    flash_attention: false,
    include_bias: false,
    include_qkv_bias: false,
    init_cutoff_factor: null,
    init_device: 'meta',
    init_fn: 'mitchell',
    init_std: 0.02,
    input_emb_norm: false,
    layer_norm_type: 'rms',
    layer_norm_with_affine: true,
    mask_token_id: c.maskToken,
    max_sequence_length: c.maxSequence,
    mlp_hidden_size: c.mlpWidth,
    mlp_ratio: 4,
    model_type: 'llada',
    multi_query_attention: null,
    n_heads: c.heads,
    n_kv_heads: c.kvHeads,
    n_layers: c.layers,
    pad_token_id: c.endToken,
    precision: 'amp_bf16',
    residual_dropout: 0,
    rms_norm_eps: c.normEpsilon,
    rope: true,
    rope_full_precision: true,
    rope_theta: c.ropeTheta,
    scale_logits: false,
    use_cache: false,
    vocab_size: c.vocabulary,
    weight_tying: c.tied,
  };
  parseLladaConfig(json);
  return json;
}

export type WeightsDtype = 'F32' | 'F16';

/**
 * The weights under LLaDA's names, matrices transposed to [out, in]; converted one by one as they are written. A tied head is not among them.
 * Converting throws ModelError if a weight is beyond half precision.
 */
export function lladaTensors(c: TransformerConfig, w: TransformerWeights, dtype: WeightsDtype): TensorToWrite[] {
  const tensor = (short: string, shape: readonly number[], data: () => Float32Array): TensorToWrite => {
    const name = `model.transformer.${short}.weight`;
    return { name, dtype, shape, data: dtype === 'F32' ? data : () => toFloat16(data(), name) };
  };
  const sizes = matrixSizes(c);
  const blocks = w.blocks.flatMap((block, i) => {
    const at = `blocks.${i}`;
    return [
      tensor(`${at}.attn_norm`, [c.width], () => block.attentionNorm),
      tensor(`${at}.ff_norm`, [c.width], () => block.mlpNorm),
      ...blockMatrices.map((m) => {
        const [inner, outer] = sizes[m];
        return tensor(`${at}.${lladaModules[m]}`, [outer, inner], () => transposed(block[m], inner, outer));
      }),
    ];
  });
  return [
    tensor('wte', [c.vocabulary, c.width], () => w.embedding),
    ...blocks,
    tensor('ln_f', [c.width], () => w.finalNorm),
    ...(c.tied ? [] : [tensor('ff_out', [c.vocabulary, c.width], () => w.head)]),
  ];
}
