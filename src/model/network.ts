import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { TransformerConfig } from './config';
import { ModelError } from './errors';
import { readJson, textLimits } from './files';
import { parseLladaConfig } from './llada/config';
import { readLladaWeights } from './llada/weights';
import { assertFitsMemory } from './memory';
import { SafetensorsFiles } from './safetensors';
import type { TransformerWeights } from './weights';

/** `config.json` of a model folder, understood. Throws ModelError with a message for the user. */
export async function readConfig(folder: string): Promise<TransformerConfig> {
  const isFolder = await stat(folder).then(
    (s) => s.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new ModelError(
      `${folder} is not a model folder. Set "unmask.model" to a folder that holds config.json, or leave it empty for the embedded model.`,
    );
  return parseLladaConfig(await readJson(path.join(folder, 'config.json'), textLimits.config));
}

/** Reads the weights of a model folder as its configuration describes them. Throws ModelError. */
export async function readWeights(folder: string, config: TransformerConfig): Promise<TransformerWeights> {
  assertFitsMemory(config);
  const files = await SafetensorsFiles.open(folder);
  try {
    return await readLladaWeights(files, config);
  } finally {
    await files.close();
  }
}

/** Reads configuration and weights of a model folder. Throws ModelError. */
export async function readNetwork(folder: string): Promise<{ config: TransformerConfig; weights: TransformerWeights }> {
  const config = await readConfig(folder);
  return { config, weights: await readWeights(folder, config) };
}
