import type { TransformerConfig } from '../config';
import type { SafetensorsFiles } from '../safetensors';
import { transposed, type BlockWeights, type TransformerWeights } from '../weights';

/** Reads LLaDA's tensors (names as in GSAI-ML/LLaDA-8B); matrices are transposed to [in, out]. Throws ModelError on a missing tensor or wrong shape. */
export async function readLladaWeights(files: SafetensorsFiles, c: TransformerConfig): Promise<TransformerWeights> {
  const tensor = (name: string, ...shape: number[]): Promise<Float32Array> =>
    files.float32(`model.transformer.${name}.weight`, shape);
  const attention = c.heads * c.headWidth;
  const keyValue = c.kvHeads * c.headWidth;
  const blocks: BlockWeights[] = [];
  for (let i = 0; i < c.layers; i++) {
    const norm = (name: string): Promise<Float32Array> => tensor(`blocks.${i}.${name}`, c.width);
    const linear = async (name: string, out: number, inner: number): Promise<Float32Array> =>
      transposed(await tensor(`blocks.${i}.${name}`, out, inner), out, inner);
    blocks.push({
      attentionNorm: await norm('attn_norm'),
      query: await linear('q_proj', attention, c.width),
      key: await linear('k_proj', keyValue, c.width),
      value: await linear('v_proj', keyValue, c.width),
      attentionOut: await linear('attn_out', c.width, attention),
      mlpNorm: await norm('ff_norm'),
      // MLP = ff_out(silu(ff_proj x) * up_proj x)
      gate: await linear('ff_proj', c.mlpWidth, c.width),
      up: await linear('up_proj', c.mlpWidth, c.width),
      down: await linear('ff_out', c.width, c.mlpWidth),
    });
  }
  const embedding = await tensor('wte', c.vocabulary, c.width);
  return {
    embedding,
    blocks,
    finalNorm: await tensor('ln_f', c.width),
    head: c.tied ? embedding : await tensor('ff_out', c.vocabulary, c.width),
  };
}
