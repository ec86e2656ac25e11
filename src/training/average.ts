/** The mean of several models' weights. */
import { ModelError } from '../model/errors';
import { readNetwork } from '../model/network';
import { writeNetwork } from '../model/network-write';
import { passOnManifest } from './manifest';
import { parametersOf, weightsOf } from './parameters';

/**
 * Writes a model folder whose weights are the mean of others', each with the same part (model soups, Wortsman et al. 2022, arXiv 2203.05482: the ends of
 * fine-tunings from one beginning lie in one basin, and their mean is mostly better than any). Tokenizer and manifest are the first one's (see passOnManifest). Throws ModelError where
 * there are fewer than two, or they are not of one shape.
 */
export async function averageModels(models: readonly string[], folder: string): Promise<void> {
  const [first, ...rest] = await Promise.all(models.map((model) => readNetwork(model)));
  if (!first || rest.length === 0) throw new ModelError('an average needs two models or more');
  const others = rest.map(({ config, weights }, i) => {
    if (JSON.stringify(config) !== JSON.stringify(first.config))
      throw new ModelError(`${models[i + 1]!} is a network of another shape than ${models[0]!}`);
    return parametersOf(config, weights);
  });
  const mean = parametersOf(first.config, first.weights).map((p, i) => ({
    ...p,
    data: p.data.map((w, k) => others.reduce((sum, one) => sum + one[i]!.data[k]!, w) / models.length),
  }));
  await writeNetwork(folder, first.config, weightsOf(first.config, mean), { dtype: 'F16', tokenizerFrom: models[0]! });
  await passOnManifest(models[0]!, folder);
}
