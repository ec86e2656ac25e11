import type { TransformerConfig } from '../config';
import type { SafetensorsFiles } from '../safetensors';
import { fuseLinear, type BlockWeights, type TransformerWeights } from '../weights';

/** Reads LLaDA's tensors (names as in GSAI-ML/LLaDA-8B) and fuses query/key/value and gate/up. Throws ModelError on a missing tensor or wrong shape. */
export async function readLladaWeights(files: SafetensorsFiles, c: TransformerConfig): Promise<TransformerWeights> {
  const tensor = (name: string, ...shape: number[]): Promise<Float32Array> =>
    files.float32(`model.transformer.${name}.weight`, shape);
  const attention = c.heads * c.headWidth;
  const keyValue = c.kvHeads * c.headWidth;
  const blocks: BlockWeights[] = [];
  for (let i = 0; i < c.layers; i++) {
    const block = (name: string, ...shape: number[]): Promise<Float32Array> => tensor(`blocks.${i}.${name}`, ...shape);
    blocks.push({
      attentionNorm: await block('attn_norm', c.width),
      qkv: fuseLinear(
        [
          await block('q_proj', attention, c.width),
          await block('k_proj', keyValue, c.width),
          await block('v_proj', keyValue, c.width),
        ],
        c.width,
      ),
      attentionOut: fuseLinear([await block('attn_out', c.width, attention)], attention),
      mlpNorm: await block('ff_norm', c.width),
      // MLP = ff_out(silu(ff_proj x) * up_proj x)
      gateUp: fuseLinear([await block('ff_proj', c.mlpWidth, c.width), await block('up_proj', c.mlpWidth, c.width)], c.width),
      down: fuseLinear([await block('ff_out', c.width, c.mlpWidth)], c.mlpWidth),
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
