import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TransformerConfig } from './config';
import { ModelError } from './errors';
import { parseLladaConfig } from './llada/config';
import { readLladaWeights } from './llada/weights';
import { SafetensorsFiles } from './safetensors';
import type { TransformerWeights } from './weights';

/** `config.json` of a model folder, understood. Throws ModelError with a message for the user. */
export async function readConfig(folder: string): Promise<TransformerConfig> {
  const file = path.join(folder, 'config.json');
  const isFolder = await stat(folder).then(
    (s) => s.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new ModelError(
      `${folder} is not a model folder. Set "unmask.model" to a folder that holds config.json, or leave it empty for the embedded model.`,
    );
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ModelError(`${file} cannot be read`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${file} does not hold valid JSON`, { cause });
  }
  return parseLladaConfig(json);
}

/** Reads configuration and weights of a model folder. Throws ModelError. */
export async function readNetwork(folder: string): Promise<{ config: TransformerConfig; weights: TransformerWeights }> {
  const config = await readConfig(folder);
  const files = await SafetensorsFiles.open(folder);
  try {
    return { config, weights: await readLladaWeights(files, config) };
  } finally {
    await files.close();
  }
}
