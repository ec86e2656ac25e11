/** Adapters on disk in the layout of Hugging Face's PEFT: `adapter_config.json` and `adapter_model.safetensors`. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from '../atomic-file';
import type { TransformerConfig } from '../config';
import { ModelError } from '../errors';
import { readJson, textLimits } from '../files';
import { SafetensorsFiles } from '../safetensors';
import { writeSafetensors, type TensorToWrite } from '../safetensors-write';
import { blockMatrices, matrixSizes, transposed, type BlockMatrix } from '../weights';
import { moduleNames, pairOf, targetsNamed, type Adapter, type LowRankPair } from './adapter';

const configName = 'adapter_config.json';
const weightsName = 'adapter_model.safetensors';

/** Whatever would change the arithmetic must be as plain LoRA has it. Unknown fields are let through. */
const configSchema = z.object({
  peft_type: z.literal('LORA'),
  r: z.number().int().positive().max(4096),
  lora_alpha: z.number().positive(),
  bias: z.literal('none').default('none'),
  use_dora: z.literal(false).default(false),
  use_rslora: z.literal(false).default(false),
  fan_in_fan_out: z.literal(false).default(false),
  rank_pattern: z.record(z.string(), z.never()).nullish(),
  alpha_pattern: z.record(z.string(), z.never()).nullish(),
  modules_to_save: z.null().optional(),
  layers_to_transform: z.null().optional(),
});

/**
 * Writes an adapter into a folder (made if need be), which PEFT and `readAdapter` can load. `baseModel` is the name or path of the model that it belongs to.
 */
export async function writeAdapter(folder: string, c: TransformerConfig, adapter: Adapter, baseModel: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = moduleNames(c.architecture);
  const sizes = matrixSizes(c);
  const tensors: TensorToWrite[] = [];
  for (let i = 0; i < c.layers; i++) {
    for (const target of blockMatrices.filter((m) => adapter.targets.includes(m))) {
      const [inner, outer] = sizes[target];
      const { a, b } = pairOf(adapter, i, target);
      const module = tensorName(i, names[target]);
      tensors.push({
        name: `${module}.lora_A.weight`,
        shape: [adapter.rank, inner],
        data: () => transposed(a, inner, adapter.rank),
      });
      tensors.push({
        name: `${module}.lora_B.weight`,
        shape: [outer, adapter.rank],
        data: () => transposed(b, adapter.rank, outer),
      });
    }
  }
  await writeSafetensors(path.join(folder, weightsName), tensors, { format: 'pt' });
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    r: adapter.rank,
    lora_alpha: adapter.alpha,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    target_modules: targetPattern(adapter.targets.map((t) => names[t])),
  };
  await writeFileAtomically(path.join(folder, configName), [Buffer.from(`${JSON.stringify(config, null, 2)}\n`)]);
}

/** Reads an adapter for a model of this configuration. Throws ModelError on anything that is missing, superfluous, of another shape, or not finite. */
export async function readAdapter(folder: string, c: TransformerConfig): Promise<Adapter> {
  const { rank, alpha } = await readAdapterConfig(folder);
  const files = await SafetensorsFiles.openFiles([path.join(folder, weightsName)]);
  try {
    const targets = targetsOf(files.names, c, path.join(folder, weightsName));
    const blocks: Partial<Record<BlockMatrix, LowRankPair>>[] = [];
    for (let i = 0; i < c.layers; i++) blocks.push(await readBlock(files, c, i, rank, targets));
    return { rank, alpha, targets, blocks };
  } finally {
    await files.close();
  }
}

async function readAdapterConfig(folder: string): Promise<{ rank: number; alpha: number }> {
  const isFolder = await stat(folder).then(
    (s) => s.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new ModelError(`${folder} is not an adapter folder: it must hold ${configName} and ${weightsName}`);
  const file = path.join(folder, configName);
  const parsed = configSchema.safeParse(await readJson(file, textLimits.config));
  if (!parsed.success) throw new ModelError(`${file} is not a LoRA configuration we can run: ${z.prettifyError(parsed.error)}`);
  return { rank: parsed.data.r, alpha: parsed.data.lora_alpha };
}

async function readBlock(
  files: SafetensorsFiles,
  c: TransformerConfig,
  block: number,
  rank: number,
  targets: readonly BlockMatrix[],
): Promise<Partial<Record<BlockMatrix, LowRankPair>>> {
  const pairs: Partial<Record<BlockMatrix, LowRankPair>> = {};
  for (const target of targets) {
    const [inner, outer] = matrixSizes(c)[target];
    const module = tensorName(block, moduleNames(c.architecture)[target]);
    const source = `${configName} with this model`;
    pairs[target] = {
      a: transposed(await files.float32(`${module}.lora_A.weight`, [rank, inner], source), rank, inner),
      b: transposed(await files.float32(`${module}.lora_B.weight`, [outer, rank], source), outer, rank),
    };
  }
  return pairs;
}

/** The targets that the tensors are for. What the tensors say counts: the configuration may name modules by a pattern, or ones that the model lacks. */
function targetsOf(names: readonly string[], c: TransformerConfig, file: string): BlockMatrix[] {
  const found = new Set<string>();
  for (const name of names) {
    const parts = /^base_model\.model\.model\.transformer\.blocks\.(\d+)\.(\w+)\.lora_[AB]\.weight$/.exec(name);
    if (!parts) throw new ModelError(`${file}: tensor ${name} is no part of an adapter of ${c.architecture} blocks`);
    if (Number(parts[1]) >= c.layers)
      throw new ModelError(`${file}: tensor ${name} is for a block that the model of ${c.layers} does not have`);
    found.add(parts[2]!);
  }
  if (found.size === 0) throw new ModelError(`${file} holds no tensors`);
  return targetsNamed(c.architecture, [...found]);
}

function tensorName(block: number, module: string): string {
  return `base_model.model.model.transformer.blocks.${block}.${module}`;
}

/** A pattern that PEFT matches against whole module names: a list of bare names would take LLaDA's output head, `ff_out` too, for a target. */
function targetPattern(modules: readonly string[]): string {
  return `model\\.transformer\\.blocks\\.\\d+\\.(${modules.join('|')})`;
}
